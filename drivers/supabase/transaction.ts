/**
 * One transaction on the direct channel, whose end is certain: a commit whose
 * answer is lost is asked after.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { derive } from "./derive_error.ts";
import { type DirectSession, openDirect } from "./direct.ts";
import type { DirectLogin } from "./options.ts";
import { pause } from "./retry.ts";

/** Settings for a load: no timeout but the step's own, one time zone. */
function settings(statementMs: number | null): string {
  return [
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    `SET LOCAL statement_timeout = ${statementMs ?? 0}`,
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL lock_timeout = '60s'",
  ].join("; ");
}

/** Where a transaction takes place. */
export interface Place {
  readonly session: DirectSession;
  readonly login: DirectLogin;
  readonly context: StepContext;
  /** Whether done twice it would double rows, so that the run has to know of its commit. */
  readonly isOnce: boolean;
}

/**
 * Runs `work` in a transaction and commits.
 *
 * @throws what `work` throws, rolled back; `data/uncertain` when nobody can say whether the commit took place.
 */
export async function inTransaction<T>(
  { session, login, context, isOnce }: Place,
  work: () => Promise<T>,
): Promise<T> {
  await session.query(
    `BEGIN; ${settings(context.deadlines.statementMs)}`,
  );
  let result: T;
  let id: string;
  try {
    result = await work();
    context.signal.throwIfAborted();
    id = (await session.query("SELECT txid_current()")).rows[0][0]!;
    if (isOnce) await context.beforeCommit(id);
  } catch (thrown) {
    // A connection that is gone has rolled back already.
    await session.query("ROLLBACK").catch(() => {});
    throw thrown;
  }
  try {
    await session.query("COMMIT");
  } catch (thrown) {
    if (!(thrown instanceof OsirisError)) throw thrown;
    const isLost = thrown.code.startsWith("connection/") ||
      thrown.code === "sql/statement-timeout";
    const isThere = isLost && await wasCommitted(id, login, context);
    if (isThere === null) throw uncertain(id, thrown);
    if (!isThere) throw derive(thrown, { details: { committed: 0 } });
  }
  if (isOnce) await context.afterCommit();
  return result;
}

/** Looks at a transaction's state are this many, a second apart. */
const LOOKS = 30;

/** Whether a transaction took place; waits for one that is under way. Null when nobody knows. */
export async function wasCommitted(
  id: string,
  login: DirectLogin,
  context: Pick<StepContext, "signal" | "deadlines" | "emit">,
): Promise<boolean | null> {
  for (let look = 0; look < LOOKS; look++) {
    await pause(look === 0 ? 100 : 1000, context.signal);
    try {
      await using session = await openDirect(login, context);
      const { rows: [[state]] } = await session.query(
        "SELECT txid_status($1::bigint)",
        [id],
      );
      context.emit("commit_checked", { state });
      if (state === "committed") return true;
      if (state === "aborted") return false;
      // The server keeps the state of old transactions no longer.
      if (state === null) return null;
    } catch (thrown) {
      if (!(thrown instanceof OsirisError)) throw thrown;
      context.signal.throwIfAborted();
    }
  }
  return null;
}

function uncertain(id: string, cause: OsirisError): OsirisError {
  return new OsirisError(
    "data/uncertain",
    "Cannot tell whether the rows were written: the connection was lost at the commit and the server has not come back",
    {
      cause,
      hint:
        `Ask the database: SELECT txid_status(${id}), before running the step again`,
      details: { transaction: id },
    },
  );
}
