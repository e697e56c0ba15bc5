/**
 * The SQL that makes a table for what comes in.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { Schema } from "../../src/table/type.ts";
import { quoteName, quoteTable } from "./direct.ts";
import { columnTypeFor } from "./mapping.ts";

/** What is to be made. */
export interface NewTable {
  readonly schema: string;
  readonly table: string;
  readonly input: Schema;
  /** Columns of the primary key; empty for none. */
  readonly key: readonly string[];
  readonly isProtected: boolean;
}

/**
 * Statements that make the table and tell the API of it.
 *
 * @throws {OsirisError} `sql/unknown-column` when a column of the key does not come in.
 */
export function createStatements(wanted: NewTable): string[] {
  const { schema, table, input, key, isProtected } = wanted;
  const names = input.fields.map(({ name }) => name);
  const missing = key.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new OsirisError(
      "sql/unknown-column",
      `Cannot make table "${table}": primary_key: no column "${missing}" comes in`,
      { hint: didYouMean(missing, names) },
    );
  }
  const columns = input.fields.map((field) =>
    [
      quoteName(field.name),
      columnTypeFor(field),
      ...(field.nullable && !key.includes(field.name) ? [] : ["NOT NULL"]),
    ].join(" ")
  );
  const constraint = key.length === 0
    ? []
    : [`PRIMARY KEY (${key.map(quoteName).join(", ")})`];
  const target = quoteTable(schema, table);
  return [
    `CREATE TABLE ${target} (${[...columns, ...constraint].join(", ")})`,
    ...(isProtected ? [`ALTER TABLE ${target} ENABLE ROW LEVEL SECURITY`] : []),
    "NOTIFY pgrst, 'reload schema'",
  ];
}
