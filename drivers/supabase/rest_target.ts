/**
 * The target as the API sees it.
 *
 * @module
 */
import type { Schema } from "../../src/table/type.ts";
import type { Api } from "./client.ts";
import type { Description } from "./description.ts";
import { columnTypeFor } from "./mapping.ts";
import { parsePgType } from "./pg_type.ts";
import { exchange, outcomeError, type Patience } from "./retry.ts";
import { tableSource } from "./source.ts";
import { describedTarget, type Target } from "./target.ts";
import type { WriterConfig } from "./writer_config.ts";

/** Where to look and what for. */
export interface RestTargetFacts {
  readonly api: Api;
  readonly schema: string;
  readonly config: WriterConfig;
  readonly input: Schema;
  readonly description: Description | undefined;
  readonly patience: Patience;
}

/** The target; undefined when the API knows no such table. @throws {OsirisError} when it can't be asked. */
export async function restTarget(
  facts: RestTargetFacts,
): Promise<Target | undefined> {
  const { api, schema, config, input, description, patience } = facts;
  const described = description?.tables.get(config.table);
  if (described !== undefined) return describedTarget(schema, described);
  // What is not described may be there nonetheless.
  const source = tableSource(api, schema, config.table, []);
  const sending = { action: `look for table "${config.table}"` };
  const outcome = await exchange(
    api,
    () =>
      source.compose({
        select: "*",
        limit: 0,
        offset: 0,
        order: [],
        after: null,
        isCounted: false,
      }),
    sending,
    patience,
  );
  if (outcome.kind === "done") {
    patience.context.log(
      "warn",
      `the API does not describe "${config.table}": its types are taken to be those of what comes in`,
    );
    return undescribedTarget(schema, config.table, input);
  }
  const error = outcomeError(api, outcome, sending);
  if (error.code === "sql/unknown-table") return undefined;
  throw error;
}

/** A target of which nothing is known but that it is there. */
function undescribedTarget(
  schema: string,
  table: string,
  { fields }: Schema,
): Target {
  return {
    schema,
    table,
    columns: fields.map((field) => {
      const typeName = columnTypeFor(field);
      const { base, isArray } = parsePgType(typeName);
      return {
        name: field.name,
        type: { base, isArray, parameters: [] },
        typeName,
        isExact: false,
        isNullable: true,
        maxLength: null,
        isGenerated: false,
      };
    }),
    key: [],
    uniqueKeys: null,
  };
}
