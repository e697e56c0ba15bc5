/**
 * Tables for tests: built from values, and read back as text.
 *
 * @module
 */
import { type Batch, isNull } from "../table/batch.ts";
import { columnBuilder, type Value } from "../table/builder.ts";
import { columnFormatter } from "../table/formatter.ts";
import type { LogicalType } from "../table/type.ts";

/** A column: its type and its values, null for NULL. */
export type TestColumn = readonly [
  type: LogicalType,
  values: readonly Value[],
];

/**
 * A batch of columns by name, all nullable.
 *
 * @example Two rows
 * ```ts
 * import { tableOf } from "@osiris/runtime/testing";
 * import { types } from "@osiris/runtime/driver";
 * import assert from "node:assert/strict";
 *
 * const orders = tableOf({
 *   id: [types.int64, [1n, 2n]],
 *   note: [types.utf8, ["first", null]],
 * });
 * assert.equal(orders.length, 2);
 * ```
 *
 * @throws {OsirisError} `data/type`, `data/lossy` for a value that isn't one of its type
 */
export function tableOf(columns: Readonly<Record<string, TestColumn>>): Batch {
  const entries = Object.entries(columns);
  return {
    schema: {
      fields: entries.map(([name, [type]]) => ({ name, type, nullable: true })),
    },
    length: entries[0]?.[1][1].length ?? 0,
    columns: entries.map(([, [type, values]]) => {
      const builder = columnBuilder(type);
      for (const value of values) {
        if (value === null) builder.appendNull();
        else builder.appendValue(value);
      }
      return builder.finish();
    }),
  };
}

/** The rows of batches as text, as a CSV file would have them; null for NULL. */
export function rowsOf(batches: readonly Batch[]): (string | null)[][] {
  const decoder = new TextDecoder();
  return batches.flatMap(({ columns, length }) => {
    const cells = columns.map((column) => {
      const formatter = columnFormatter(column.type);
      formatter.bind(column);
      return (row: number): string | null => {
        if (column.type.kind === "null" || isNull(column, row)) return null;
        const out = new Uint8Array(formatter.size(row));
        return decoder.decode(out.subarray(0, formatter.write(row, out, 0)));
      };
    });
    return Array.from(
      { length },
      (_, row) => cells.map((cell) => cell(row)),
    );
  });
}
