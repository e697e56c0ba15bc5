/**
 * What writes a column's values as text, whatever its type.
 *
 * @module
 */
import type { Column } from "./batch.ts";
import type { LogicalType } from "./type.ts";

/**
 * Writes the values of one column after another as text:
 * ints and decimals in full (`-12`, `1.50`), floats as the shortest text that
 * reads back the same, `true`/`false`, `2024-02-29`, `-838:59:59`,
 * `2024-02-29 12:00:00.000001` (six digits of fraction, or none when it is
 * zero; `Z` at the end for UTC), utf8 and json as they are, binary as hex.
 */
export interface ColumnFormatter {
  /** Type of the columns it takes. */
  readonly type: LogicalType;
  /** Sets the column that is read from, of this formatter's type. */
  bind(column: Column): void;
  /**
   * Most bytes that the value in `row` can take.
   *
   * @throws {OsirisError} `data/lossy` when a date lies outside the years 1 to 9999.
   */
  size(row: number): number;
  /** Writes the value in `row` (not NULL) at `at`, where `size(row)` bytes are free. @returns where it ended. */
  write(row: number, out: Uint8Array, at: number): number;
  /**
   * Adds the exact bytes of the values in rows `from` to `to` to `sizes[0…]`; a NULL has none.
   *
   * @throws {OsirisError} as `size`.
   */
  addSizes(from: number, to: number, sizes: Int32Array): void;
  /**
   * Writes the values in rows `from` to `to` (the range of the last `addSizes`)
   * at `at[0…]`, and moves those on to where they ended; a NULL writes nothing.
   */
  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void;
}
