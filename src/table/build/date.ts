/**
 * Builds columns of dates.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import { MAX_DAYS, MIN_DAYS, NO_DATE, readDate } from "../civil.ts";
import type { LogicalType } from "../type.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { lossy, wrongKind } from "./refuse.ts";

type Days = Int32Array<ArrayBuffer>;

/** Builds columns of dates from 0001-01-01 to 9999-12-31. */
export class DateBuilder extends FixedBuilder<Days> {
  constructor(type: LogicalType, rows: number) {
    super(type, rows, (length) => new Int32Array(length));
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const days = end - start === 10 ? readDate(bytes, start) : NO_DATE;
    if (days === NO_DATE) return false;
    if (this.length === this.room) this.reserve(1);
    this.data[this.length++] = days;
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    if (typeof value !== "number") throw wrongKind(this.type, value);
    if (!Number.isInteger(value) || value < MIN_DAYS || value > MAX_DAYS) {
      throw lossy(this.type);
    }
    if (this.length === this.room) this.reserve(1);
    this.data[this.length++] = value;
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
    let length = this.length, row = 0;
    for (let at = first; row < rows; row++, at += step, length++) {
      const start = spans[at], width = spans[at + 1] - start;
      if (width === 0) this.nulls.mark(length);
      else {
        const days = width === 10 ? readDate(bytes, start) : NO_DATE;
        if (days === NO_DATE) break;
        data[length] = days;
      }
    }
    this.length = length;
    return row;
  }

  protected override view(data: Days, rows: number): ColumnData {
    return trimmed(data, rows);
  }
}
