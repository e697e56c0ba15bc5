/**
 * Builds columns of exact decimals: the digits without the point, as one
 * integer of 64, 128 or 256 bits.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import { decimalBits, type LogicalType } from "../type.ts";
import { multiplyAdd, negate, wordsFromDigits } from "../words.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { putNumber } from "./int64.ts";
import { lossy, wholeNumber } from "./refuse.ts";

type DecimalType = LogicalType & { readonly kind: "decimal" };
type Words = Uint32Array<ArrayBuffer>;

/** Digits up to which a double is exact. */
const NARROW = 15;

/** Powers of ten by which short fractions are filled up; those used are exact. */
const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/** Builds columns of `decimal(p,s)`. `appendValue` takes unscaled integers. */
export class DecimalBuilder extends FixedBuilder<Words> {
  readonly #precision: number;
  readonly #scale: number;
  /** 32-bit words a value. */
  readonly #width: number;
  readonly #scratch: Uint32Array;

  constructor(type: DecimalType, rows: number) {
    const width = decimalBits(type.precision) / 32;
    super(type, rows, (length) => new Uint32Array(width * length));
    this.#precision = type.precision;
    this.#scale = type.scale;
    this.#width = width;
    this.#scratch = new Uint32Array(width);
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const isNegative = bytes[start] === 45;
    const from = isNegative ? start + 1 : start;
    let at = from, value = 0;
    for (; at < end; at++) {
      const digit = bytes[at] - 48;
      if ((digit >>> 0) > 9) break;
      value = value * 10 + digit;
    }
    const point = at;
    if (point === from) return false;
    let last = end;
    if (point < end) {
      if (bytes[point] !== 46 || point + 1 === end) return false;
      // Zeros beyond the scale say nothing; any other digit there would be lost.
      for (at = point + 1; at < end; at++) {
        const digit = bytes[at] - 48;
        if ((digit >>> 0) > 9) return false;
        if (at - point <= this.#scale) value = value * 10 + digit;
        else if (digit !== 0) return false;
      }
      last = Math.min(end, point + 1 + this.#scale);
    }
    let lead = from;
    while (lead < point && bytes[lead] === 48) lead++;
    if (point - lead > this.#precision - this.#scale) return false;
    if (this.length === this.room) this.reserve(1);
    const missing = this.#scale - Math.max(0, last - point - 1);
    if (this.#width === 2 && point - lead + this.#scale <= NARROW) {
      value *= POWERS[missing];
      putNumber(this.#halves, this.length, isNegative ? -value : value);
    } else this.#putDigits(bytes, lead, last, point, missing, isNegative);
    this.length++;
    return true;
  }

  override appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    if (this.#width > 2) {
      return super.appendSpans(bytes, spans, first, step, rows);
    }
    this.reserve(rows);
    const halves = this.#halves;
    const scale = this.#scale, most = this.#precision - scale;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) {
        this.nulls.mark(this.length++);
        continue;
      }
      const value = readFull(bytes, start, end, scale, most);
      if (value !== value) {
        if (end < start || !this.appendText(bytes, start, end)) return row;
      } else putNumber(halves, this.length++, value);
    }
    return rows;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    const whole = wholeNumber(this.type, value);
    const limit = 10n ** BigInt(this.#precision);
    if (whole >= limit || whole <= -limit) throw lossy(this.type);
    if (this.length === this.room) this.reserve(1);
    const at = this.#width * this.length++;
    for (let i = 0; i < this.#width; i++) {
      this.data[at + i] = Number(
        BigInt.asUintN(32, whole >> BigInt(32 * i)),
      );
    }
  }

  protected override view(data: Words, rows: number): ColumnData {
    const { buffer } = trimmed(data, this.#width * rows);
    return new BigUint64Array(buffer, 0, rows * this.#width / 2);
  }

  /** The data as signed words, as {@linkcode putNumber} takes them. */
  get #halves(): Int32Array {
    return this.data as unknown as Int32Array;
  }

  #putDigits(
    bytes: Uint8Array,
    start: number,
    end: number,
    point: number,
    missing: number,
    isNegative: boolean,
  ): void {
    const words = this.#scratch, width = this.#width;
    // Fits: the digits were counted against the precision, which the width holds.
    wordsFromDigits(bytes, start, end, point, words, width);
    for (let left = missing; left > 0; left -= 6) {
      multiplyAdd(words, width, POWERS[Math.min(left, 6)], 0);
    }
    if (isNegative) negate(words, width);
    this.data.set(words, width * this.length);
  }
}

/**
 * The unscaled value of text with exactly `scale` digits after the point and up
 * to `most` before it, 15 in all; NaN for other text, which may be a decimal
 * all the same.
 */
function readFull(
  bytes: Uint8Array,
  start: number,
  end: number,
  scale: number,
  most: number,
): number {
  const isNegative = bytes[start] === 45;
  const from = isNegative ? start + 1 : start;
  const point = scale === 0 ? end : end - scale - 1;
  const digits = point - from;
  if (digits < 1 || digits > most || digits + scale > NARROW) return NaN;
  let value = 0;
  for (let i = from; i < point; i++) {
    const digit = bytes[i] - 48;
    if ((digit >>> 0) > 9) return NaN;
    value = value * 10 + digit;
  }
  if (scale > 0) {
    if (bytes[point] !== 46) return NaN;
    for (let i = point + 1; i < end; i++) {
      const digit = bytes[i] - 48;
      if ((digit >>> 0) > 9) return NaN;
      value = value * 10 + digit;
    }
  }
  return isNegative ? -value : value;
}
