/**
 * Runs a query and gives its rows batch by batch, as they come.
 *
 * Rows come by the binary protocol of prepared statements: numbers and dates
 * need no text on either side, which halves the server's work, and FLOAT comes
 * with all its digits. What can't be prepared is read as text.
 *
 * @module
 */
import { TypedParameter } from "../../../src/deps/mysql2.ts";
import type { StepContext } from "../../../src/driver/driver.ts";
import { OsirisError, toOsirisError } from "../../../src/error.ts";
import { type Batch, BATCH_ROWS } from "../../../src/table/batch.ts";
import {
  findOrigins,
  holdsPrimaryKey,
  originKey,
  type Origins,
} from "../origin.ts";
import type { ColumnDefinition, RawCommand, RawStatement } from "../raw.ts";
import type { Session } from "../session.ts";
import { fieldOf, type ReadPolicy } from "../types.ts";
import { BatchQueue } from "./batch_queue.ts";
import { RowBatcher } from "./row_batcher.ts";
import { planRows, type RowProtocol } from "./row_plan.ts";

/** A value for a `?` of a query. */
export type Parameter = string | number | boolean | null;

/** What to read. */
export interface RowsRequest {
  readonly sql: string;
  readonly params: readonly Parameter[];
  /** For messages: `query`, or the table's name. */
  readonly where: string;
  /** Whether each row is one of a single table, so that its key stays one. */
  readonly isTable: boolean;
  readonly policy: ReadPolicy;
  /** Rows after which to stop; Infinity for all. */
  readonly maxRows: number;
}

/** Numbers of the errors that say that a statement can't be prepared, or no more of them. */
const UNPREPARABLE = [1295, 1461, 1243, 1615];

/** Reads the rows of a query: at least one batch, of no rows if there are none. */
export async function* streamRows(
  session: Session,
  request: RowsRequest,
  context: StepContext,
): AsyncGenerator<Batch, void, undefined> {
  const statement = await prepare(session, request, context);
  const columns = statement?.columns ?? [];
  const isSilent = /^\s*(call|show)\b/i.test(request.sql);
  // Of procedures the server says only afterwards what they give.
  if (statement !== null && columns.length === 0 && !isSilent) {
    throw noRows(request);
  }
  const origins = await findOrigins(session, columns);
  if (request.maxRows !== Infinity) {
    // A LIMIT for whatever is asked: what the server needn't find it doesn't.
    await session.run(`SET SESSION sql_select_limit = ${request.maxRows}`);
  }
  const { stream } = session.raw;
  const queue = new BatchQueue({
    pause: () => {
      stream.pause();
      session.hold();
    },
    resume: () => {
      session.release();
      stream.resume();
    },
  });
  const finished = execute(session, request, { statement, origins, queue });
  finished.then(() => queue.end(), (error) => queue.fail(error));
  yield* queue;
}

/** Prepares the statement; null when it has to be sent as text. */
async function prepare(
  session: Session,
  { sql, params, where }: RowsRequest,
  context: StepContext,
): Promise<RawStatement | null> {
  try {
    const statement = await session.command<RawStatement>(
      { action: "read", where },
      (resolve, reject) =>
        session.raw.prepare(
          { sql },
          (error, prepared) => error ? reject(error) : resolve(prepared),
        ),
    );
    checkParameters(statement, params, where);
    return statement;
  } catch (error) {
    const number = (error as OsirisError).details?.errno;
    if (!UNPREPARABLE.includes(Number(number)) || params.length > 0) {
      throw error;
    }
    context.emit("mysql_read", { protocol: "text", errno: Number(number) });
    return null;
  }
}

function checkParameters(
  { parameters }: RawStatement,
  params: readonly Parameter[],
  where: string,
): void {
  if (parameters.length === params.length) return;
  throw new OsirisError(
    "config/invalid",
    `Cannot read: ${where}: ${parameters.length} places for values and ${params.length} params`,
    { hint: "Give one value in params for each ? of the query" },
  );
}

interface Execution {
  readonly statement: RawStatement | null;
  readonly origins: Origins;
  readonly queue: BatchQueue;
}

/** Sends the statement and fills the queue until the last row has come. */
function execute(
  session: Session,
  request: RowsRequest,
  { statement, origins, queue }: Execution,
): Promise<void> {
  const { sql, params, where, maxRows } = request;
  return session.command({ action: "read", where }, (resolve, reject) => {
    let batcher: RowBatcher | null = null;
    const fail = (error: unknown): void => {
      reject(error);
      session.fail(toOsirisError(error, "internal/bug", "read rows"));
    };
    const command: RawCommand = statement === null
      ? session.raw.query({ sql })
      : statement.execute(params.map(typedParameter));
    command.on("fields", (columns) => {
      if (columns === undefined) return;
      if (batcher !== null) return fail(severalResults(request));
      try {
        batcher = new RowBatcher({
          plan: plan(columns, request, origins, statement),
          batchRows: BATCH_ROWS,
          maxRows,
          onBatch: (batch) => queue.push(batch),
          onError: fail,
          onEnough: () => {
            batcher!.finish();
            resolve();
            // The rest is not wanted, and there is no other way to say so.
            void session.close();
          },
        });
        session.tap.divert(batcher);
      } catch (error) {
        fail(error);
      }
    });
    command.on("error", reject);
    command.on("end", () => {
      if (batcher === null) return reject(noRows(request));
      batcher.finish();
      resolve();
    });
  });
}

function plan(
  columns: readonly ColumnDefinition[],
  { isTable, policy }: RowsRequest,
  origins: Origins,
  statement: RawStatement | null,
): ReturnType<typeof planRows> {
  const hasKey = isTable && holdsPrimaryKey(origins, columns);
  const fields = columns.map((column) => {
    const origin = origins.get(originKey(column));
    const isKey = hasKey && origin?.isPrimary === true;
    return fieldOf(column, origin, policy, isKey);
  });
  const protocol: RowProtocol = statement === null ? "text" : "binary";
  return planRows(columns, fields, protocol, policy, BATCH_ROWS);
}

/** Whole numbers go as such: mysql2 would send every number as a double. */
function typedParameter(value: Parameter): unknown {
  return typeof value === "number" && Number.isSafeInteger(value)
    ? TypedParameter.BIGINT(value)
    : value;
}

function noRows({ where }: RowsRequest): OsirisError {
  return new OsirisError(
    "config/invalid",
    `Cannot read: ${where}: the statement gives no rows`,
    { hint: "Give a SELECT, or another statement that has a result" },
  );
}

function severalResults({ where }: RowsRequest): OsirisError {
  return new OsirisError(
    "config/invalid",
    `Cannot read: ${where}: the statement gives more than one result`,
    { hint: "Call a procedure that gives one result" },
  );
}
