/**
 * Adds rows to a table in one transaction, or in several when asked for.
 *
 * @module
 */
import { OsirisError, toOsirisError } from "../../../src/error.ts";
import {
  type Job,
  loadInto,
  makeFinal,
  undoing,
  withDetails,
  type Written,
} from "./job.ts";
import { type Target, targetSql } from "./target.ts";

/** Adds the rows: all of them, or none. */
export async function append(job: Job, target: Target): Promise<Written> {
  requireTransactions(target, "add rows to");
  if (job.request.commitEvery !== null) {
    return await appendInParts(job, target, job.request.commitEvery);
  }
  return await inTransaction(
    job,
    () => loadInto(job, target, targetSql(target)),
    { isMarked: true },
  );
}

/**
 * Runs `action` in a transaction, which is undone when it fails.
 *
 * @param isMarked Whether the commit leaves a mark until the run has noted it.
 */
export function inTransaction<T>(
  job: Job,
  action: () => Promise<T>,
  { isMarked = false } = {},
): Promise<T> {
  const { session } = job;
  return undoing(job, async () => {
    await session.run("START TRANSACTION");
    const result = await action();
    const where = `table "${job.request.table}"`;
    await makeFinal(job, "COMMIT", "commit", where, { isMarked });
    return result;
  }, async (usable) => {
    // With the connection the server has undone it already.
    if (usable === session) await session.run("ROLLBACK", "roll back");
  });
}

/** Commits after each `every` rows. What is committed stays, and its count is in the error. */
async function appendInParts(
  job: Job,
  target: Target,
  every: number,
): Promise<Written> {
  const { source, context } = job;
  let rows = 0, bytes = 0;
  try {
    do {
      const loaded = await inTransaction(
        job,
        () => loadInto(job, target, targetSql(target), every),
      );
      rows += loaded.rows;
      bytes += loaded.bytes;
      context.emit("committed", { rows });
    } while (await source.hasMore());
  } catch (thrown) {
    const error = toOsirisError(thrown, "step/failed", "write");
    const isKnown = error.details?.committed !== null;
    throw withDetails(
      error,
      { committed: isKnown ? rows : null },
      `; ${rows} rows stay`,
    );
  }
  return { rows, bytes };
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
