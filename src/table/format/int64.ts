/**
 * Formats columns of 64-bit integers.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import type { LogicalType } from "../type.ts";
import { negate, writeDigitsBefore } from "../words.ts";
import { BaseFormatter, isValid } from "./base.ts";
import { halvesOf, isSafe, numberAt } from "./halves.ts";
import { intSize, writeInt } from "./int.ts";

/** Writes int64 and uint64. */
export class Int64Formatter extends BaseFormatter {
  #halves: Int32Array = new Int32Array(0);
  readonly #signed: boolean;
  readonly #words = new Uint32Array(2);
  /** The digits of the wide value last looked at, up to its end. */
  readonly #digits = new Uint8Array(20);

  constructor(type: LogicalType & { readonly kind: "int" }) {
    super(type);
    this.#signed = type.signed;
  }

  override size(): number {
    return 20;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const high = this.#halves[2 * row + 1];
    if (isSafe(high) && (high >= 0 || this.#signed)) {
      return writeInt(numberAt(this.#halves, row), out, at);
    }
    const start = this.#wideDigits(row);
    if (this.#signed && high < 0) out[at++] = 45;
    for (let i = start; i < 20; i++) out[at++] = this.#digits[i];
    return at;
  }

  override addSizes(from: number, to: number, sizes: Int32Array): void {
    const halves = this.#halves, validity = this.validity;
    const signed = this.#signed;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      const high = halves[2 * row + 1];
      sizes[row - from] += isSafe(high) && (high >= 0 || signed)
        ? intSize(numberAt(halves, row))
        : this.#wideSize(row);
    }
  }

  override writeRows(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    const halves = this.#halves, validity = this.validity;
    const signed = this.#signed;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      const high = halves[2 * row + 1];
      at[row - from] = isSafe(high) && (high >= 0 || signed)
        ? writeInt(numberAt(halves, row), out, at[row - from])
        : this.write(row, out, at[row - from]);
    }
  }

  protected override take(column: Column): void {
    this.#halves = halvesOf(column.data);
  }

  #wideSize(row: number): number {
    const sign = this.#signed && this.#halves[2 * row + 1] < 0 ? 1 : 0;
    return sign + 20 - this.#wideDigits(row);
  }

  /** Puts the digits of the row's value at the end of `#digits`. @returns where they start. */
  #wideDigits(row: number): number {
    const words = this.#words;
    words[0] = this.#halves[2 * row];
    words[1] = this.#halves[2 * row + 1];
    if (this.#signed && this.#halves[2 * row + 1] < 0) negate(words, 2);
    return writeDigitsBefore(words, 2, this.#digits, 20, 1);
  }
}
