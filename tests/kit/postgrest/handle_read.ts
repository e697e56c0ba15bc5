// GET and HEAD on a table or view (docs, "Tables and Views" › Read).
import { bodySql } from "./body_sql.ts";
import { countRows } from "./count.ts";
import { ident, Params, qualified } from "./ident.ts";
import { acceptable } from "./media.ts";
import { appliedHeader } from "./prefer.ts";
import { parseQuery } from "./query.ts";
import {
  capped,
  contentRange,
  rangeStatus,
  type RowRange,
  rowRange,
} from "./range.ts";
import { planRead } from "./read_plan.ts";
import { readSql } from "./read_sql.ts";
import { rangeRefusal, Refusal, singularRefusal } from "./refusal.ts";
import { type Answer, type Context, profileHeader } from "./request.ts";
import { findTable } from "./schema_cache.ts";
import { inTransaction } from "./transaction.ts";
import { checkAggregates, transactionOptions } from "./common.ts";

/** Answers with the rows, or with 416 when the range begins past the end of a counted read. */
export async function handleRead(
  context: Context,
  name: string,
): Promise<Answer> {
  const { cache, schema, settings, params: search, headers, prefer } = context;
  const media = acceptable(headers.accept);
  const query = parseQuery(search, false);
  checkAggregates(settings, query);
  const range = capped(
    rowRange(query.windows.get(""), headers.range),
    settings.maxRows,
  );
  const table = findTable(cache, schema, name);
  const root = {
    table,
    source: `${qualified(schema, name)} AS ${ident(name)}`,
    alias: name,
  };
  const node = planRead({ cache, query, maxRows: settings.maxRows }, root);
  Object.assign(node, range);
  const form = context.method === "HEAD"
    ? { ...media, kind: "none" as const }
    : media;

  const result = await inTransaction(
    context.pool,
    transactionOptions(context, true),
    async (run) => {
      const params = new Params();
      const sql = `WITH pgrst_body AS (${readSql(node, params)})
      SELECT count(*)::text AS rows, ${
        bodySql(form)
      } AS body FROM pgrst_body AS _body`;
      const [row] = await run(sql, params);
      if (media.isSingular && row.rows !== "1") {
        throw singularRefusal(
          Number(row.rows),
        );
      }
      const total = await countRows(run, node, prefer.count, settings.maxRows);
      return { rows: Number(row.rows), body: row.body!, total };
    },
  );
  return rangeAnswer(result, range, {
    ...(context.method === "HEAD"
      ? {}
      : { "Content-Location": location(context) }),
    "Content-Type": media.contentType,
    ...profileHeader(context),
    ...appliedHeader(prefer, ["count", "tx", "handling", "timezone"]),
  });
}

/** Rows with the range they are; shared with calls. @throws {Refusal} PGRST103. */
export function rangeAnswer(
  result: { rows: number; body: string; total: number | undefined },
  range: RowRange,
  headers: Record<string, string>,
): Answer {
  const { rows, body, total } = result;
  const status = rangeStatus(range.offset, rows, total);
  const span = contentRange(range.offset, range.offset + rows - 1, total);
  if (status === 416) {
    const refusal = rangeRefusal(
      `An offset of ${range.offset} was requested, but there are only ${total} rows.`,
    );
    throw new Refusal(416, refusal.body.code, refusal.message, {
      details: refusal.body.details,
      headers: { "Content-Range": span },
    });
  }
  return { status, headers: { "Content-Range": span, ...headers }, body };
}

function location(context: Context): string {
  const sorted = new URLSearchParams(context.params);
  sorted.delete("apikey");
  sorted.sort();
  const search = sorted.toString();
  return search ? `${context.path}?${search}` : context.path;
}
