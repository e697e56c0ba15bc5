// How many rows there are in all (docs, "Pagination and Count" › Exact, Planned and Estimated Count).
import { Params } from "./ident.ts";
import type { ReadNode } from "./read_plan.ts";
import { countSql } from "./read_sql.ts";
import type { Run } from "./transaction.ts";

/** The total for a read, or undefined if nobody asked. `maxRows` is the threshold of an estimate; `bound` holds what the source has bound already. */
export async function countRows(
  run: Run,
  node: ReadNode,
  kind: "exact" | "planned" | "estimated" | undefined,
  maxRows: number | undefined,
  bound: Params = new Params(),
): Promise<number | undefined> {
  if (kind === undefined) return undefined;
  if (kind === "exact") return await exact(run, node, undefined, bound);
  const planned = await plan(run, node, bound);
  if (kind === "planned") return planned;
  const threshold = maxRows === undefined ? undefined : maxRows + 1;
  const counted = await exact(run, node, threshold, bound);
  return threshold !== undefined && counted >= threshold
    ? Math.max(planned, counted)
    : counted;
}

async function exact(
  run: Run,
  node: ReadNode,
  limit: number | undefined,
  bound: Params,
): Promise<number> {
  const params = bound.copy();
  const rows = `${countSql(node, params)}${
    limit === undefined ? "" : ` LIMIT ${limit}`
  }`;
  const [row] = await run(
    `SELECT count(*)::text AS total FROM (${rows}) AS pgrst_rows`,
    params,
  );
  return Number(row.total);
}

async function plan(run: Run, node: ReadNode, bound: Params): Promise<number> {
  const params = bound.copy();
  const [row] = await run(
    `EXPLAIN (FORMAT JSON) ${countSql(node, params)}`,
    params,
  );
  return JSON.parse(row["QUERY PLAN"]!)[0].Plan["Plan Rows"];
}
