/**
 * Transactions that see one state of the data for as long as they last, on one
 * connection or on several at once.
 *
 * @module
 */
import type { StepContext } from "../../../src/driver/driver.ts";
import type { OsirisError } from "../../../src/error.ts";
import { quoteText } from "../quote.ts";
import type { Session } from "../session.ts";

/** Starts a transaction that reads one state of the data. */
export async function startSnapshot(session: Session): Promise<void> {
  await session.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await session.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
}

/** Whether transactions see one state of a table: MyISAM and the like show each change at once. @param schema Null for the connection's own. */
export async function keepsStates(
  session: Session,
  table: string,
  schema: string | null,
): Promise<boolean> {
  const found = await session.value(
    "SELECT COUNT(*) FROM information_schema.tables LEFT JOIN information_schema.engines USING (engine) " +
      `WHERE table_schema = ${
        schema === null ? "DATABASE()" : quoteText(schema)
      } AND table_name = ${
        quoteText(table)
      } AND table_type <> 'VIEW' AND COALESCE(transactions, 'NO') <> 'YES'`,
    "look at the table",
  );
  return found === "0";
}

/** Seconds to wait for writers of the table to finish. */
const LOCK_SECONDS = 5;

/**
 * Starts transactions on `readers` that see the same state of `table`: no
 * commit can change it between the first start and the last, since `locker`
 * holds it against writers meanwhile.
 *
 * @param table Quoted name.
 * @returns false when the lock can't be had (a missing right, or a writer that takes long): then no transaction is open.
 */
export async function startSharedSnapshot(
  locker: Session,
  readers: readonly Session[],
  table: string,
  context: StepContext,
): Promise<boolean> {
  try {
    await locker.run(`SET SESSION lock_wait_timeout = ${LOCK_SECONDS}`);
    await locker.run(`LOCK TABLES ${table} READ`, "lock the table");
  } catch (error) {
    const { code, message } = error as OsirisError;
    if (code !== "sql/denied" && code !== "sql/lock-timeout") throw error;
    context.emit("partition_skipped", { code, reason: message });
    return false;
  }
  for (const session of readers) await startSnapshot(session);
  await locker.run("UNLOCK TABLES");
  return true;
}
