/**
 * What the writer's modes share: the session, the request, the rows and the way
 * to load them.
 *
 * @module
 */
import type { StepContext } from "../../../src/driver/driver.ts";
import { OsirisError, toOsirisError } from "../../../src/error.ts";
import type { Schema } from "../../../src/table/type.ts";
import type { Session } from "../session.ts";
import { planColumns } from "./column_plan.ts";
import type { WriteRequest } from "./config.ts";
import { FieldWriter } from "./field_writer.ts";
import { insertRows } from "./insert.ts";
import { loadData } from "./load_data.ts";
import type { Load, Loaded } from "./loader.ts";
import { committedRows, unmark, wasCommitted } from "./marker.ts";
import type { RowSource } from "./row_source.ts";
import type { Target } from "./target.ts";

/** One run of the writer. */
export interface Job {
  readonly session: Session;
  readonly context: StepContext;
  readonly request: WriteRequest;
  /** Database of the table. */
  readonly schema: string;
  readonly input: Schema;
  readonly source: RowSource;
  /** Opens another session, for what is left to do when this one is lost. */
  reopen(): Promise<Session>;
}

/** What was written. */
export interface Written {
  readonly rows: number;
  /** Rows that were there before, and count among them; none if left out. */
  readonly rowsBefore?: number;
  readonly bytes: number;
}

/** What a transaction leaves behind, by which its commit can be asked after. */
export interface Seal {
  /** Of its mark; null when it leaves none. */
  readonly token: string | null;
  /** Rows of the input that are there with it, when it is one part of them: that it is there the caller has to say. */
  readonly rows?: number;
}

/** Loads rows into a table whose columns are those of `target`. @param into Quoted name. */
export async function loadInto(
  job: Job,
  target: Target,
  into: string,
  maxRows: number = Infinity,
): Promise<Loaded> {
  const { session, context, request, source } = job;
  const lossy = new Map<string, number>();
  const count = (column: string): void =>
    void lossy.set(column, (lossy.get(column) ?? 0) + 1);
  const server = await askServer(session);
  const load: Load = {
    session,
    maxPacket: server.maxPacket,
    into,
    table: request.table,
    fields: planColumns(job.input, target, request)
      .map((plan) => new FieldWriter(plan, count)),
    source,
    progress: (rows) => context.progress(rows),
  };
  const reason = whyInsert(request.bulk, server.takesFiles);
  const loaded = await runLoader(job, load, maxRows, reason);
  for (const [column, count] of lossy) {
    context.emit("lossy", { column, values: count });
  }
  return loaded;
}

async function runLoader(
  { request, context, source }: Job,
  load: Load,
  maxRows: number,
  reason: string | null,
): Promise<Loaded> {
  const before = source.rows;
  if (reason === null) {
    context.emit("mysql_write", { bulk: "load_data" });
    try {
      return await loadData(load, maxRows);
    } catch (error) {
      const isOff = (error as OsirisError).code === "sql/local-infile-off";
      // The server says so before it asks for the first byte.
      if (!isOff || request.bulk !== "auto" || source.rows > before) {
        throw error;
      }
    }
  }
  context.emit("mysql_write", {
    bulk: "insert",
    reason: reason ?? "the server refuses LOAD DATA LOCAL",
  });
  return await insertRows(load, maxRows, {
    maxRows: request.insertRows ?? Infinity,
  });
}

async function askServer(
  session: Session,
): Promise<{ takesFiles: boolean; maxPacket: number }> {
  const { rows: [[infile, packet]] } = await session.run(
    "SELECT @@local_infile, @@max_allowed_packet",
  );
  return { takesFiles: infile === "1", maxPacket: Number(packet) };
}

/** Why rows go in by INSERT; null when they go in by LOAD DATA. */
function whyInsert(
  bulk: WriteRequest["bulk"],
  takesFiles: boolean,
): string | null {
  if (bulk === "load_data") return null;
  if (bulk === "insert") return "the config says so";
  return takesFiles ? null : "local_infile is off";
}

/**
 * Runs the statement that makes the rows final. When it fails, the error says in
 * `details.committed` that no row is there (0), or that nobody knows (null):
 * the connection went with the server's answer, and there is no mark to ask for.
 */
export async function makeFinal(
  job: Job,
  sql: string,
  action: string,
  where: string,
  seal: Seal = { token: null },
): Promise<void> {
  const { session, context, request } = job;
  const { token, rows } = seal;
  let isLost = false;
  // To replace and to upsert twice does no harm, so that a resumed run needn't ask.
  if (request.mode === "append") {
    await context.beforeCommit(token ?? undefined, rows);
  }
  try {
    await session.run(sql, action, where);
  } catch (thrown) {
    const error = toOsirisError(thrown, "sql/failed", action);
    // What the server itself says no to hasn't happened.
    const isRefused = typeof error.details?.errno === "number" &&
      !error.code.startsWith("connection/");
    const isThere = isRefused ? false : await askAfter(job, seal);
    isLost = true;
    if (!isThere) {
      throw withDetails(error, { committed: isThere === null ? null : 0 });
    }
  }
  if (token === null || rows !== undefined) return;
  await context.afterCommit();
  await removeMark(job, token, isLost);
}

/** Whether a transaction took place, asked over a new connection; null when nobody knows. */
async function askAfter(
  { reopen, context }: Job,
  { token, rows }: Seal,
): Promise<boolean | null> {
  if (token === null) return null;
  try {
    await using session = await reopen();
    if (rows !== undefined) {
      const there = await committedRows(session, token);
      context.emit("commit_checked", { rows: there });
      return there === null ? null : there === rows;
    }
    const isThere = await wasCommitted(session, token);
    context.emit("commit_checked", { committed: isThere });
    if (isThere === false) await unmark(session, token).catch(() => {});
    return isThere;
  } catch {
    return null; // the error of the commit itself says what is wrong
  }
}

/** Removes the mark of what the run has noted. @param isLost Whether the session is of no more use. */
export async function removeMark(
  job: Job,
  token: string,
  isLost = !job.session.isUsable,
): Promise<void> {
  const { context, session } = job;
  try {
    if (!isLost && await unmark(session, token).then(() => true, () => false)) {
      return;
    }
    await using other = await job.reopen();
    await unmark(other, token);
  } catch (error) {
    context.emit("commit_mark_left", { because: (error as Error).message });
  }
}

/** The same error with further details, and perhaps something behind its message. */
export function withDetails(
  error: OsirisError,
  details: NonNullable<OsirisError["details"]>,
  addition = "",
): OsirisError {
  return new OsirisError(error.code, error.message + addition, {
    cause: error.cause,
    ...(error.hint !== undefined && { hint: error.hint }),
    details: { ...error.details, ...details },
  });
}

/** Runs `action`; when it fails, runs `undo` on a session that works, whose own failure is only logged. */
export async function undoing<T>(
  job: Job,
  action: () => Promise<T>,
  undo: (session: Session) => Promise<void>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    try {
      if (job.session.isUsable) await undo(job.session);
      else {
        await using session = await job.reopen();
        await undo(session);
      }
    } catch (failure) {
      job.context.log(
        "warn",
        `What was begun could not be undone: ${(failure as Error).message}`,
      );
    }
    throw error;
  }
}
