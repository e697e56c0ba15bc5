/**
 * Builds columns of times: durations in microseconds, of either sign and over
 * 24 hours where need be.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import {
  MAX_SECONDS,
  NO_CLOCK,
  putMicros,
  readFraction,
  readMinutes,
} from "./clock.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { putBigInt } from "./int64.ts";
import { lossy, wholeNumber } from "./refuse.ts";

type Halves = Int32Array<ArrayBuffer>;

/** Builds columns of `[-]H+:MM:SS[.ffffff]`, hours in two digits or more. */
export class TimeBuilder extends FixedBuilder<Halves> {
  constructor(type: LogicalType, rows: number) {
    super(type, rows, (length) => new Int32Array(2 * length));
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const isNegative = bytes[start] === 45;
    const from = isNegative ? start + 1 : start;
    let at = from, hours = 0;
    for (; at < end && at - from < 11; at++) {
      const digit = bytes[at] - 48;
      if ((digit >>> 0) > 9) break;
      hours = hours * 10 + digit;
    }
    if (at - from < 2 || bytes[at] !== 58 || end - at < 6) return false;
    const minutes = readMinutes(bytes, at + 1);
    const micros = readFraction(bytes, at + 6, end);
    if (minutes === NO_CLOCK || micros === NO_CLOCK) return false;
    const seconds = hours * 3600 + minutes;
    if (seconds > MAX_SECONDS) return false;
    if (this.length === this.room) this.reserve(1);
    if (!isNegative) putMicros(this.data, this.length, seconds, micros);
    else if (micros === 0) putMicros(this.data, this.length, -seconds, 0);
    else putMicros(this.data, this.length, -seconds - 1, 1_000_000 - micros);
    this.length++;
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    const whole = wholeNumber(this.type, value);
    if (BigInt.asIntN(64, whole) !== whole) throw lossy(this.type);
    if (this.length === this.room) this.reserve(1);
    putBigInt(this.data, this.length++, whole);
  }

  protected override view(data: Halves, rows: number): ColumnData {
    return new BigInt64Array(trimmed(data, 2 * rows).buffer, 0, rows);
  }
}
