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
import {
  checkedAfter,
  findForeignKeys,
  type ForeignKey,
  isReplaceable,
  undoReferences,
} from "./self_reference.ts";
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
  const clear = () => empty(session, target);
  const refill = () => fill(session, target, from, count);
  await inTransaction(job, async () => {
    // What the server refuses it undoes by itself.
    await clear().catch(async (refused) => {
      const keys = await ownKeys(session, target, refused);
      await undoReferences(session, target, keys);
      await clear();
    });
    await refill().catch(async (refused) => {
      const keys = await ownKeys(session, target, refused);
      await checkedAfter(session, target, keys, refill);
    });
  });
}

/**
 * The table's foreign keys, when the server refused rows for one that refers to
 * the table itself, and something can be done about it.
 *
 * @throws {OsirisError} `refused` otherwise.
 */
async function ownKeys(
  session: Session,
  target: Target,
  refused: OsirisError,
): Promise<ForeignKey[]> {
  if (refused.code !== "sql/constraint") throw refused;
  const keys = await findForeignKeys(session, target);
  if (!keys.some(({ isOwn }) => isOwn)) throw refused;
  if (isReplaceable(target)) return keys;
  throw new OsirisError(refused.code, refused.message, {
    cause: refused,
    hint:
      "Put rows after those that they refer to, or take the table's triggers or history away",
    ...(refused.details && { details: refused.details }),
  });
}

async function empty(session: Session, target: Target): Promise<void> {
  await session.run(
    `DELETE FROM ${targetSql(target)}`,
    "empty the table",
    `table "${target.name}"`,
  );
}

async function fill(
  session: Session,
  target: Target,
  from: string,
  count: number,
): Promise<void> {
  const where = `table "${target.name}"`;
  const columns = quoteNames(
    target.columns.filter(({ isGenerated }) => !isGenerated)
      .map(({ name }) => name),
  );
  const { affectedRows } = await session.run(
    `INSERT INTO ${
      targetSql(target)
    } (${columns}) SELECT ${columns} FROM ${from}`,
    "fill the table",
    where,
  );
  if (affectedRows === count) return;
  throw new OsirisError(
    "data/count-mismatch",
    `Cannot write: ${where}: ${count} rows were sent and ${affectedRows} counted`,
    { hint: "Look for triggers that change or remove rows" },
  );
}
