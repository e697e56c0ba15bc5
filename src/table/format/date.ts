/**
 * Formats columns of dates.
 *
 * @module
 */
import { OsirisError } from "../../error.ts";
import type { Column } from "../batch.ts";
import { MAX_DAYS, MIN_DAYS, writeDate } from "../civil.ts";
import { BaseFormatter } from "./base.ts";

/** Writes `YYYY-MM-DD`. */
export class DateFormatter extends BaseFormatter {
  #days: Int32Array = new Int32Array(0);

  override size(row: number): number {
    checkDays(this.#days[row], row);
    return 10;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    return writeDate(this.#days[row], out, at);
  }

  protected override take(column: Column): void {
    this.#days = column.data as Int32Array<ArrayBuffer>;
  }
}

/**
 * Refuses days that have no four-digit year.
 *
 * @throws {OsirisError} `data/lossy`
 */
export function checkDays(days: number, row: number): void {
  if (days >= MIN_DAYS && days <= MAX_DAYS) return;
  throw new OsirisError(
    "data/lossy",
    "Cannot write a date as text: it lies outside the years 1 to 9999",
    { details: { row } },
  );
}
