// The one statement of a write: change the rows, count them, and make the answer's body of them.
import { bodySql } from "./body_sql.ts";
import { ident, Params } from "./ident.ts";
import type { Media } from "./media.ts";
import { readPayload } from "./payload.ts";
import type { Query } from "./query.ts";
import { planRead, type ReadNode } from "./read_plan.ts";
import { readSql } from "./read_sql.ts";
import { Refusal } from "./refusal.ts";
import { type Context, requireBody } from "./request.ts";
import type { Table } from "./schema_cache.ts";
import {
  type Conflict,
  deleteSql,
  insertSql,
  updateSql,
  type WriteContext,
} from "./write_sql.ts";

/** The statement of a write with its parameters; its one row has rows, inserted, location and body, as text. */
export function prepareWrite(
  context: Context,
  table: Table,
  query: Query,
  media: Media,
): { sql: string; params: Params } {
  const params = new Params();
  const isFull = context.prefer.return === "representation";
  const alias = ident(table.name);
  const root = { table, source: `pgrst_source AS ${alias}`, alias: table.name };
  const node = planRead({ cache: context.cache, query }, root);
  // Only what the answer shows is returned, since RETURNING needs the right to select it.
  const returning = isFull
    ? returned(table, node).map((name) => `${alias}.${ident(name)}`)
    : [];
  const isLocated = context.method === "POST" &&
    context.prefer.return === "headers-only";
  if (isLocated) {
    returning.push(
      ...table.primaryKey.map((name) => `${alias}.${ident(name)}`),
    );
  }
  const isMerge = context.method === "POST" &&
    context.prefer.resolution === "merge-duplicates" && table.kind === "r";
  // A row that an upsert has updated carries the updating transaction in xmax.
  if (isMerge) returning.push(`(${alias}.xmax = 0) AS pgrst_inserted`);
  const source = statement(context, query, node, { table, params, returning });
  const shown = {
    ...node,
    conditions: [],
    fields: expandStars(table, node),
    limit: undefined,
    offset: 0,
  };
  const body = isFull ? readSql(shown, params) : "SELECT 1 WHERE FALSE";
  const form = isFull ? media : { ...media, kind: "none" as const };
  const sql = `WITH pgrst_source AS (${source}), pgrst_body AS (${body})
    SELECT (SELECT count(*)::text FROM pgrst_source) AS rows,
      ${
    isMerge
      ? "(SELECT count(*) FILTER (WHERE pgrst_inserted)::text FROM pgrst_source)"
      : "NULL"
  } AS inserted,
      ${
    isLocated && table.primaryKey.length ? locationSql(table) : "NULL"
  } AS location,
      ${bodySql(form)} AS body
    FROM pgrst_body AS _body`;
  return { sql, params };
}

function statement(
  context: Context,
  query: Query,
  node: ReadNode,
  write: WriteContext,
): string {
  requireFilter(context, node);
  const hasDefaults = context.prefer.missing === "default";
  const payload = () =>
    readPayload(
      requireBody(context),
      context.headers["content-type"],
      query.columns,
    );
  if (context.method === "DELETE") return deleteSql(write, node);
  if (context.method === "PATCH") {
    return updateSql(write, node, payload(), { hasDefaults });
  }
  return insertSql(write, payload(), {
    hasDefaults,
    conflict: conflict(context, query, write.table),
  });
}

/** Supabase loads the extension safeupdate for its API: no change of a whole table by a forgotten filter. */
function requireFilter(context: Context, node: ReadNode): void {
  const verb = { PATCH: "UPDATE", DELETE: "DELETE" }[context.method];
  if (
    verb === undefined || node.conditions.length ||
    !context.settings.isFilterRequired
  ) return;
  throw new Refusal(400, "21000", `${verb} requires a WHERE clause`);
}

/** The key is `on_conflict`, or else the primary key (› Upsert; › On Conflict). */
function conflict(
  context: Context,
  query: Query,
  table: Table,
): Conflict | undefined {
  const { resolution } = context.prefer;
  if (resolution === undefined) return undefined;
  return {
    columns: query.onConflict ?? table.primaryKey,
    isMerge: resolution === "merge-duplicates",
  };
}

/** Names of the columns the answer is made of: all of them as soon as there is a `*` or an embed. */
function returned(table: Table, node: ReadNode): string[] {
  const names = node.fields.map((item) => item.field.name);
  if (names.includes("*") || node.embeds.length) {
    return table.columns.map((column) => column.name);
  }
  const ordered = node.orders.map((term) => term.field.name);
  return [...new Set([...names, ...ordered])];
}

/** `*` is spelled out, for pgrst_source has columns of ours too. */
function expandStars(table: Table, node: ReadNode): ReadNode["fields"] {
  return node.fields.flatMap((item) =>
    item.field.name === "*" && !item.aggregate
      ? table.columns.map((column) => ({
        kind: "field" as const,
        field: { name: column.name, path: [] },
      }))
      : [item]
  );
}

function locationSql(table: Table): string {
  const parts = table.primaryKey.map((name) =>
    `'${name.replaceAll("'", "''")}=' || coalesce('eq.' || ${
      ident(name)
    }::text, 'is.null')`
  );
  return `(SELECT ${parts.join(" || '&' || ")} FROM pgrst_source LIMIT 1)`;
}
