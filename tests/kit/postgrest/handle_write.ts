// POST, PATCH and DELETE on a table or view (docs, "Tables and Views" › Insert, Upsert, Update, Delete).
import { bodySql } from "./body_sql.ts";
import { checkAggregates, transactionOptions } from "./common.ts";
import { ident, Params } from "./ident.ts";
import { acceptable, type Media } from "./media.ts";
import { readPayload } from "./payload.ts";
import { appliedHeader } from "./prefer.ts";
import { parseQuery, type Query } from "./query.ts";
import { contentRange } from "./range.ts";
import { planRead, type ReadNode } from "./read_plan.ts";
import { readSql } from "./read_sql.ts";
import { Refusal, singularRefusal } from "./refusal.ts";
import {
  type Answer,
  type Context,
  profileHeader,
  requireBody,
} from "./request.ts";
import { findTable, type Table } from "./schema_cache.ts";
import { inTransaction } from "./transaction.ts";
import {
  type Conflict,
  deleteSql,
  insertSql,
  updateSql,
  type WriteContext,
} from "./write_sql.ts";

/** What a write came to. `inserted` is known for upserts into plain tables only. */
interface Outcome {
  rows: number;
  inserted: number | undefined;
  body: string;
  location: string | null;
}

/** Answers with nothing, a Location, or the rows, as `Prefer: return=` says. */
export async function handleWrite(
  context: Context,
  name: string,
): Promise<Answer> {
  const table = findTable(context.cache, context.schema, name)!;
  const media = acceptable(context.headers.accept);
  const query = parseQuery(context.params, false);
  checkAggregates(context.settings, query);
  const write = prepare(context, table, query, media);
  const outcome = await inTransaction(
    context.pool,
    transactionOptions(context, false),
    async (run) => {
      const [row] = await run(write.sql, write.params);
      const rows = Number(row.rows);
      if (
        media.isSingular && context.prefer.return === "representation" &&
        rows !== 1
      ) throw singularRefusal(rows);
      checkAffected(context, rows);
      const inserted = row.inserted === null ? undefined : Number(row.inserted);
      return { rows, inserted, body: row.body!, location: row.location };
    },
  );
  return answer(context, table, media, outcome);
}

/** `max-affected` counts with `handling=strict` only (docs, "Prefer Header" › Max Affected). */
function checkAffected(context: Context, rows: number): void {
  const { handling, maxAffected } = context.prefer;
  if (
    context.method === "POST" || handling !== "strict" ||
    maxAffected === undefined || rows <= maxAffected
  ) return;
  throw new Refusal(
    400,
    "PGRST124",
    "Query result exceeds max-affected preference constraint",
    {
      details: `The query affects ${rows} rows`,
    },
  );
}

function prepare(
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

function answer(
  context: Context,
  table: Table,
  media: Media,
  outcome: Outcome,
): Answer {
  const { method, prefer } = context;
  const total = prefer.count === undefined || prefer.count === "planned"
    ? undefined
    : outcome.rows;
  const last = method === "PATCH" ? outcome.rows - 1 : -1;
  const headers: Record<string, string> = {
    "Content-Range": contentRange(0, last, total),
    ...profileHeader(context),
    ...appliedHeader(prefer, [
      ...(method === "POST" ? ["resolution"] : ["max-affected"]),
      ...(method === "DELETE" ? [] : ["missing"]),
      ...["return", "count", "tx", "handling", "timezone"],
    ]),
  };
  if (outcome.location) headers.Location = `/${table.name}?${outcome.location}`;
  const isFull = prefer.return === "representation";
  if (isFull) headers["Content-Type"] = media.contentType;
  return {
    status: writeStatus(method, isFull, outcome),
    headers,
    body: isFull ? outcome.body : "",
  };
}

/** 201 for inserts, 200 for upserts that only updated; 204 for changes that show nothing. */
function writeStatus(
  method: string,
  isFull: boolean,
  outcome: Outcome,
): number {
  if (method === "POST") return outcome.inserted === 0 ? 200 : 201;
  return isFull ? 200 : 204;
}
