/**
 * The mark of a commit: a row in a table of ours that comes with the rows of
 * an append, in the same transaction. Whoever has its token can ask afterwards,
 * for certain, whether the rows are there.
 *
 * An append that commits in parts has one mark, which says in each transaction
 * anew how many rows are there.
 *
 * The table is made by the first who needs it and dropped by the last: it stays
 * only as long as a killed run's mark lies in it. A user who may not make it
 * appends without marks; a run killed at the commit then has to ask its user.
 *
 * @module
 */
import type { StepContext } from "../../../src/driver/driver.ts";
import { OsirisError } from "../../../src/error.ts";
import { quoteTable, quoteText } from "../quote.ts";
import type { Session } from "../session.ts";

/** Name of the table, in the schema of the rows. */
export const MARKS = "_osiris_commits";

/** Days that a mark is kept for a run that may be resumed. */
const KEEP_DAYS = 30;

/** Seconds, by the server's clock, for which a missing mark proves something: less than it is kept. */
const PROOF_S = (KEEP_DAYS - 1) * 86_400;

/** What leaves a mark. */
interface Marking {
  /** In whose transaction it is left. */
  readonly session: Session;
  readonly schema: string;
  readonly request: { readonly table: string };
  readonly context: StepContext;
  /** Opens another session: to make a table on this one would commit. */
  reopen(): Promise<Session>;
}

/** What a mark says of an append that commits in parts. */
export interface MarkedPart {
  /** Of the mark that the part before has left; null for the first. */
  readonly token: string | null;
  /** Rows of the input that are there with this part. */
  readonly rows: number;
}

/**
 * Leaves a mark in the transaction that is open, just before its end.
 *
 * @returns its token; null where the user may not leave marks.
 * @throws {OsirisError} what may have undone the transaction.
 */
export async function mark(
  marking: Marking,
  part?: MarkedPart,
): Promise<string | null> {
  const { session, schema, context } = marking;
  let isMade = part !== undefined && part.token !== null;
  const token = part?.token ?? await newToken(session, schema);
  const sql = markSql(marking, token, part);
  // More than once, since another run may drop the table meanwhile.
  for (let tries = 0;; tries++, isMade = false) {
    try {
      if (!isMade && !await isThere(session, schema)) await makeTable(marking);
      await session.run(sql, "mark the commit");
      return token;
    } catch (thrown) {
      const { code, message } = thrown as OsirisError;
      if (code === "sql/unknown-table" && tries < 3) continue;
      if (!session.isUsable || !HARMLESS.has(code)) throw thrown;
      context.emit("commit_unmarked", { because: message });
      return null;
    }
  }
}

async function newToken(session: Session, schema: string): Promise<string> {
  const now = await session.value("SELECT UNIX_TIMESTAMP()");
  return `${now}:${crypto.randomUUID()}:${schema}`;
}

function markSql(
  { schema, request }: Marking,
  token: string,
  part: MarkedPart | undefined,
): string {
  const into = quoteTable(MARKS, schema);
  const values = `${quoteText(idOf(token))}, ${quoteText(request.table)}`;
  return part === undefined
    ? `INSERT INTO ${into} (token, target) VALUES (${values})`
    : `REPLACE INTO ${into} (token, target, committed_rows)
       VALUES (${values}, ${part.rows})`;
}

/** Failures that leave the transaction as it is. */
const HARMLESS: ReadonlySet<string> = new Set([
  "sql/denied",
  "sql/unknown-column",
  "sql/unknown-table",
]);

/**
 * Whether the transaction of a token took place. Waits for one that is still
 * under way: its mark is locked as long.
 *
 * @returns null when nobody can tell: the mark may have been removed.
 */
export async function wasCommitted(
  session: Session,
  token: string,
): Promise<boolean | null> {
  const found = await look(session, token, "1");
  return typeof found === "string" ? true : found;
}

/** Rows that are there of an append that commits in parts; as {@linkcode wasCommitted}. */
export async function committedRows(
  session: Session,
  token: string,
): Promise<number | null> {
  const found = await look(session, token, "committed_rows");
  if (found === false) return 0;
  return found === null ? null : Number(found);
}

/** What a token's mark says; false when there is none for certain, null when nobody can tell. */
async function look(
  session: Session,
  token: string,
  column: string,
): Promise<string | false | null> {
  const { since, schema } = partsOf(token);
  try {
    const { rows } = await session.run(
      `SELECT ${column} FROM ${quoteTable(MARKS, schema)} WHERE token = ${
        quoteText(idOf(token))
      } LOCK IN SHARE MODE`,
      "look for a commit",
    );
    if (rows.length > 0) return rows[0][0];
  } catch (error) {
    const isMissing = (error as OsirisError).code === "sql/unknown-table";
    if (isMissing) return null;
    throw error;
  }
  const now = await session.value("SELECT UNIX_TIMESTAMP()");
  return Number(now) - Number(since) < PROOF_S ? false : null;
}

/** Removes a mark, marks that nobody will ask for any more, and the table with the last one. */
export async function unmark(session: Session, token: string): Promise<void> {
  const { schema } = partsOf(token);
  const from = quoteTable(MARKS, schema);
  const old = await oldMarks(session, from);
  if (old === null) return;
  const gone = [idOf(token), ...old].map(quoteText);
  await session.run(
    `DELETE FROM ${from} WHERE token IN (${gone.join(", ")})`,
    "remove the mark of a commit",
  );
  await dropIfEmpty(session, from);
}

/** Marks that nobody will ask for any more; null when the table is gone. */
async function oldMarks(
  session: Session,
  from: string,
): Promise<string[] | null> {
  try {
    const { rows } = await session.run(
      `SELECT token FROM ${from}
       WHERE written_at < CURRENT_TIMESTAMP - INTERVAL ${KEEP_DAYS} DAY`,
    );
    return rows.map(([token]) => token!);
  } catch (error) {
    if ((error as OsirisError).code === "sql/unknown-table") return null;
    throw error;
  }
}

async function isThere(session: Session, schema: string): Promise<boolean> {
  const found = await session.value(
    "SELECT 1 FROM information_schema.tables WHERE " +
      `table_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(MARKS)
      }`,
  );
  return found !== null;
}

/** Makes the table, over another connection. @throws {OsirisError} one of {@linkcode HARMLESS} */
async function makeTable({ reopen, schema }: Marking): Promise<void> {
  try {
    await using session = await reopen();
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${quoteTable(MARKS, schema)} (
         token CHAR(36) CHARACTER SET ascii PRIMARY KEY,
         target VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL,
         committed_rows BIGINT UNSIGNED,
         written_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
       ) ENGINE=InnoDB COMMENT='Commits of Osiris runs that may have to be resumed'`,
      "make room for the mark of a commit",
    );
  } catch (cause) {
    throw new OsirisError("sql/denied", (cause as Error).message, { cause });
  }
}

/** Drops the table unless there are marks in it, or another run is about to leave one. */
async function dropIfEmpty(session: Session, table: string): Promise<void> {
  if (await session.value(`SELECT 1 FROM ${table} LIMIT 1`) !== null) return;
  try {
    // Who writes a mark holds a lock of the table's until the commit: it is in use, and dropped by the other.
    await session.run("SET SESSION lock_wait_timeout = 1");
    await session.run(`LOCK TABLES ${table} WRITE`);
    const left = await session.value(`SELECT 1 FROM ${table} LIMIT 1`);
    if (left === null) await session.run(`DROP TABLE ${table}`);
  } catch (error) {
    // In use, or not ours to drop: empty it does no harm.
    if (!session.isUsable) throw error;
  } finally {
    if (session.isUsable) await session.run("UNLOCK TABLES");
  }
}

function partsOf(token: string): Record<"since" | "id" | "schema", string> {
  const [since, id, ...schema] = token.split(":");
  return { since, id, schema: schema.join(":") };
}

/** The part of a token that is in the table. */
function idOf(token: string): string {
  return partsOf(token).id;
}
