/**
 * Replaces the rows of a table that can't be swapped for another, since
 * triggers, foreign keys or a history hang on it: the old rows are deleted and
 * the new ones put in, in one transaction.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { quoteNames } from "../quote.ts";
import type { Session } from "../session.ts";
import { inTransaction, requireTransactions } from "./append.ts";
import type { Job } from "./job.ts";
import { type Target, targetSql } from "./target.ts";
import { findDependents } from "./ties.ts";

/**
 * Refuses a table whose rows can't all be taken away without harm.
 *
 * @throws {OsirisError} `sql/failed`, `sql/constraint`
 */
export async function requireInPlace(
  session: Session,
  target: Target,
): Promise<void> {
  requireTransactions(
    target,
    "replace the rows of",
    `Take away its ${
      target.ties.join(" and ")
    }, or ALTER TABLE … ENGINE=InnoDB`,
  );
  const { schema, name } = target;
  const dependents = await findDependents(session, schema, name);
  if (dependents.length === 0) return;
  throw new OsirisError(
    "sql/constraint",
    `Cannot replace the rows of table "${name}": rows of ${
      dependents.map((table) => `"${table}"`).join(", ")
    } would go or change with them, by ON DELETE`,
    { hint: "Use mode: upsert, or set session.foreign_key_checks to 0" },
  );
}

/** Puts the `count` rows of a table in the place of those of the target. @param from Quoted name. */
export async function moveRows(
  job: Job,
  target: Target,
  from: string,
  count: number,
): Promise<void> {
  const { session, context } = job;
  context.emit("replaced_in_place", { because: target.ties.join(", ") });
  const columns = quoteNames(
    target.columns.filter(({ isGenerated }) => !isGenerated)
      .map(({ name }) => name),
  );
  const into = targetSql(target);
  const where = `table "${target.name}"`;
  await inTransaction(job, async () => {
    await session.run(`DELETE FROM ${into}`, "empty the table", where);
    const { affectedRows } = await session.run(
      `INSERT INTO ${into} (${columns}) SELECT ${columns} FROM ${from}`,
      "fill the table",
      where,
    );
    if (affectedRows === count) return;
    throw new OsirisError(
      "data/count-mismatch",
      `Cannot write: ${where}: ${count} rows were sent and ${affectedRows} counted`,
      { hint: "Look for triggers that change or remove rows" },
    );
  });
}
