/**
 * Makes a table for a load that goes through the API, and waits until the API
 * knows it.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { nearest } from "../../src/suggest.ts";
import type { Schema } from "../../src/table/type.ts";
import type { Api } from "./client.ts";
import { createStatements } from "./ddl.ts";
import type { Description } from "./description.ts";
import { openDirect } from "./direct.ts";
import { runHttpSql } from "./http_sql.ts";
import { directLogin, type SupabaseConnection } from "./options.ts";
import { restTarget } from "./rest_target.ts";
import { type Patience, pause } from "./retry.ts";
import { configKey } from "./write_plan.ts";
import type { WriterConfig } from "./writer_config.ts";

/** What is made where. */
export interface MakeFacts {
  readonly api: Api;
  readonly fields: SupabaseConnection;
  readonly schema: string;
  readonly config: WriterConfig;
  readonly input: Schema;
  readonly description: Description | undefined;
  readonly patience: Patience;
}

/** Milliseconds between looks at the API after a table was made, and looks in all. */
const LOOK_MS = 300;
const LOOKS = 60;

/** Makes the table. @throws {OsirisError} `sql/unknown-table` when there is no channel for it. */
export async function makeTable(facts: MakeFacts): Promise<void> {
  const { fields, schema, config, input, patience } = facts;
  const statements = createStatements({
    schema,
    table: config.table,
    input,
    key: configKey(config),
    isProtected: config.row_level_security,
  });
  const login = directLogin(fields);
  const wantsHttp = config.ddl_channel === "http_sql";
  const sqlUrl = fields.sql_url || fields.sql_endpoint;
  if (login !== undefined && !wantsHttp) {
    await using session = await openDirect(login, patience.context);
    // One transaction: PostgreSQL makes a table whole or not at all.
    await session.query(statements.join("; "));
  } else if (sqlUrl && (wantsHttp || config.ddl_channel === "auto")) {
    await runHttpSql(facts.api.project, sqlUrl, statements, patience.context);
  } else throw noChannel(facts);
  await untilKnown(facts, patience.context);
}

function noChannel({ config, schema, description }: MakeFacts): OsirisError {
  // To have it made was the wish: only a name that was meant is a better answer.
  const near = nearest(config.table, description?.tables.keys() ?? []);
  return new OsirisError(
    "sql/unknown-table",
    `Cannot write to table "${config.table}": schema "${schema}" has no such table, and without a direct channel it can't be made`,
    {
      hint: near === undefined
        ? "Give the connection a dsn, or make the table in the project"
        : `Did you mean "${near}"?`,
    },
  );
}

async function untilKnown(
  { api, schema, config, input, patience }: MakeFacts,
  context: StepContext,
): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    await pause(LOOK_MS, context.signal);
    const description = undefined;
    const quiet = { ...patience, context: { ...context, log: () => {} } };
    const what = { api, schema, config, input, description, patience: quiet };
    if (await restTarget(what) !== undefined) return;
  }
  throw new OsirisError(
    "http/stale-schema",
    `Cannot write to table "${config.table}": it was made, but the API does not know it yet`,
    { hint: "Run NOTIFY pgrst, 'reload schema' and run the step again" },
  );
}
