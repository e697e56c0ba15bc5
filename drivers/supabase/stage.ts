/**
 * Upsert and replace over the direct channel: rows are copied into a table of
 * the session, and merged from there in the same transaction.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { type DirectSession, quoteName, quoteTable } from "./direct.ts";
import { checkCount, type DirectWrite } from "./direct_job.ts";
import { stageRow } from "./stage_row.ts";

/** The session's own table. */
const STAGE = "pg_temp.osiris_stage";

/** Numbers the rows in the order in which they came. */
export const ROW_COLUMN = "osiris_row";

/** Copies rows in and merges them. @returns rows written. */
export async function mergeStage(
  write: DirectWrite,
  load: (into: string) => Promise<number>,
): Promise<number> {
  const { session, plan, context } = write;
  const { schema, table } = plan.target;
  const target = quoteTable(schema, table);
  const columns = plan.columns.map(({ target }) => quoteName(target.name));
  const key = plan.key.map(quoteName);
  await session.query(
    `CREATE TEMP TABLE osiris_stage ON COMMIT DROP AS SELECT ${
      columns.join(", ")
    } FROM ${target} WITH NO DATA`,
  );
  await session.query(
    `ALTER TABLE ${STAGE} ADD COLUMN ${ROW_COLUMN} bigint GENERATED ALWAYS AS IDENTITY`,
  );
  const staged = await load(STAGE);
  checkCount(table, plan.sent.rows, staged);
  await session.query(`ANALYZE ${STAGE}`);
  await checkKeys(session, table, key);
  // Readers go on; whoever writes waits, so that the count below is ours.
  await session.query(`LOCK TABLE ${target} IN SHARE ROW EXCLUSIVE MODE`);
  const merged = await merge(write, target, columns, key);
  if (plan.mode === "replace") {
    const gone = await session.query(
      `DELETE FROM ${target} t WHERE NOT EXISTS (SELECT FROM ${STAGE} s WHERE ${
        key.map((name) => `s.${name} = t.${name}`).join(" AND ")
      })`,
    );
    const there = await session.query(`SELECT count(*) FROM ${target}`);
    checkCount(table, merged, Number(there.rows[0][0]));
    context.emit("rows_removed", { table, rows: gone.count });
  }
  const doubles = plan.sent.rows - merged;
  if (doubles > 0) {
    context.account("deduplicated", doubles);
    context.log(
      "warn",
      `${doubles} rows have the key of a later one, which was written in their place`,
    );
  }
  return merged;
}

/** Inserts the last row of each key, or updates the one that is there. @returns keys. */
async function merge(
  { session, plan }: DirectWrite,
  target: string,
  columns: readonly string[],
  key: readonly string[],
): Promise<number> {
  const updates = columns.filter((name) => !key.includes(name))
    .map((name) => `${name} = excluded.${name}`);
  // A key alone is set to itself: what is not touched would not be counted.
  const set = updates.length > 0
    ? updates
    : key.slice(0, 1).map((name) => `${name} = excluded.${name}`);
  const list = columns.join(", ");
  const keys = key.join(", ");
  await session.query("SAVEPOINT osiris_merge");
  try {
    const { count } = await session.query(
      `INSERT INTO ${target} (${list}) SELECT ${list} FROM (
        SELECT DISTINCT ON (${keys}) * FROM ${STAGE} ORDER BY ${keys}, ${ROW_COLUMN} DESC) s
      ORDER BY ${ROW_COLUMN}
      ON CONFLICT (${keys}) DO UPDATE SET ${set.join(", ")}`,
    );
    const distinct = await session.query(
      `SELECT count(*) FROM (SELECT DISTINCT ${keys} FROM ${STAGE}) s`,
    );
    checkCount(plan.target.table, Number(distinct.rows[0][0]), count);
    return count;
  } catch (thrown) {
    throw await stageRow(session, thrown, plan);
  }
}

async function checkKeys(
  session: DirectSession,
  table: string,
  key: readonly string[],
): Promise<void> {
  const { rows: [[row]] } = await session.query(
    `SELECT min(${ROW_COLUMN}) FROM ${STAGE} WHERE ${
      key.map((name) => `${name} IS NULL`).join(" OR ")
    }`,
  );
  if (row === null) return;
  throw new OsirisError(
    "data/null-key",
    `Cannot write to table "${table}": row ${row}: its key is NULL`,
    {
      hint: "Remove rows without a key",
      details: { table, row: Number(row) },
    },
  );
}
