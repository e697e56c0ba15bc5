/**
 * Writes a table to a Supabase project: over the direct channel where there is
 * one, else through the API.
 *
 * @module
 */
import { requireColumns } from "../../src/driver/column_names.ts";
import {
  defineDriver,
  type StepContext,
  type StepInput,
  type StepReport,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { Schema } from "../../src/table/type.ts";
import { betterError } from "./better_error.ts";
import { Api } from "./client.ts";
import { describe, tableHint } from "./description.ts";
import { type DirectSession, openDirect } from "./direct.ts";
import { writeDirect } from "./direct_write.ts";
import { discover } from "./discover.ts";
import { directTarget } from "./direct_target.ts";
import { makeTable } from "./make_table.ts";
import { directLogin, projectOf, type SupabaseConnection } from "./options.ts";
import { probe } from "./probe.ts";
import { writeRest } from "./rest_write.ts";
import { restTarget } from "./rest_target.ts";
import { RowFeed } from "./row_feed.ts";
import { wasCommitted } from "./transaction.ts";
import { waitsOf } from "./waits.ts";
import { planWrite } from "./write_plan.ts";
import { spec } from "./writer.spec.ts";
import type { WriterConfig } from "./writer_config.ts";

/** The driver `supabase.writer`. */
const driver = defineDriver<WriterConfig>({
  spec,
  run,
  probe,
  discover,
  // Requests to the API have no transaction that could be asked after: null.
  wasCommitted({ connection }, context, token): Promise<boolean | null> {
    const login = directLogin(connection as SupabaseConnection);
    return login === undefined
      ? Promise.resolve(null)
      : wasCommitted(token, login, context);
  },
});
export default driver;

async function run(
  step: StepInput<WriterConfig>,
  context: StepContext,
): Promise<StepReport> {
  const [input] = Object.values(step.inputs);
  const feed = new RowFeed(input);
  try {
    const fields = step.connection as SupabaseConnection;
    // What a run began through the API is ended through it.
    const session = context.committed === null
      ? await openChannel(fields, step.config, context)
      : undefined;
    if (session === undefined) return await viaApi(step, feed, context);
    await using open = session;
    return await viaDatabase(step, open, feed, context);
  } finally {
    await feed.close();
  }
}

/** The direct channel, if it is to be used. @throws {OsirisError} when it must be and can't. */
async function openChannel(
  fields: SupabaseConnection,
  { channel }: WriterConfig,
  context: StepContext,
): Promise<DirectSession | undefined> {
  const login = directLogin(fields);
  if (channel === "rest" || (channel === "auto" && login === undefined)) {
    return undefined;
  }
  if (login === undefined) {
    throw new OsirisError(
      "connection/invalid",
      "Cannot use channel direct: the connection has no direct channel",
      { hint: "Set dsn, or pg_host and its like, in the connection" },
    );
  }
  try {
    return await openDirect(login, context);
  } catch (thrown) {
    if (channel === "direct" || !isUnreachable(thrown)) throw thrown;
    context.log(
      "warn",
      `${(thrown as OsirisError).message}; rows go through the API instead`,
    );
    return undefined;
  }
}

/** A way that is closed, not a wrong password. */
function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof OsirisError &&
    ["refused", "unknown-host", "timeout", "lost"].some((reason) =>
      thrown.code === `connection/${reason}`
    );
}

async function viaDatabase(
  { connection, config, inputs }: StepInput<WriterConfig>,
  session: DirectSession,
  feed: RowFeed,
  context: StepContext,
): Promise<StepReport> {
  const fields = connection as SupabaseConnection;
  const input = await schemaOf(inputs, config);
  const schema = config.schema || fields.schema || "public";
  const { target, isNew } = await directTarget(session, schema, config, input);
  const plan = planWrite(
    target,
    input,
    config,
    (message) => context.log("warn", message),
  );
  if (isNew) tellOfNew(config, context);
  const login = directLogin(fields)!;
  return await writeDirect({ session, login, plan, isNew, feed, context });
}

async function viaApi(
  { connection, config, inputs }: StepInput<WriterConfig>,
  feed: RowFeed,
  context: StepContext,
): Promise<StepReport> {
  const fields = connection as SupabaseConnection;
  const project = projectOf(fields);
  const schema = config.schema || project.schema;
  const waits = waitsOf(config.timeout, context.deadlines);
  const api = new Api(project, { context, waits });
  const patience = { context, retries: config.retries };
  const input = await schemaOf(inputs, config);
  const what = { api, schema, config, input, patience };
  let description = await describe(api, schema, patience);
  let target = await restTarget({ ...what, description });
  if (target === undefined) {
    // A part of the rows was in one that is gone: the others alone would be no table.
    if (!config.create_if_missing || context.committed !== null) {
      throw new OsirisError(
        "sql/unknown-table",
        `Cannot write to table "${config.table}": schema "${schema}" has no such table`,
        {
          hint: tableHint(description, config.table) ??
            "Make the table, or set create_if_missing: true with a direct channel",
        },
      );
    }
    await makeTable({ ...what, fields, description });
    tellOfNew(config, context);
    description = await describe(api, schema, patience);
    target = (await restTarget({ ...what, description }))!;
  }
  const plan = planWrite(
    target,
    input,
    config,
    (message) => context.log("warn", message),
  );
  try {
    return await writeRest({ api, plan, config, feed, context });
  } catch (thrown) {
    const facts = description?.tables.get(config.table);
    throw betterError(thrown, { table: config.table, facts, description });
  }
}

/** What comes in. @throws {OsirisError} `config/invalid` when the config names other columns. */
async function schemaOf(
  inputs: StepInput["inputs"],
  { allow_lossy: lossy }: WriterConfig,
): Promise<Schema> {
  const schema = await Object.values(inputs)[0].schema();
  requireColumns("allow_lossy", lossy, schema.fields.map(({ name }) => name));
  return schema;
}

function tellOfNew(config: WriterConfig, context: StepContext): void {
  context.emit("table_created", { table: config.table });
  if (!config.row_level_security) return;
  context.log(
    "info",
    `made table "${config.table}" with row-level security on: only the service key sees it until a policy says otherwise`,
  );
}
