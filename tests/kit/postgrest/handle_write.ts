// POST, PATCH and DELETE on a table or view (docs, "Tables and Views" › Insert, Upsert, Update, Delete).
import { checkAggregates, transactionOptions } from "./common.ts";
import { acceptable, type Media } from "./media.ts";
import { appliedHeader } from "./prefer.ts";
import { parseQuery } from "./query.ts";
import { contentRange } from "./range.ts";
import { Refusal, singularRefusal } from "./refusal.ts";
import { type Answer, type Context, profileHeader } from "./request.ts";
import { findTable, type Table } from "./schema_cache.ts";
import { inTransaction } from "./transaction.ts";
import { prepareWrite } from "./write_statement.ts";

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
  const write = prepareWrite(context, table, query, media);
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
