// INSERT, UPDATE and DELETE, each returning what the answer needs (docs, "Tables and Views").
import { conditionSql, type EmbedTest } from "./filter_sql.ts";
import { ident, literal, type Params, qualified } from "./ident.ts";
import type { Payload } from "./payload.ts";
import type { ReadNode } from "./read_plan.ts";
import { columnRefusal, Refusal } from "./refusal.ts";
import { type Column, findColumn, type Table } from "./schema_cache.ts";

/** What an INSERT does with rows whose key is there (› Upsert). */
export interface Conflict {
  columns: string[];
  isMerge: boolean;
}

/** What all writes need; `returning` is a list of SQL expressions. */
export interface WriteContext {
  table: Table;
  params: Params;
  returning: string[];
}

const target = (table: Table) => qualified(table.schema, table.name);
const returningSql = (list: string[]) =>
  `RETURNING ${list.length ? list.join(", ") : "1"}`;

/** The cache's columns for the payload's keys. @throws {Refusal} PGRST204. */
export function payloadColumns(table: Table, payload: Payload): Column[] {
  return payload.keys.map((key) => {
    const column = findColumn(table, key);
    if (!column) throw columnRefusal(table.name, key);
    return column;
  });
}

/**
 * The payload as a FROM item `pgrst_payload` with the columns' types.
 *
 * With `missing=default` a key that is not there takes the column's default (docs, "Prefer Header" › Missing);
 * jsonb can be merged and keeps all digits of a number.
 */
function payloadSql(
  columns: Column[],
  payload: Payload,
  params: Params,
  hasDefaults: boolean,
): string {
  const typed = columns.map((column) => `${ident(column.name)} ${column.type}`)
    .join(", ");
  const text = params.bind(
    payload.isArray ? payload.text : `[${payload.text}]`,
  );
  const rows = columns.length === 0;
  if (rows) return `json_array_elements(${text}::json) AS pgrst_payload`;
  if (!hasDefaults) {
    return `json_to_recordset(${text}::json) AS pgrst_payload (${typed})`;
  }
  const defaults = columns.filter((column) => column.default !== null)
    .map((column) => `${literal(column.name)}, ${column.default}`).join(", ");
  const merged =
    `SELECT jsonb_agg(jsonb_build_object(${defaults}) || item) AS list FROM jsonb_array_elements(${text}::jsonb) AS item`;
  return `(${merged}) AS pgrst_merged, jsonb_to_recordset(pgrst_merged.list) AS pgrst_payload (${typed})`;
}

/** INSERT, with ON CONFLICT where there is a key to conflict on. */
export function insertSql(
  context: WriteContext,
  payload: Payload,
  options: { hasDefaults: boolean; conflict?: Conflict },
): string {
  const { table, params, returning } = context;
  const columns = payloadColumns(table, payload);
  const names = columns.map((column) => ident(column.name));
  const values = names.map((name) => `pgrst_payload.${name}`).join(", ");
  return [
    `INSERT INTO ${target(table)} AS ${ident(table.name)}`,
    names.length ? `(${names.join(", ")})` : "",
    `SELECT ${values} FROM ${
      payloadSql(columns, payload, params, options.hasDefaults)
    }`,
    conflictSql(names, options.conflict),
    returningSql(returning),
  ].join(" ");
}

function conflictSql(names: string[], conflict: Conflict | undefined): string {
  if (!conflict || conflict.columns.length === 0) return "";
  const key = `ON CONFLICT (${conflict.columns.map(ident).join(", ")})`;
  if (!conflict.isMerge || names.length === 0) return `${key} DO NOTHING`;
  return `${key} DO UPDATE SET ${
    names.map((name) => `${name} = excluded.${name}`).join(", ")
  }`;
}

const noEmbeds: EmbedTest = (_node, name) => {
  throw new Refusal(
    400,
    "PGRST120",
    `Bad operator on the '${name}' embedded resource`,
  );
};

function whereSql(node: ReadNode, params: Params): string {
  // Only the table's own rows can be chosen; embedded resources are about the answer.
  const own = { ...node, embeds: [] };
  const tests = node.conditions.map((condition) =>
    conditionSql(own, condition, params, noEmbeds)
  );
  return tests.length ? `WHERE ${tests.join(" AND ")}` : "";
}

/** UPDATE with the payload's first object (› Update); an empty object changes nothing. */
export function updateSql(
  context: WriteContext,
  node: ReadNode,
  payload: Payload,
  options: { hasDefaults: boolean },
): string {
  const { table, params, returning } = context;
  const columns = payloadColumns(table, payload);
  if (columns.length === 0) {
    return `SELECT ${returning.join(", ") || "1"} FROM ${target(table)} AS ${
      ident(table.name)
    } WHERE FALSE`;
  }
  const names = columns.map((column) => ident(column.name));
  const one =
    `SELECT ${names.map((name) => `pgrst_payload.${name}`).join(", ")} FROM ` +
    `${payloadSql(columns, payload, params, options.hasDefaults)} LIMIT 1`;
  return [
    `UPDATE ${target(table)} AS ${ident(table.name)}`,
    `SET ${names.map((name) => `${name} = pgrst_values.${name}`).join(", ")}`,
    `FROM (${one}) AS pgrst_values`,
    whereSql(node, params),
    returningSql(returning),
  ].join(" ");
}

/** DELETE (› Delete). */
export function deleteSql(context: WriteContext, node: ReadNode): string {
  const { table, params, returning } = context;
  return [
    `DELETE FROM ${target(table)} AS ${ident(table.name)}`,
    whereSql(node, params),
    returningSql(returning),
  ].join(" ");
}
