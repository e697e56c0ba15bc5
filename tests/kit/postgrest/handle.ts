// Leads a request to its handler.
import { handleCall } from "./handle_call.ts";
import { handleRead } from "./handle_read.ts";
import { handleRoot } from "./handle_root.ts";
import { handleWrite } from "./handle_write.ts";
import { Refusal } from "./refusal.ts";
import type { Answer, Context } from "./request.ts";
import { findTable } from "./schema_cache.ts";

/** Answers `/`, `/rpc/name` and `/table`. @throws {Refusal} */
export async function handle(context: Context): Promise<Answer> {
  const parts = context.path.split("/").slice(1).map(decodeURIComponent);
  if (parts.length === 1 && parts[0] === "") return await handleRoot(context);
  if (parts.length === 2 && parts[0] === "rpc") {
    return await handleCall(context, parts[1]);
  }
  if (parts.length !== 1) {
    throw new Refusal(404, "PGRST125", "Invalid path specified in request URL");
  }
  checkTable(context, parts[0]);
  switch (context.method) {
    case "GET":
    case "HEAD":
      return await handleRead(context, parts[0]);
    case "POST":
    case "PATCH":
    case "DELETE":
      return await handleWrite(context, parts[0]);
    default:
      // PUT is left out: nothing in this project sends it.
      throw new Refusal(
        405,
        "PGRST117",
        `Unsupported HTTP method: ${context.method}`,
      );
  }
}

/** PGRST205 since version 13; before, PostgreSQL said 42P01 (docs, "Errors" › Group 2). */
function checkTable(context: Context, name: string): void {
  const { cache, schema, settings, method } = context;
  if (findTable(cache, schema, name)) return;
  if (settings.version === 12 && (method === "GET" || method === "HEAD")) {
    return;
  }
  if (settings.version === 12) {
    throw new Refusal(
      404,
      "42P01",
      `relation "${schema}.${name}" does not exist`,
    );
  }
  const near = cache.tables.filter((table) => table.schema === schema)
    .map((table) => table.name).find((other) => isNear(other, name));
  throw new Refusal(
    404,
    "PGRST205",
    `Could not find the table '${schema}.${name}' in the schema cache`,
    {
      hint: near === undefined
        ? null
        : `Perhaps you meant the table '${schema}.${near}'`,
    },
  );
}

/** Whether most letter pairs of two names agree; PostgREST compares by trigrams to the same end. */
function isNear(left: string, right: string): boolean {
  const pairs = (text: string) =>
    new Set([...` ${text}`].map((char, i, all) => char + (all[i + 1] ?? " ")));
  const [a, b] = [pairs(left), pairs(right)];
  const common = [...a].filter((pair) => b.has(pair)).length;
  return 2 * common / (a.size + b.size) >= 0.6;
}
