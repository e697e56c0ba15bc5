/**
 * Formats columns of timestamps, naive and UTC.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { writeDate } from "../civil.ts";
import type { LogicalType } from "../type.ts";
import { BaseFormatter, isValid } from "./base.ts";
import { writeTwo } from "../words.ts";
import { microsAt, secondsAt, writeClock } from "./clock.ts";
import { checkDays } from "./date.ts";
import { halvesOf } from "./halves.ts";

/** Writes `YYYY-MM-DD HH:MM:SS[.ffffff]`, with a `Z` at the end for UTC. */
export class TimestampFormatter extends BaseFormatter {
  #halves: Int32Array = new Int32Array(0);
  readonly #utc: boolean;

  constructor(type: LogicalType & { readonly kind: "timestamp" }) {
    super(type);
    this.#utc = type.utc;
  }

  override size(row: number): number {
    checkDays(Math.floor(secondsAt(this.#halves, row) / 86_400), row);
    return 27;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    return writeTimestamp(this.#halves, row, this.#utc, out, at);
  }

  override addSizes(from: number, to: number, sizes: Int32Array): void {
    const halves = this.#halves, validity = this.validity;
    const plain = this.#utc ? 20 : 19;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      const seconds = secondsAt(halves, row);
      checkDays(Math.floor(seconds / 86_400), row);
      sizes[row - from] += microsAt(halves, row, seconds) === 0
        ? plain
        : plain + 7;
    }
  }

  override writeRows(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    const halves = this.#halves, validity = this.validity, utc = this.#utc;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      at[row - from] = writeTimestamp(halves, row, utc, out, at[row - from]);
    }
  }

  protected override take(column: Column): void {
    this.#halves = halvesOf(column.data);
  }
}

function writeTimestamp(
  halves: Int32Array,
  row: number,
  utc: boolean,
  out: Uint8Array,
  at: number,
): number {
  const seconds = secondsAt(halves, row);
  const days = Math.floor(seconds / 86_400) | 0;
  const secondOfDay = (seconds - days * 86_400) | 0;
  const hours = (secondOfDay / 3600) | 0;
  writeDate(days, out, at);
  out[at + 10] = 32;
  writeTwo(hours, out, at + 11);
  out[at + 13] = 58;
  const micros = microsAt(halves, row, seconds);
  const end = writeClock(secondOfDay - hours * 3600, micros, out, at + 14);
  if (!utc) return end;
  out[end] = 90;
  return end + 1;
}
