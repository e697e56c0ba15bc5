// GET and POST on /rpc/name (docs, "Functions as RPC").
import { bodySql } from "./body_sql.ts";
import { type Call, callSource, findCall } from "./call_sql.ts";
import { countRows } from "./count.ts";
import { checkAggregates, transactionOptions } from "./common.ts";
import { rangeAnswer } from "./handle_read.ts";
import { ident, Params } from "./ident.ts";
import { acceptable } from "./media.ts";
import { readPayload } from "./payload.ts";
import { appliedHeader } from "./prefer.ts";
import { parseQuery, type Query } from "./query.ts";
import { capped, rowRange } from "./range.ts";
import { planRead, type ReadNode } from "./read_plan.ts";
import { readSql } from "./read_sql.ts";
import { Refusal, singularRefusal } from "./refusal.ts";
import { type Answer, type Context, profileHeader } from "./request.ts";
import { findTable } from "./schema_cache.ts";
import { inTransaction, type Run } from "./transaction.ts";

/** Calls the function and answers with what it gives: a value, an object, an array or nothing. */
export async function handleCall(
  context: Context,
  name: string,
): Promise<Answer> {
  const { method, settings, prefer, headers } = context;
  if (!["GET", "HEAD", "POST"].includes(method)) {
    throw new Refusal(
      405,
      "PGRST101",
      `Cannot use the ${method} method on RPC`,
    );
  }
  const media = acceptable(headers.accept);
  const query = parseQuery(context.params, method !== "POST");
  checkAggregates(settings, query);
  const call = chooseCall(context, name, query);
  const { routine } = call;
  const asked = rowRange(
    query.windows.get(""),
    method === "POST" ? undefined : headers.range,
  );
  const range = routine.isSet ? capped(asked, settings.maxRows) : asked;
  // By POST only a volatile function may write (› Access Mode in "Transactions").
  const isReadOnly = method !== "POST" || routine.volatility !== "v";
  const isSingular = media.isSingular || !routine.isSet;
  const form = {
    ...media,
    isSingular,
    kind: method === "HEAD" ? "none" as const : media.kind,
  };

  const result = await inTransaction(
    context.pool,
    transactionOptions(context, isReadOnly),
    async (run) => {
      const params = new Params();
      const node = Object.assign(callNode(context, call, query, params), range);
      const value = routine.shape === "composite"
        ? "_body"
        : "_body.pgrst_scalar";
      const sql = `WITH pgrst_body AS (${readSql(node, params)})
      SELECT count(*)::text AS rows, ${
        bodySql(form, value)
      } AS body FROM pgrst_body AS _body`;
      const [row] = await run(sql, params);
      const rows = Number(row.rows);
      if (media.isSingular && rows !== 1) throw singularRefusal(rows);
      return {
        rows,
        body: row.body!,
        total: await total(context, run, call, query, node),
      };
    },
  );
  const applied = appliedHeader(prefer, [
    "count",
    "tx",
    "handling",
    "timezone",
    "max-affected",
  ]);
  if (routine.shape === "void") {
    return { status: 204, headers: applied, body: "" };
  }
  return rangeAnswer(result, range, {
    "Content-Type": media.contentType,
    ...profileHeader(context),
    ...applied,
  });
}

/** Arguments come from the query string (GET) or the body (POST). */
function chooseCall(context: Context, name: string, query: Query): Call {
  const { cache, schema, body, headers } = context;
  if (context.method !== "POST") {
    const args = Object.fromEntries(query.args);
    return findCall(
      cache,
      schema,
      name,
      Object.keys(args),
      JSON.stringify(args),
    );
  }
  const text = body.trim() === "" ? "{}" : body;
  const payload = readPayload(text, headers["content-type"], query.columns);
  return findCall(
    cache,
    schema,
    name,
    payload.isArray ? [] : payload.keys,
    payload.text,
  );
}

/** The call as the source of a read, so that select, filters and order hold for it too (› Table-Valued Functions). */
function callNode(
  context: Context,
  call: Call,
  query: Query,
  params: Params,
): ReadNode {
  const { routine } = call;
  const table = findTable(
    context.cache,
    routine.returnSchema,
    routine.returnType,
  );
  const source = callSource(call, params);
  const node = planRead({
    cache: context.cache,
    query,
    maxRows: context.settings.maxRows,
  }, {
    table,
    source,
    alias: routine.name,
  });
  // With arguments there is a second FROM item: only the function's own columns are the result.
  const scalar = {
    kind: "field" as const,
    field: { name: "pgrst_scalar", path: [] },
  };
  return routine.shape === "composite" ? node : { ...node, fields: [scalar] };
}

async function total(
  context: Context,
  run: Run,
  call: Call,
  query: Query,
  node: ReadNode,
): Promise<number | undefined> {
  if (context.prefer.count === undefined) return undefined;
  // Parameters are numbered per statement, so the count gets a source of its own.
  const params = new Params();
  const again = callNode(context, call, query, params);
  const source = `(SELECT ${ident(node.alias)}.* FROM ${again.source}) AS ${
    ident(node.alias)
  }`;
  return await countRows(
    run,
    { ...again, source },
    context.prefer.count,
    context.settings.maxRows,
    params,
  );
}
