/**
 * Small questions about the rows that a config means, before they are read.
 *
 * @module
 */
import { quoteText } from "../quote.ts";
import type { Result, Session } from "../session.ts";
import {
  type ExtractorConfig,
  sourceName,
  sourceSql,
  whereSql,
} from "./statement.ts";
import type { Parameter } from "./stream_rows.ts";

/** What is asked of the rows. */
export interface Question {
  /** What stands after SELECT. */
  readonly select: string;
  /** Conditions besides the config's own. */
  readonly conditions?: readonly string[];
  /** What stands at the end, such as LIMIT. */
  readonly tail?: string;
  /** For the message of an error. */
  readonly action: string;
}

/** Asks about the rows of a config: those of its query, or of its table that meet its condition. */
export async function ask(
  session: Session,
  config: ExtractorConfig,
  { select, conditions = [], tail = "", action }: Question,
): Promise<Result> {
  const where = whereSql(config, conditions).join("");
  const sql = `SELECT ${select} FROM ${sourceSql(config)} ${where} ${tail}`;
  const { params = [] } = config;
  const place = sourceName(config);
  if (params.length === 0) return await session.run(sql, action, place);
  // Prepared by a statement, since the answers are wanted as text.
  const names = params.map((_, index) => `@osiris_${index}`);
  const values = params.map((value, index) =>
    `${names[index]} = ${literal(value)}`
  );
  await session.run(
    `SET @osiris = ${quoteText(sql)}, ${values.join(", ")}`,
    action,
  );
  await session.run("PREPARE osiris FROM @osiris", action, place);
  try {
    return await session.run(
      `EXECUTE osiris USING ${names.join(", ")}`,
      action,
      place,
    );
  } finally {
    if (session.isUsable) {
      await session.run("DEALLOCATE PREPARE osiris", action);
    }
  }
}

function literal(value: Parameter): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoteText(value);
  // A number with a point would be a DECIMAL.
  return Number.isInteger(Number(value)) ? String(value) : `${value}e0`;
}
