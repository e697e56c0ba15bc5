/**
 * One transaction on the direct channel, whose end is certain: a commit whose
 * answer is lost is asked after.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
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

/**
 * Runs `work` in a transaction and commits.
 *
 * @throws what `work` throws, rolled back; `data/uncertain` when nobody can say whether the commit took place.
 */
export async function inTransaction<T>(
  session: DirectSession,
  login: DirectLogin,
  context: StepContext,
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
  } catch (thrown) {
    // A connection that is gone has rolled back already.
    await session.query("ROLLBACK").catch(() => {});
    throw thrown;
  }
  try {
    await session.query("COMMIT");
  } catch (thrown) {
    const isLost = thrown instanceof OsirisError &&
      thrown.code.startsWith("connection/");
    if (!isLost || !await wasCommitted(id, login, context)) throw thrown;
  }
  return result;
}

/** Looks at a transaction's state are this many, a second apart. */
const LOOKS = 30;

/** Whether a transaction took place. @throws {OsirisError} `data/uncertain` */
async function wasCommitted(
  id: string,
  login: DirectLogin,
  context: StepContext,
): Promise<boolean> {
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
    } catch (thrown) {
      if (!(thrown instanceof OsirisError)) throw thrown;
      context.signal.throwIfAborted();
    }
  }
  throw new OsirisError(
    "data/uncertain",
    "Cannot tell whether the rows were written: the connection was lost at the commit and the server has not come back",
    {
      hint:
        `Ask the database: SELECT txid_status(${id}), before running the step again`,
      details: { transaction: id },
    },
  );
}
