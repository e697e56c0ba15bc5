/**
 * The target as the direct channel sees it: the one that is there, or the one
 * that is to be made.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { Schema } from "../../src/table/type.ts";
import { catalogTables, catalogTarget } from "./catalog.ts";
import type { DirectSession } from "./direct.ts";
import { columnTypeFor } from "./mapping.ts";
import { parsePgType } from "./pg_type.ts";
import type { Target } from "./target.ts";
import { configKey } from "./write_plan.ts";
import type { WriterConfig } from "./writer_config.ts";

/** Looks the target up. @throws {OsirisError} `sql/unknown-table` when it is missing and not to be made. */
export async function directTarget(
  session: DirectSession,
  schema: string,
  config: WriterConfig,
  input: Schema,
): Promise<{ readonly target: Target; readonly isNew: boolean }> {
  const { table } = config;
  const target = await catalogTarget(session, schema, table);
  if (target !== undefined) return { target, isNew: false };
  if (config.create_if_missing) {
    return { target: newTarget(schema, config, input), isNew: true };
  }
  throw new OsirisError(
    "sql/unknown-table",
    `Cannot write to table "${table}": schema "${schema}" has no such table`,
    {
      hint: didYouMean(table, await catalogTables(session, schema)) ??
        "Set create_if_missing: true to have it made",
    },
  );
}

/** The target as it will be once it is made. */
export function newTarget(
  schema: string,
  config: WriterConfig,
  { fields }: Schema,
): Target {
  const key = configKey(config);
  return {
    schema,
    table: config.table,
    columns: fields.map((field) => {
      const typeName = columnTypeFor(field);
      return {
        name: field.name,
        type: parsePgType(typeName),
        typeName,
        isExact: true,
        isNullable: field.nullable,
        maxLength: null,
        isGenerated: false,
      };
    }),
    key,
    uniqueKeys: key.length > 0 ? [key] : [],
  };
}
