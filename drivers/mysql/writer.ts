/**
 * `mysql.writer`: writes a table, all of it or nothing.
 *
 * @module
 */
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
  type StepReport,
} from "../../src/driver/driver.ts";
import { OsirisError, toOsirisError } from "../../src/error.ts";
import { openSession } from "./connect.ts";
import { discover } from "./discover.ts";
import type { MysqlConnection } from "./options.ts";
import { probe } from "./probe.ts";
import type { Session } from "./session.ts";
import { append } from "./write/append.ts";
import { appendInParts } from "./write/append_parts.ts";
import { readRequest, type WriterConfig } from "./write/config.ts";
import type { Job, Written } from "./write/job.ts";
import { create, replace } from "./write/replace.ts";
import { unmark, wasCommitted } from "./write/marker.ts";
import { RowSource } from "./write/row_source.ts";
import { findTarget, schemaOf, type Target } from "./write/target.ts";
import { upsert } from "./write/upsert.ts";
import { mysqlWriterSpec } from "./writer.spec.ts";

/**
 * No value is cut or rounded without a word; 0 stays 0 in a column that counts;
 * no other engine takes the place of the one that is asked for.
 */
const VARIABLES = {
  // Instants are sent as the UTC clock shows them.
  "time_zone": "+00:00",
  "sql_mode":
    "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO",
  "sql_notes": 1,
  // A merge changes rows, and a replacement in place removes them, by no key of theirs.
  "sql_safe_updates": 0,
  "max_error_count": 1000,
};

async function write(
  step: StepInput<WriterConfig>,
  context: StepContext,
): Promise<StepReport> {
  const request = readRequest(step.config);
  const fields = step.connection as MysqlConnection;
  warnOfVariables(fields, context);
  const [table] = Object.values(step.inputs);
  const source = new RowSource(table);
  try {
    // Connects while the producer is still at work on its first batch.
    const [session, input] = await Promise.all([
      openSession({ fields, context, variables: VARIABLES }),
      table.schema(),
    ]);
    await using _session = session;
    const job: Job = {
      session,
      context,
      request,
      schema: await schemaOf(session, request.schema),
      input,
      source,
      reopen: () => reopen(fields, context),
    };
    const written = await run(job);
    const { rows: rowsWritten, rowsBefore = 0, bytes: bytesWritten } = written;
    return { rowsWritten, rowsBefore, bytesWritten };
  } catch (error) {
    await source.stop();
    throw toOsirisError(error, "step/failed", "write");
  }
}

/** Says which of the user's variables don't hold here. */
function warnOfVariables(fields: MysqlConnection, context: StepContext): void {
  const given = { ...fields.session, "time_zone": fields.time_zone };
  for (const [name, ours] of Object.entries(VARIABLES)) {
    const theirs = (given as Record<string, unknown>)[name];
    if (theirs === undefined || theirs === ours) continue;
    context.log("warn", `Writers set ${name} themselves, to ${ours}`);
  }
}

async function run(job: Job): Promise<Written> {
  const { session, schema, request } = job;
  const target = await findTarget(session, schema, request.table);
  if (target === null) {
    // A part of the rows was in one that is gone: the others alone would be no table.
    const isNew = request.createTable && job.context.committed === null;
    if (!isNew) throw noTable(request.table, schema);
    return await create(job);
  }
  if (request.commitEvery !== null) {
    return await appendInParts(job, target, request.commitEvery);
  }
  const mode = MODES[request.mode];
  return await mode(job, target);
}

const MODES: Record<string, (job: Job, target: Target) => Promise<Written>> = {
  append,
  replace,
  upsert,
};

/** A session for cleaning up, which must not end with the step's own signal. */
function reopen(
  fields: MysqlConnection,
  context: StepContext,
): Promise<Session> {
  const signal = AbortSignal.timeout(CLEAN_UP_MS);
  return openSession({ fields, context: { ...context, signal } });
}

async function withSession<T>(
  { connection }: StepInput<WriterConfig>,
  context: StepContext,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const fields = connection as MysqlConnection;
  await using session = await openSession({
    fields,
    context,
    variables: VARIABLES,
  });
  return await act(session);
}

/** Milliseconds that cleaning up may take. */
const CLEAN_UP_MS = 3000;

function noTable(table: string, schema: string): OsirisError {
  return new OsirisError(
    "sql/unknown-table",
    `Cannot write: table "${table}": database "${schema}" has none of this name`,
    {
      hint:
        "Check the name and the user's rights on it, or set create_table: true",
    },
  );
}

/** The driver `mysql.writer`. */
const mysqlWriter: Driver<WriterConfig> = defineDriver({
  spec: mysqlWriterSpec,
  run: write,
  probe,
  discover,
  wasCommitted: (step, context, token) =>
    withSession(step, context, (session) => wasCommitted(session, token)),
  forgetCommit: (step, context, token) =>
    withSession(step, context, (session) => unmark(session, token)),
});

export default mysqlWriter as unknown as Driver;
