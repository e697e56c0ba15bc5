/**
 * Formats columns of floats as the shortest text that reads back the same.
 *
 * Most floats people keep have few decimals. If `m / 10^k` gives the very
 * double for a whole `m` of at most 15 digits, those digits are its shortest
 * text (no two decimals of 15 digits share a double), which two operations
 * find; for the others the engine is asked. Seven digits less for float32.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import type { LogicalType } from "../type.ts";
import { BaseFormatter, isValid } from "./base.ts";
import { scaledSize, writeScaled } from "./decimal.ts";

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** In place of a number of decimals: the text is the engine's. */
const TEXT = -1;

/**
 * Writes float32 and float64.
 *
 * In another notation, whole numbers get a `.0` and what is below 0.0001 or
 * from 10^14 on is written by a function, if one is given.
 */
export class FloatFormatter extends BaseFormatter {
  #data: Float64Array = new Float64Array(0);
  readonly #isSingle: boolean;
  /** Whole numbers have unique texts below this. */
  readonly #limit: number;
  /** Decimals of the value last looked at: the next one likely has as many. */
  #decimals = 0;
  // The texts of the rows that were measured, as `m / 10^k` or as text.
  #wholes: Float64Array = new Float64Array(0);
  #scales: Int8Array = new Int8Array(0);
  #texts: string[] = [];
  readonly #notation: ((value: number) => string) | undefined;
  /** Below this the text is the engine's. */
  readonly #least: number;

  constructor(
    type: LogicalType & { readonly kind: "float" },
    notation?: (value: number) => string,
  ) {
    super(type);
    this.#isSingle = type.bits === 32;
    this.#limit = this.#isSingle ? 1e6 : notation ? 1e14 : 1e15;
    this.#notation = notation;
    this.#least = notation ? 1e-4 : 1e-6;
  }

  override size(): number {
    return 25;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const value = this.#data[row];
    const scale = this.#decimalsOf(value);
    if (scale === TEXT) return writeAscii(this.#textOf(value), out, at);
    const whole = Math.round(value * POWERS[scale]);
    return writeScaled(whole, scale, POWERS[scale], out, at);
  }

  override addSizes(from: number, to: number, sizes: Int32Array): void {
    this.#fit(to - from);
    const data = this.#data, validity = this.validity;
    const wholes = this.#wholes, scales = this.#scales;
    for (let row = from, i = 0; row < to; row++, i++) {
      if (!isValid(validity, row)) continue;
      const value = data[row];
      const scale = this.#decimalsOf(value);
      scales[i] = scale;
      if (scale === TEXT) {
        sizes[i] += (this.#texts[i] = this.#textOf(value)).length;
      } else {
        const whole = Math.round(value * POWERS[scale]);
        wholes[i] = whole;
        sizes[i] += scaledSize(whole, scale);
      }
    }
  }

  override writeRows(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    const validity = this.validity;
    const wholes = this.#wholes, scales = this.#scales;
    for (let row = from, i = 0; row < to; row++, i++) {
      if (!isValid(validity, row)) continue;
      const scale = scales[i];
      at[i] = scale === TEXT
        ? writeAscii(this.#texts[i], out, at[i])
        : writeScaled(wholes[i], scale, POWERS[scale], out, at[i]);
    }
  }

  protected override take(column: Column): void {
    // Either array; read through one type, since both give numbers.
    this.#data = column.data as Float64Array<ArrayBuffer>;
  }

  /** Decimals to write, or {@linkcode TEXT}. */
  #decimalsOf(value: number): number {
    const scale = this.#scaleOf(value);
    return scale === 0 && this.#notation !== undefined ? 1 : scale;
  }

  /** The fewest decimals with which the value is exact, or {@linkcode TEXT}. */
  #scaleOf(value: number): number {
    const size = value < 0 ? -value : value;
    if (!(size >= this.#least && size < this.#limit)) {
      return size === 0 && !Object.is(value, -0) ? 0 : TEXT;
    }
    let scale = this.#decimals;
    if (!this.#isExact(value, size, scale)) {
      let most = scale;
      while (most < 22 && size * POWERS[most + 1] < this.#limit) most++;
      if (!this.#isExact(value, size, most)) return TEXT;
      while (!this.#isExact(value, size, ++scale));
      this.#decimals = scale;
      return scale;
    }
    // Exact, but perhaps with zeros at the end.
    while (scale > 0 && this.#isExact(value, size, scale - 1)) scale--;
    return scale;
  }

  #isExact(value: number, size: number, scale: number): boolean {
    const power = POWERS[scale];
    if (size * power >= this.#limit) return false;
    const nearest = Math.round(value * power) / power;
    return (this.#isSingle ? Math.fround(nearest) : nearest) === value;
  }

  #textOf(value: number): string {
    if (this.#notation !== undefined) return this.#notation(value);
    if (Object.is(value, -0)) return "-0";
    if (!this.#isSingle || !Number.isFinite(value)) return String(value);
    for (let digits = 6; digits < 9; digits++) {
      const near = Number(value.toPrecision(digits));
      if (Math.fround(near) === value) return String(near);
    }
    return String(Number(value.toPrecision(9)));
  }

  #fit(rows: number): void {
    if (rows <= this.#scales.length) return;
    this.#wholes = new Float64Array(rows);
    this.#scales = new Int8Array(rows);
    this.#texts = new Array(rows).fill("");
  }
}

/** Writes ASCII text. @returns where it ended. */
function writeAscii(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}
