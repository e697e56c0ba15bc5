/**
 * Builds columns that hold nothing but NULL.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import type { ColumnBuilder, Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { wrongKind } from "./refuse.ts";

/** Counts NULLs. There is no text that is a value of the type. */
export class NullBuilder implements ColumnBuilder {
  readonly type: LogicalType;
  readonly byteLength = 0;
  length = 0;

  constructor(type: LogicalType) {
    this.type = type;
  }

  appendNull(): void {
    this.length++;
  }

  appendText(): boolean {
    return false;
  }

  appendValue(value: Value): void {
    if (value !== null) throw wrongKind(this.type, value);
    this.length++;
  }

  appendSpans(
    _bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    for (let row = 0, at = first; row < rows; row++, at += step) {
      if (spans[at] !== spans[at + 1]) return row;
      this.length++;
    }
    return rows;
  }

  finish(): Column {
    const { type, length } = this;
    this.length = 0;
    return {
      type,
      length,
      nullCount: length,
      validity: null,
      data: new Uint8Array(0),
      offsets: null,
    };
  }
}
