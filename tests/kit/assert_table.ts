/** Says what a table should hold, in plain rows. */
import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { formatType } from "../../src/table/type.ts";
import { type Cell, cellsOf } from "./table.ts";

/**
 * Asserts that the batches make up a table of these columns and rows.
 *
 * @param columns `name: type` each (`"id: int64"`), or the name alone where the type doesn't matter.
 * @param rows Cells as `ColumnBuilder.appendValue` takes them.
 */
export function assertTable(
  batches: readonly Batch[],
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  assert.ok(batches.length > 0, "a table has at least one batch");
  const fields = batches[0].schema.fields.map(({ name, type }, i) =>
    columns[i]?.startsWith(`${name}: `) ? `${name}: ${formatType(type)}` : name
  );
  assert.deepEqual(fields, columns);
  assert.deepEqual(rowsOf(batches), rows);
}

/** The rows of all batches. */
export function rowsOf(batches: readonly Batch[]): Cell[][] {
  return batches.flatMap((batch) => {
    const columns = batch.columns.map(cellsOf);
    return Array.from(
      { length: batch.length },
      (_, row) => columns.map((cells) => cells[row]),
    );
  });
}

/** `name: type` of each column, as {@linkcode assertTable} takes them. */
export function columnsOf(batch: Batch): string[] {
  return batch.schema.fields.map(({ name, type }) =>
    `${name}: ${formatType(type)}`
  );
}
