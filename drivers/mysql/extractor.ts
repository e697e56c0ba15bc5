/**
 * `mysql.extractor`: reads a query or a table, batch by batch.
 *
 * @module
 */
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
} from "../../src/driver/driver.ts";
import type { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { openSession } from "./connect.ts";
import { discover } from "./discover.ts";
import { isTransient } from "./errors.ts";
import { mysqlExtractorSpec } from "./extractor.spec.ts";
import { type MysqlConnection, utcOffset } from "./options.ts";
import { probe } from "./probe.ts";
import { cursorRange } from "./read/cursor.ts";
import { readParts } from "./read/partition.ts";
import { startSnapshot } from "./read/snapshot.ts";
import {
  type ExtractorConfig,
  selectSql,
  sourceName,
} from "./read/statement.ts";
import { streamRows } from "./read/stream_rows.ts";
import type { Session } from "./session.ts";
import type { ReadPolicy } from "./types.ts";

type Step = StepInput<ExtractorConfig>;

/** Attempts at a read of which nothing was handed on yet. */
const ATTEMPTS = 3;

/** Reads; again from the start when the connection is lost before the first batch. */
async function* extract(
  step: Step,
  context: StepContext,
): AsyncGenerator<Batch, void, undefined> {
  for (let attempt = 1;; attempt++) {
    let isStarted = false;
    try {
      for await (const batch of read(step, context)) {
        isStarted = true;
        yield batch;
      }
      return;
    } catch (thrown) {
      const { code } = thrown as OsirisError;
      const isOver = isStarted || attempt === ATTEMPTS ||
        context.signal.aborted || !isTransient(thrown as OsirisError) ||
        // To connect was tried often enough already.
        code === "connection/too-many" || code === "connection/timeout";
      if (isOver) throw thrown;
      context.emit("retry", {
        what: "read",
        attempt: attempt + 1,
        of: ATTEMPTS,
        delay_ms: 0,
        code,
      });
    }
  }
}

async function* read(
  step: Step,
  context: StepContext,
): AsyncGenerator<Batch, void, undefined> {
  const { config } = step;
  const fields = step.connection as MysqlConnection;
  const open = (): Promise<Session> => openSession({ fields, context });
  const stream = (session: Session, sql: string): AsyncIterable<Batch> =>
    counted(
      streamRows(session, request(step, context, sql), context),
      context,
    );
  const isParted = config.partition !== undefined &&
    config.cursor === undefined && context.sampleRows === null;
  if (isParted) {
    const parted = config as Parameters<typeof readParts>[0]["config"];
    yield* readParts({ config: parted, context, open, stream });
    return;
  }
  await using session = await open();
  if (config.cursor === undefined) {
    yield* stream(session, selectSql(config));
    return;
  }
  await startSnapshot(session);
  const range = await cursorRange(
    session,
    { ...config, cursor: config.cursor },
    context.state,
    utcOffset(fields),
  );
  yield* stream(session, selectSql(config, range.conditions));
  if (range.state !== null) context.saveState({ ...range.state });
}

function request(
  { config, connection }: Step,
  context: StepContext,
  sql: string,
): Parameters<typeof streamRows>[1] {
  return {
    sql,
    params: config.params ?? [],
    where: sourceName(config),
    isTable: config.table !== undefined,
    policy: readPolicy(config, connection as MysqlConnection, context),
    maxRows: Math.min(
      context.sampleRows ?? Infinity,
      config.limit ?? Infinity,
    ),
  };
}

function readPolicy(
  config: ExtractorConfig,
  fields: MysqlConnection,
  context: StepContext,
): ReadPolicy {
  const offset = utcOffset(fields);
  if (offset === null) {
    context.log(
      "warn",
      "The session's time zone has no fixed offset: TIMESTAMP columns are read as that zone's local time",
    );
  }
  return {
    tinyint1: config.tinyint1 ?? "int",
    zeroDates: config.zero_dates ?? "error",
    utcOffset: offset,
  };
}

async function* counted(
  batches: AsyncIterable<Batch>,
  context: StepContext,
): AsyncGenerator<Batch, void, undefined> {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    yield batch;
    context.progress(rows);
  }
}

/** The driver `mysql.extractor`. */
const mysqlExtractor: Driver<ExtractorConfig> = defineDriver({
  spec: mysqlExtractorSpec,
  run: extract,
  probe,
  discover,
});

export default mysqlExtractor as unknown as Driver;
