/**
 * Builds columns of 64-bit integers.
 *
 * Values are written as two 32-bit halves over the buffer that becomes the
 * column: writing an element of a BigInt64Array costs a BigInt each.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { negate, PER_WORD, wordsFromDigits } from "../words.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { NO_INT, readInt } from "./int.ts";
import { lossy, wholeNumber } from "./refuse.ts";

type Int64Type = LogicalType & { readonly kind: "int" };
type Halves = Int32Array<ArrayBuffer>;

/** Builds columns of int64 and uint64. */
export class Int64Builder extends FixedBuilder<Halves> {
  readonly #signed: boolean;
  readonly #words = new Uint32Array(2);

  constructor(type: Int64Type, rows: number) {
    super(type, rows, (length) => new Int32Array(2 * length));
    this.#signed = type.signed;
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.length === this.room) this.reserve(1);
    const value = readInt(bytes, start, end);
    if (value === NO_INT) return this.#appendWide(bytes, start, end);
    if (value < 0 && !this.#signed) return false;
    putNumber(this.data, this.length++, value);
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    const whole = wholeNumber(this.type, value);
    const held = this.#signed
      ? BigInt.asIntN(64, whole)
      : BigInt.asUintN(64, whole);
    if (held !== whole) throw lossy(this.type);
    if (this.length === this.room) this.reserve(1);
    putBigInt(this.data, this.length++, whole);
  }

  override appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    this.reserve(rows);
    const data = this.data;
    const signed = this.#signed;
    let length = this.length;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) {
        this.nulls.mark(length++);
        continue;
      }
      const value = end < start ? NO_INT : readInt(bytes, start, end);
      if (value !== NO_INT && (value >= 0 || signed)) {
        putNumber(data, length++, value);
        continue;
      }
      this.length = length;
      if (value !== NO_INT || !this.#appendWide(bytes, start, end)) return row;
      length++;
    }
    this.length = length;
    return rows;
  }

  protected override view(data: Halves, rows: number): ColumnData {
    const { buffer } = trimmed(data, 2 * rows);
    return this.#signed
      ? new BigInt64Array(buffer, 0, rows)
      : new BigUint64Array(buffer, 0, rows);
  }

  /** Appends an integer of 16 digits and more, for which there is room. */
  #appendWide(bytes: Uint8Array, start: number, end: number): boolean {
    const isNegative = bytes[start] === 45;
    const from = isNegative ? start + 1 : start;
    if (end - from < 16 || end - from > 20) return false;
    if (bytes[from] === 48 || !isAllDigits(bytes, from, end)) return false;
    const words = this.#words;
    if (!wordsFromDigits(bytes, from, end, -1, words, 2)) return false;
    if (isNegative) {
      if (!this.#signed) return false;
      const isMin = words[1] === 0x8000_0000 && words[0] === 0;
      if (words[1] > 0x7fff_ffff && !isMin) return false;
      negate(words, 2);
    } else if (this.#signed && words[1] > 0x7fff_ffff) return false;
    this.data[2 * this.length] = words[0];
    this.data[2 * this.length + 1] = words[1];
    this.length++;
    return true;
  }
}

/** Whether `bytes[start, end)` are digits only. */
export function isAllDigits(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let i = start; i < end; i++) {
    if (((bytes[i] - 48) >>> 0) > 9) return false;
  }
  return true;
}

/** Writes a safe integer as the two halves of row `row`. */
export function putNumber(
  halves: Int32Array,
  row: number,
  value: number,
): void {
  const at = 2 * row;
  const low = value | 0;
  if (low === value) {
    halves[at] = low;
    halves[at + 1] = low >> 31;
    return;
  }
  const unsigned = value >>> 0;
  halves[at] = unsigned;
  halves[at + 1] = (value - unsigned) * PER_WORD;
}

/** Writes a 64-bit integer as the two halves of row `row`. */
export function putBigInt(
  halves: Int32Array,
  row: number,
  value: bigint,
): void {
  halves[2 * row] = Number(BigInt.asIntN(32, value));
  halves[2 * row + 1] = Number(BigInt.asIntN(32, value >> 32n));
}
