/**
 * Finds the first row that a merge failed on.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { type DirectSession, quoteName } from "./direct.ts";
import type { WritePlan } from "./write_plan.ts";

/** The error with the number of the first row at fault, where it can be found. */
export async function stageRow(
  session: DirectSession,
  thrown: unknown,
  plan: WritePlan,
): Promise<unknown> {
  if (!(thrown instanceof OsirisError)) return thrown;
  const condition = conditionOf(thrown, plan);
  if (condition === undefined) return thrown;
  try {
    await session.query("ROLLBACK TO SAVEPOINT osiris_merge");
    const { rows: [[row]] } = await session.query(
      `SELECT min(osiris_row) FROM pg_temp.osiris_stage s WHERE ${condition}`,
    );
    if (row === null) return thrown;
    const { code, message, hint, details } = thrown;
    return new OsirisError(code, `${message} (row ${row})`, {
      ...(hint !== undefined && { hint }),
      details: { ...details, row: Number(row) },
    });
  } catch {
    return thrown; // the first error says more than that its row can't be found
  }
}

function conditionOf(
  { code, details }: OsirisError,
  { columns, target, key }: WritePlan,
): string | undefined {
  const column = details?.column;
  if (typeof column !== "string") return undefined;
  const names = column.split(", ");
  const isOurs = names.every((name) =>
    columns.some(({ target }) => target.name === name)
  );
  if (!isOurs) return undefined;
  if (code === "sql/not-null") return `${quoteName(column)} IS NULL`;
  const list = names.map(quoteName).join(", ");
  const same = names.map((name) =>
    `o.${quoteName(name)} = s.${quoteName(name)}`
  ).join(" AND ");
  if (code !== "sql/duplicate-key") return undefined;
  const sameKey = key.map((name) =>
    `o.${quoteName(name)} = s.${quoteName(name)}`
  )
    .join(" AND ");
  // Two rows that come in, or one that is there under another key.
  return `(${list}) IN (SELECT ${list} FROM pg_temp.osiris_stage GROUP BY ${list} HAVING count(*) > 1)
    OR EXISTS (SELECT FROM ${quoteName(target.schema)}.${
    quoteName(target.table)
  } o WHERE ${same} AND NOT (${sameKey}))`;
}
