/**
 * Builds columns of timestamps, naive and UTC.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import { MAX_DAYS, MIN_DAYS, NO_DATE, readDate, readTwo } from "../civil.ts";
import type { LogicalType } from "../type.ts";
import { NO_CLOCK, putMicros, readFraction, readMinutes } from "./clock.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { putBigInt } from "./int64.ts";
import { lossy, wholeNumber } from "./refuse.ts";

type TimestampType = LogicalType & { readonly kind: "timestamp" };
type Halves = Int32Array<ArrayBuffer>;

const MIN_MICROS = BigInt(MIN_DAYS) * 86_400_000_000n;
const MAX_MICROS = BigInt(MAX_DAYS + 1) * 86_400_000_000n - 1n;

/**
 * Builds columns of `YYYY-MM-DD[ T]HH:MM:SS[.ffffff]`, years 1 to 9999. A UTC
 * column also takes a `Z` or `+00:00` at the end; a naive one refuses it, since
 * it couldn't say afterwards that it was an instant.
 */
export class TimestampBuilder extends FixedBuilder<Halves> {
  readonly #utc: boolean;

  constructor(type: TimestampType, rows: number) {
    super(type, rows, (length) => new Int32Array(2 * length));
    this.#utc = type.utc;
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.length === this.room) this.reserve(1);
    const last = this.#utc ? withoutZone(bytes, end) : end;
    if (!putTimestamp(this.data, this.length, bytes, start, last)) return false;
    this.length++;
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    const whole = wholeNumber(this.type, value);
    if (whole < MIN_MICROS || whole > MAX_MICROS) throw lossy(this.type);
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
    const data = this.data, utc = this.#utc;
    let length = this.length, row = 0;
    for (let at = first; row < rows; row++, at += step, length++) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) this.nulls.mark(length);
      else {
        const last = utc ? withoutZone(bytes, end) : end;
        if (!putTimestamp(data, length, bytes, start, last)) break;
      }
    }
    this.length = length;
    return row;
  }

  protected override view(data: Halves, rows: number): ColumnData {
    return new BigInt64Array(trimmed(data, 2 * rows).buffer, 0, rows);
  }
}

/** Where the text ends without its `Z` or `+00:00`. */
function withoutZone(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] === 90) return end - 1;
  const isZero = bytes[end - 6] === 43 && bytes[end - 3] === 58 &&
    readTwo(bytes, end - 5) === 0 && readTwo(bytes, end - 2) === 0;
  return isZero ? end - 6 : end;
}

/** Writes the timestamp in `bytes[start, end)` as row `row`. @returns false when it isn't one. */
function putTimestamp(
  halves: Int32Array,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (end - start < 19) return false;
  const separator = bytes[start + 10];
  if (separator !== 32 && separator !== 84) return false;
  const days = readDate(bytes, start);
  const hours = readTwo(bytes, start + 11);
  const minutes = readMinutes(bytes, start + 14);
  const micros = readFraction(bytes, start + 19, end);
  if (days === NO_DATE || hours > 23 || bytes[start + 13] !== 58) return false;
  if (minutes === NO_CLOCK || micros === NO_CLOCK) return false;
  putMicros(halves, row, days * 86_400 + hours * 3600 + minutes, micros);
  return true;
}
