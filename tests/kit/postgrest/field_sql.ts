// A column, a path into it and its type, as SQL.
import type { Field } from "./field.ts";
import { ident, literal } from "./ident.ts";
import { findColumn, type Table } from "./schema_cache.ts";

/** What qualifies a column: an alias and, where known, the table behind it. */
export interface Scope {
  alias: string;
  table?: Table;
}

/** `"alias"."name"`; this notation also reaches computed columns (docs, "Computed Fields"). */
export function columnSql(scope: Scope, name: string): string {
  return `${ident(scope.alias)}.${name === "*" ? "*" : ident(name)}`;
}

/** A field; what is not JSON goes through to_jsonb first (docs, "Tables and Views" › Composite / Array Columns). */
export function fieldSql(scope: Scope, field: Field): string {
  const column = columnSql(scope, field.name);
  if (field.path.length === 0) return column;
  const format = findColumn(scope.table, field.name)?.format;
  const isJson = format === "json" || format === "jsonb";
  const steps = field.path.map((step) =>
    `${step.isText ? "->>" : "->"}${
      step.isIndex ? step.key : literal(step.key)
    }`
  );
  // A negative index must not run into the arrow ("->-1" is another operator).
  return (isJson ? column : `to_jsonb(${column})`) +
    steps.join("").replaceAll(/(->>?)(-)/g, "$1 $2");
}
