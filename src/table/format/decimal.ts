/**
 * Formats columns of decimals, always with the full scale.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { decimalBits, type LogicalType } from "../type.ts";
import {
  digitCount,
  negate,
  writeDigitsBefore,
  writeNumberBefore,
} from "../words.ts";
import { BaseFormatter, isValid } from "./base.ts";
import { halvesOf, isSafe, numberAt } from "./halves.ts";

/** Digits that the scratch buffer holds: those of 256 bits, and then some. */
const ROOM = 80;

/** Writes `decimal(p,s)`. */
export class DecimalFormatter extends BaseFormatter {
  #halves: Int32Array = new Int32Array(0);
  readonly #scale: number;
  /** 32-bit words a value. */
  readonly #width: number;
  readonly #unit: number;
  readonly #words: Uint32Array;
  readonly #digits = new Uint8Array(ROOM);

  constructor(type: LogicalType & { readonly kind: "decimal" }) {
    super(type);
    this.#scale = type.scale;
    this.#width = decimalBits(type.precision) / 32;
    this.#unit = Number(`1e${type.scale}`);
    this.#words = new Uint32Array(this.#width);
  }

  override size(): number {
    return ROOM + 2;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    if (this.#width === 2 && isSafe(this.#halves[2 * row + 1])) {
      const value = numberAt(this.#halves, row);
      return writeScaled(value, this.#scale, this.#unit, out, at);
    }
    const start = this.#wideDigits(row);
    if (this.#isNegative(row)) out[at++] = 45;
    const point = ROOM - this.#scale;
    for (let i = start; i < ROOM; i++) {
      if (i === point) out[at++] = 46;
      out[at++] = this.#digits[i];
    }
    return at;
  }

  protected override exactSize(row: number): number {
    if (this.#width === 2 && isSafe(this.#halves[2 * row + 1])) {
      return scaledSize(numberAt(this.#halves, row), this.#scale);
    }
    return (this.#isNegative(row) ? 1 : 0) + (this.#scale > 0 ? 1 : 0) +
      ROOM - this.#wideDigits(row);
  }

  override addSizes(from: number, to: number, sizes: Int32Array): void {
    const halves = this.#halves, validity = this.validity;
    const isNarrow = this.#width === 2, scale = this.#scale;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      sizes[row - from] += isNarrow && isSafe(halves[2 * row + 1])
        ? scaledSize(numberAt(halves, row), scale)
        : this.exactSize(row);
    }
  }

  override writeRows(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    const halves = this.#halves, validity = this.validity;
    const isNarrow = this.#width === 2, scale = this.#scale, unit = this.#unit;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      const start = at[row - from];
      at[row - from] = isNarrow && isSafe(halves[2 * row + 1])
        ? writeScaled(numberAt(halves, row), scale, unit, out, start)
        : this.write(row, out, start);
    }
  }

  protected override take(column: Column): void {
    this.#halves = halvesOf(column.data);
  }

  #isNegative(row: number): boolean {
    return this.#halves[this.#width * (row + 1) - 1] < 0;
  }

  /** Puts the digits of the row's value at the end of `#digits`. @returns where they start. */
  #wideDigits(row: number): number {
    const words = this.#words, width = this.#width;
    for (let i = 0; i < width; i++) words[i] = this.#halves[width * row + i];
    if (this.#isNegative(row)) negate(words, width);
    return writeDigitsBefore(words, width, this.#digits, ROOM, this.#scale + 1);
  }
}

/** Bytes of `value / 10^scale` with all digits of the scale, for a safe integer. */
export function scaledSize(value: number, scale: number): number {
  const digits = digitCount(value < 0 ? -value : value);
  const sign = value < 0 ? 1 : 0;
  if (scale === 0) return sign + digits;
  return sign + 1 + (digits > scale ? digits : scale + 1);
}

/** Writes `value / unit`, where `unit` is 10^scale, with all digits of the scale. @returns where it ended. */
export function writeScaled(
  value: number,
  scale: number,
  unit: number,
  out: Uint8Array,
  at: number,
): number {
  if (value < 0) {
    out[at++] = 45;
    value = -value;
  }
  if (scale === 0) {
    const digits = digitCount(value);
    writeNumberBefore(value, digits, out, at + digits);
    return at + digits;
  }
  let whole = Math.floor(value / unit);
  // The quotient may have been rounded up to the next whole number.
  if (whole * unit > value) whole--;
  const digits = digitCount(whole);
  const point = at + digits;
  writeNumberBefore(whole, digits, out, point);
  out[point] = 46;
  const end = point + 1 + scale;
  writeNumberBefore(value - whole * unit, scale, out, end);
  return end;
}
