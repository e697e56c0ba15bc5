/**
 * What writes the cells of one column, whatever its type.
 *
 * @module
 */
import type { Column } from "../table/batch.ts";

/** Writes the cells of one column, batch after batch. */
export interface Cells {
  /** Sets the column that is written. */
  bind(column: Column): void;
  /** Adds the bytes of the cells in rows `from` to `to` to `sizes[0…]`. */
  addSizes(from: number, to: number, sizes: Int32Array): void;
  /** Writes the cells measured last at `at[0…]`, and moves those on to their ends. */
  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void;
}
