// GET on the root: the OpenAPI description of what the role may see (docs, "OpenAPI").
import { arrayLiteral, Params } from "./ident.ts";
import { transactionOptions } from "./common.ts";
import { describeApi } from "./openapi.ts";
import { Refusal } from "./refusal.ts";
import { type Answer, type Context, profileHeader } from "./request.ts";
import { inTransaction } from "./transaction.ts";

/** `openapi-mode = follow-privileges`: tables and functions the role has no right on are left out. */
const visibleSql = `
  SELECT
    (SELECT coalesce(json_agg(c.relname), '[]') FROM pg_class c
      WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND (
        has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')))::text AS tables,
    (SELECT coalesce(json_agg(DISTINCT p.proname), '[]') FROM pg_proc p
      WHERE p.pronamespace = n.oid AND has_function_privilege(p.oid, 'execute'))::text AS routines,
    obj_description(n.oid, 'pg_namespace') AS description
  FROM pg_namespace n WHERE n.nspname = ANY ($1::text[])`;

/** Answers with the description; HEAD without its body. */
export async function handleRoot(context: Context): Promise<Answer> {
  const { cache, schema, method } = context;
  if (method !== "GET" && method !== "HEAD") {
    throw new Refusal(405, "PGRST117", `Unsupported HTTP method: ${method}`);
  }
  const visible = await inTransaction(
    context.pool,
    transactionOptions(context, true),
    async (run) => {
      const [row] = await run(visibleSql, new Params([arrayLiteral([schema])]));
      return {
        tables: new Set<string>(JSON.parse(row.tables!)),
        routines: new Set<string>(JSON.parse(row.routines!)),
        description: row.description,
      };
    },
  );
  const tables = cache.tables.filter((table) =>
    table.schema === schema && visible.tables.has(table.name)
  );
  const routines = cache.routines.filter((item) =>
    item.schema === schema && visible.routines.has(item.name)
  );
  const api = describeApi({
    tables,
    routines,
    foreignKeys: cache.foreignKeys,
    description: visible.description,
  });
  return {
    status: 200,
    headers: {
      "Content-Type": "application/openapi+json; charset=utf-8",
      ...profileHeader(context),
    },
    body: method === "HEAD" ? "" : JSON.stringify(api),
  };
}
