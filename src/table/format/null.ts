/**
 * Formats columns that hold nothing but NULL.
 *
 * @module
 */
import type { ColumnFormatter } from "../column_formatter.ts";
import type { LogicalType } from "../type.ts";

/** Writes nothing: there is no value to write. */
export class NullFormatter implements ColumnFormatter {
  readonly type: LogicalType;

  constructor(type: LogicalType) {
    this.type = type;
  }

  bind(): void {}

  size(): number {
    return 0;
  }

  write(_row: number, _out: Uint8Array, at: number): number {
    return at;
  }

  addSizes(): void {}

  writeRows(): void {}
}
