/**
 * PLACEHOLDER CONTRACT - being implemented by the codec helper.
 * Writes values of columns as text bytes, the exact inverse of ColumnBuilder.appendText.
 *
 * @module
 */
import type { Column } from "./batch.ts";
import type { LogicalType } from "./type.ts";

/** Writes the values of one column after another as text. */
export interface ColumnFormatter {
  readonly type: LogicalType;
  /** Sets the column that `write` reads from. */
  bind(column: Column): void;
  /** Most bytes that the value in `row` can take. */
  size(row: number): number;
  /** Writes the value in `row` (not NULL) at `at`, where `size(row)` bytes are free. @returns where it ended. */
  write(row: number, out: Uint8Array, at: number): number;
}

/** A formatter for a type. binary is written as lower-case hex unless the caller handles it. */
export declare function columnFormatter(type: LogicalType): ColumnFormatter;
