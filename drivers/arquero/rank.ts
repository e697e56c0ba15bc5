/**
 * Ranks for columns whose values JavaScript can't compare exactly.
 *
 * @module
 */
import { decimalOf, ExactDecimal } from "./cell.ts";
import type { LazyColumn } from "./column.ts";
import type { Cells } from "./decode.ts";

/**
 * The place of each row's value among the distinct ones, to order by: for
 * decimals of more than 15 digits and for bytes. Null for all other columns,
 * which order by their own values. NULL has none.
 */
export function ranks(column: LazyColumn): Cells | null {
  const cells = Array.from(column.cells());
  const isBinary = cells.some((cell) => cell instanceof Uint8Array);
  if (!isBinary && !cells.some((cell) => cell instanceof ExactDecimal)) {
    return null;
  }
  const keys = cells.map((cell) =>
    cell === null || cell === undefined
      ? null
      : isBinary
      ? hex(cell as Uint8Array)
      : unscaled(cell)
  );
  const distinct = [...new Set(keys)].filter((key) => key !== null);
  distinct.sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const places = new Map(distinct.map((key, place) => [key, place] as const));
  return keys.map((key) => key === null ? null : places.get(key)!);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** All at the most digits after the point that a decimal can have. */
function unscaled(cell: unknown): bigint {
  return decimalOf(String(cell), 76)!;
}
