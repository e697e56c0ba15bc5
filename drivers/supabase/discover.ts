/**
 * Lists the tables and views of a project for `osiris discover`.
 *
 * @module
 */
import type {
  DiscoveredTable,
  StepContext,
  StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { formatType } from "../../src/table/type.ts";
import { Api } from "./client.ts";
import { describe, type TableFacts, tableHint } from "./description.ts";
import { projectOf, type SupabaseConnection } from "./options.ts";
import { logicalType, parsePgType } from "./pg_type.ts";
import { waitsOf } from "./waits.ts";

/** Lists what the API describes. @throws {OsirisError} `http/denied` when it describes nothing to this key. */
export async function discover(
  step: Pick<StepInput<{ readonly schema?: string }>, "connection" | "config">,
  context: StepContext,
  table: string | null,
): Promise<readonly DiscoveredTable[]> {
  const project = projectOf(step.connection as SupabaseConnection);
  const schema = step.config?.schema || project.schema;
  const api = new Api(project, {
    context,
    waits: waitsOf(undefined, context.deadlines),
  });
  const description = await describe(api, schema, { context, retries: 2 });
  if (description === undefined) {
    throw new OsirisError(
      "http/denied",
      `Cannot list tables: ${project.host}: the API does not describe itself to this key`,
      { hint: "Use the service key" },
    );
  }
  if (table !== null && !description.tables.has(table)) {
    throw new OsirisError(
      "sql/unknown-table",
      `Cannot describe table "${table}": schema "${schema}" has no such table`,
      { hint: tableHint(description, table) },
    );
  }
  return [...description.tables.values()]
    .filter(({ name }) => table === null || name === table)
    .map((facts) => discovered(schema, facts));
}

function discovered(schema: string, facts: TableFacts): DiscoveredTable {
  return {
    schema,
    name: facts.name,
    kind: facts.isWritable ? "table" : "view",
    rows: null,
    columns: facts.columns.map(({ name, type, isNullable, isKey }) => ({
      name,
      type,
      logicalType: logicalName(type),
      nullable: isNullable,
      key: isKey ? "primary" : null,
    })),
  };
}

function logicalName(type: string): string {
  const parsed = parsePgType(type);
  const known = logicalType(parsed);
  if (known !== undefined) return formatType(known);
  return parsed.base === "numeric" ? "decimal" : "utf8";
}
