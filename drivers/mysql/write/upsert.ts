/**
 * Changes rows that are there and adds those that aren't, told apart by keys.
 *
 * The rows are loaded into a temporary table first, whose key finds those that
 * occur twice; then they go into the table in one transaction.
 *
 * @module
 */
import { requireColumns } from "../../../src/driver/column_names.ts";
import { OsirisError } from "../../../src/error.ts";
import { isTransient } from "../errors.ts";
import { quoteName, quoteNames, quoteTable } from "../quote.ts";
import { retrying } from "../retry.ts";
import { inTransaction, requireTransactions } from "./append.ts";
import { planColumns } from "./column_plan.ts";
import { type Job, loadInto, type Written } from "./job.ts";
import { claimNames } from "./staging.ts";
import { type Target, targetSql, type UniqueKey } from "./target.ts";

/** Changes and adds rows: all of them, or none. */
export async function upsert(job: Job, target: Target): Promise<Written> {
  requireTransactions(target, "change rows of");
  const { session, context, schema } = job;
  const key = findKey(target, job.request.keys);
  const columns = planColumns(job.input, target, job.request)
    .map(({ column }) => column.name);
  const { stage } = await claimNames(session, target.name);
  const from = quoteTable(stage, schema);
  // Some servers take no table without a primary key, not even for a moment.
  const kind = key.name === "PRIMARY" ? "PRIMARY KEY" : "UNIQUE KEY osiris_key";
  // The temporary table goes with the connection, whatever happens.
  await session.run(
    `CREATE TEMPORARY TABLE ${from} (${kind} (${
      quoteNames(key.columns)
    })) ENGINE=InnoDB AS SELECT ${quoteNames(columns)} FROM ${
      targetSql(target)
    } WHERE FALSE`,
    "make room for the rows",
    `table "${target.name}"`,
  );
  const loaded = await loadStage(job, target, from);
  const merge: Merge = { job, target, key, columns, from, rows: loaded.rows };
  await retrying(() => inTransaction(job, () => mergeRows(merge)), {
    context,
    what: "merge",
    // The loaded rows outlive a transaction that is undone, not a lost connection.
    isWorthwhile: (error) => session.isUsable && isTransient(error),
  });
  return loaded;
}

async function loadStage(
  job: Job,
  target: Target,
  from: string,
): Promise<Written> {
  try {
    return await loadInto(job, target, from);
  } catch (error) {
    if ((error as OsirisError).code !== "sql/duplicate-key") throw error;
    throw new OsirisError(
      "data/duplicate-key",
      `Cannot write: table "${job.request.table}": two rows of the input have the same ${
        job.request.keys.join(", ")
      }`,
      {
        cause: error,
        hint: "Take the duplicates out, or name more columns in upsert_keys",
      },
    );
  }
}

/** The table's key that consists of these columns. */
function findKey(target: Target, keys: readonly string[]): UniqueKey {
  const wanted = keys.map((key) => key.toLowerCase()).sort().join("\0");
  const found = target.uniqueKeys.find(({ columns, isPrefix }) =>
    !isPrefix &&
    columns.map((column) => column.toLowerCase()).sort().join("\0") === wanted
  );
  if (found !== undefined) return found;
  const names = target.columns.map(({ name }) => name.toLowerCase());
  requireColumns("upsert_keys", keys.map((key) => key.toLowerCase()), names);
  throw new OsirisError(
    "config/invalid",
    `Cannot write: upsert_keys: ${
      keys.join(", ")
    } is no primary or unique key of table "${target.name}"`,
    { hint: "Name the columns of a key, or add a unique key to the table" },
  );
}

interface Merge {
  readonly job: Job;
  readonly target: Target;
  readonly key: UniqueKey;
  readonly columns: readonly string[];
  /** Quoted name of the table with the rows. */
  readonly from: string;
  readonly rows: number;
}

async function mergeRows(merge: Merge): Promise<void> {
  // With one key there is one way for a row to be there already.
  if (merge.target.uniqueKeys.length === 1) await mergeAtOnce(merge);
  else await mergeByKey(merge);
  await countMerged(merge);
}

/**
 * Columns that a row gets its new values of. A text of the key is among them,
 * since "a" finds the row of "A" and is another text all the same.
 */
function valueColumns({ target, key, columns }: Merge): string[] {
  const texts = target.columns.filter(({ charset }) => charset !== null)
    .map(({ name }) => name);
  return columns.filter((column) =>
    !key.columns.includes(column) || texts.includes(column)
  );
}

async function mergeAtOnce(merge: Merge): Promise<void> {
  const { job, target, columns, from, key } = merge;
  const into = targetSql(target);
  const values = valueColumns(merge);
  // Without other columns there is nothing to change, and still something to say.
  const changed = values.length > 0 ? values : [key.columns[0]];
  const changes = changed.map((column) =>
    `${into}.${quoteName(column)} = rows_in.${quoteName(column)}`
  );
  await job.session.run(
    `INSERT INTO ${into} (${quoteNames(columns)}) SELECT ${
      columns.map((column) => `rows_in.${quoteName(column)}`).join(", ")
    } FROM ${from} AS rows_in ON DUPLICATE KEY UPDATE ${changes.join(", ")}`,
    "merge the rows",
    `table "${target.name}"`,
  );
}

/**
 * With several keys, ON DUPLICATE KEY would change a row that is the same by
 * another one; so rows are changed by this key, and the others must not collide.
 */
async function mergeByKey(merge: Merge): Promise<void> {
  const { job, target, columns, from, key } = merge;
  const into = targetSql(target);
  const where = `table "${target.name}"`;
  const isSame = sameKey(key);
  const values = valueColumns(merge);
  if (values.length > 0) {
    const changes = values.map((column) =>
      `rows_there.${quoteName(column)} = rows_in.${quoteName(column)}`
    );
    await job.session.run(
      `UPDATE ${into} AS rows_there JOIN ${from} AS rows_in ON ${isSame} SET ${
        changes.join(", ")
      }`,
      "change rows",
      where,
    );
  }
  await job.session.run(
    `INSERT INTO ${into} (${quoteNames(columns)}) SELECT ${
      columns.map((column) => `rows_in.${quoteName(column)}`).join(", ")
    } FROM ${from} AS rows_in LEFT JOIN ${into} AS rows_there ON ${isSame} WHERE rows_there.${
      quoteName(key.columns[0])
    } IS NULL`,
    "add rows",
    where,
  );
}

function sameKey({ columns }: UniqueKey): string {
  return columns.map((column) =>
    `rows_there.${quoteName(column)} = rows_in.${quoteName(column)}`
  ).join(" AND ");
}

/** All rows must be in the table now. */
async function countMerged(merge: Merge): Promise<void> {
  const { job, target, from, rows, key } = merge;
  const counted = await job.session.value(
    `SELECT COUNT(*) FROM ${from} AS rows_in JOIN ${
      targetSql(target)
    } AS rows_there ON ${sameKey(key)}`,
    "count the rows",
  );
  if (Number(counted) === rows) return;
  throw new OsirisError(
    "data/count-mismatch",
    `Cannot write: table "${target.name}": ${rows} rows were sent and ${counted} counted`,
    { hint: "Look for triggers that change or remove rows" },
  );
}
