/**
 * What formatters share: the bound column and the plain way down its rows.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import type { ColumnFormatter } from "../column_formatter.ts";
import type { LogicalType } from "../type.ts";

/** A formatter that goes value by value; hot types go down their rows themselves. */
export abstract class BaseFormatter implements ColumnFormatter {
  readonly type: LogicalType;
  /** Validity bits of the bound column. */
  protected validity: Uint8Array | null = null;

  constructor(type: LogicalType) {
    this.type = type;
  }

  bind(column: Column): void {
    this.validity = column.validity;
    this.take(column);
  }

  abstract size(row: number): number;
  abstract write(row: number, out: Uint8Array, at: number): number;
  /** Keeps what is read from a newly bound column. */
  protected abstract take(column: Column): void;

  /** Exact bytes of the value in `row`. */
  protected exactSize(row: number): number {
    return this.size(row);
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    const validity = this.validity;
    for (let row = from; row < to; row++) {
      if (isValid(validity, row)) sizes[row - from] += this.exactSize(row);
    }
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    const validity = this.validity;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      at[row - from] = this.write(row, out, at[row - from]);
    }
  }
}

/** Whether the row has a value. */
export function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || (validity[row >> 3] & (1 << (row & 7))) !== 0;
}
