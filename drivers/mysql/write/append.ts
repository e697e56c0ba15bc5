/**
 * Adds rows to a table in one transaction.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import {
  type Job,
  loadInto,
  makeFinal,
  type Seal,
  undoing,
  type Written,
} from "./job.ts";
import { mark } from "./marker.ts";
import { type Target, targetSql } from "./target.ts";

/** Adds the rows: all of them, or none. */
export async function append(job: Job, target: Target): Promise<Written> {
  requireTransactions(target, "add rows to");
  return await inTransaction(
    job,
    () => loadInto(job, target, targetSql(target)),
    async () => ({ token: await mark(job) }),
  );
}

/**
 * Runs `action` in a transaction, which is undone when it fails.
 *
 * @param seal Leaves a mark in it before its commit.
 */
export function inTransaction<T>(
  job: Job,
  action: () => Promise<T>,
  seal?: (result: T) => Promise<Seal>,
): Promise<T> {
  const { session } = job;
  return undoing(job, async () => {
    await session.run("START TRANSACTION");
    const result = await action();
    const where = `table "${job.request.table}"`;
    await makeFinal(job, "COMMIT", "commit", where, await seal?.(result));
    return result;
  }, async (usable) => {
    // With the connection the server has undone it already.
    if (usable === session) await session.run("ROLLBACK", "roll back");
  });
}

/** Refuses tables in which half a load would stay. */
export function requireTransactions(
  target: Target,
  action: string,
  hint = "Use mode: replace, or ALTER TABLE … ENGINE=InnoDB",
): void {
  if (target.isTransactional) return;
  throw new OsirisError(
    "sql/failed",
    `Cannot ${action} table "${target.name}": its engine ${target.engine} can't undo what fails`,
    { hint },
  );
}
