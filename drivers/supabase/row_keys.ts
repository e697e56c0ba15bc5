/**
 * The keys of rows: finds rows without one, and rows that a later row of the
 * same portion overwrites.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { isNull } from "../../src/table/batch.ts";
import { textReader } from "./row_search.ts";
import type { Portion } from "./row_feed.ts";
import type { WritePlan } from "./write_plan.ts";

/**
 * Marks the rows whose key comes again further down: one statement can't write
 * a key twice, and the later row is the one that counts.
 *
 * @returns One byte a row, 1 for those to leave out; null when there are none.
 * @throws {OsirisError} `data/null-key`
 */
export function overwrittenRows(
  portion: Portion,
  plan: WritePlan,
): Uint8Array | null {
  const seen = new Map<string, number>();
  let marks: Uint8Array | null = null;
  let number = 0;
  const columns = plan.key.map((name) =>
    plan.columns.find(({ target }) => target.name === name)!.index
  );
  for (const { batch, from, to } of portion.slices) {
    const keys = columns.map((index) => batch.columns[index]);
    const read = keys.map(textReader);
    for (let row = from; row < to; row++, number++) {
      if (keys.some((column) => isNull(column, row))) {
        throw nullKey(plan, portion.first + number);
      }
      const key = read.length === 1
        ? read[0](row)!
        : JSON.stringify(read.map((text) => text(row)));
      const before = seen.get(key);
      if (before !== undefined) {
        (marks ??= new Uint8Array(portion.rows))[before] = 1;
      }
      seen.set(key, number);
    }
  }
  return marks;
}

function nullKey({ target, key }: WritePlan, row: number): OsirisError {
  return new OsirisError(
    "data/null-key",
    `Cannot write to table "${target.table}": row ${row}: ${
      key.join(", ")
    } is NULL, but a key can't be`,
    {
      hint: "Remove rows without a key",
      details: { table: target.table, row },
    },
  );
}
