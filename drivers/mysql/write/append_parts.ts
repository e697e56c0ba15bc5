/**
 * Adds rows to a table in several transactions. What is committed stays when
 * the load fails; a run that goes on after it learns from the server's mark
 * how many rows that is.
 *
 * @module
 */
import { OsirisError, toOsirisError } from "../../../src/error.ts";
import { inTransaction, requireTransactions } from "./append.ts";
import {
  type Job,
  loadInto,
  removeMark,
  type Seal,
  withDetails,
  type Written,
} from "./job.ts";
import type { Loaded } from "./loader.ts";
import { committedRows, mark } from "./marker.ts";
import { type Target, targetSql } from "./target.ts";

/** Commits after each `every` rows. What is committed stays, and its count is in the error. */
export async function appendInParts(
  job: Job,
  target: Target,
  every: number,
): Promise<Written> {
  requireTransactions(target, "add rows to");
  const rowsBefore = await rowsThere(job);
  const parts = new Parts(job, rowsBefore);
  let bytes = 0;
  try {
    await job.source.skip(rowsBefore);
    // No rows at all are one part: whether the columns fit is seen there.
    for (
      let isFirst = rowsBefore === 0;
      isFirst || await job.source.hasMore();
      isFirst = false
    ) {
      const loaded = await inTransaction(
        job,
        () => loadInto(job, target, targetSql(target), every),
        (loaded) => parts.seal(loaded),
      );
      bytes += loaded.bytes;
      await parts.noteCommit();
    }
  } catch (thrown) {
    const error = toOsirisError(thrown, "step/failed", "write");
    const isKnown = error.details?.committed !== null;
    await parts.close();
    throw withDetails(
      error,
      { committed: isKnown ? parts.rows : null },
      `; ${parts.rows} rows stay`,
    );
  }
  await parts.close();
  return { rows: parts.rows, rowsBefore, bytes };
}

/** Counts what is committed, and keeps the mark that says so. */
class Parts {
  /** Rows of the input that are committed. */
  rows: number;
  readonly #job: Job;
  #token: string | null;
  #isMarkable = true;
  /** Rows with the transaction that is about to be committed; the run may not know yet that it was. */
  #announced: number | null = null;

  constructor(job: Job, rows: number) {
    this.#job = job;
    this.rows = rows;
    this.#token = job.context.committed?.token ?? null;
  }

  /** Leaves the mark of the transaction that is open. */
  async seal(loaded: Loaded): Promise<Seal> {
    const rows = this.rows + loaded.rows;
    const token = this.#isMarkable
      ? await mark(this.#job, { token: this.#token, rows })
      : null;
    if (token === null) this.#isMarkable = false;
    else this.#token = token;
    this.#announced = rows;
    return { token, rows };
  }

  /** The transaction is committed: has the run note it. */
  async noteCommit(): Promise<void> {
    const { context } = this.#job;
    this.rows = this.#announced!;
    await context.afterCommit(this.rows);
    this.#announced = null;
    context.emit("committed", { rows: this.rows });
  }

  /** Removes the mark, unless the run has to ask for it. */
  async close(): Promise<void> {
    if (this.#announced !== null || this.#token === null) return;
    await removeMark(this.#job, this.#token);
  }
}

/**
 * Rows of the input that are in the table already.
 *
 * @throws {OsirisError} `data/uncertain` when the mark that tells is gone.
 */
async function rowsThere({ session, context }: Job): Promise<number> {
  const { committed } = context;
  if (committed === null) return 0;
  const { rows, announced, token } = committed;
  if (announced === null) return rows;
  const found = token === null ? null : await committedRows(session, token);
  context.emit("commit_checked", { rows: found });
  if (found === rows) return rows;
  if (found !== announced) throw uncertain(rows, announced);
  await context.afterCommit(announced);
  return announced;
}

function uncertain(rows: number, announced: number): OsirisError {
  return new OsirisError(
    "data/uncertain",
    `Cannot write: nothing tells any more whether rows ${
      rows + 1
    } to ${announced} are there; ${rows} rows before them are`,
    {
      hint:
        "Take the step's rows out of the table and resume with --not-committed, or with --committed if all are there",
      details: { committed: null },
    },
  );
}
