/**
 * Writes the SELECT that a config asks for.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { quoteName, quoteNames, quoteTable } from "../quote.ts";
import type { Parameter } from "./stream_rows.ts";

/** The config of `mysql.extractor`, checked against its schema. */
export interface ExtractorConfig {
  readonly query?: string;
  readonly params?: readonly Parameter[];
  readonly table?: string;
  readonly schema?: string | null;
  readonly columns?: readonly string[];
  readonly where?: string;
  readonly "order_by"?: string | readonly string[];
  readonly limit?: number | null;
  readonly offset?: number | null;
  readonly partition?: { readonly column: string; readonly parts: number };
  readonly cursor?: CursorConfig;
  readonly tinyint1?: "int" | "bool";
  readonly "zero_dates"?: "error" | "null" | "text";
}

/** What `cursor` holds. */
export interface CursorConfig {
  readonly column: string;
  readonly from?: string | number | null;
  readonly to?: string | number | null;
  readonly overlap?: string | number;
  readonly keys?: readonly string[];
  readonly nulls?: "error" | "skip" | "include";
}

/** Where rows come from, for messages. */
export function sourceName(config: ExtractorConfig): string {
  return config.table === undefined ? "query" : `table "${config.table}"`;
}

/** What stands after FROM: the table, or the query as one. */
export function sourceSql(config: ExtractorConfig): string {
  return config.table === undefined
    ? `(${trimQuery(config.query!)}\n) AS source`
    : quoteTable(config.table, config.schema);
}

/**
 * The SELECT for a config.
 *
 * @param conditions Further conditions, all of which must hold.
 * @throws {OsirisError} `config/invalid`
 */
export function selectSql(
  config: ExtractorConfig,
  conditions: readonly string[] = [],
): string {
  if (config.table === undefined && conditions.length === 0) {
    if (config.offset) throw offsetOfQuery();
    return trimQuery(config.query!);
  }
  const columns = config.columns === undefined
    ? "*"
    : quoteNames(config.columns);
  return [
    `SELECT ${columns} FROM ${sourceSql(config)}`,
    ...whereSql(config, conditions),
    ...orderSql(config.order_by),
    ...limitSql(config),
  ].join(" ");
}

/** `WHERE` with the config's own condition and others, or nothing. */
export function whereSql(
  config: ExtractorConfig,
  conditions: readonly string[],
): string[] {
  // A line of its own each: the condition may end in a comment.
  const all = [
    ...config.where === undefined ? [] : [config.where],
    ...conditions,
  ];
  return all.length === 0
    ? []
    : [`WHERE ${all.map((condition) => `(${condition}\n)`).join(" AND ")}`];
}

function orderSql(order: ExtractorConfig["order_by"]): string[] {
  if (order === undefined) return [];
  const terms = typeof order === "string" ? order.split(",") : order;
  const written = terms.map((term) => {
    const parts = /^\s*(.+?)(?:\s+(asc|desc))?\s*$/i.exec(term);
    if (parts === null) {
      throw new OsirisError(
        "config/invalid",
        `Cannot read rows in order: order_by: "${term}" names no column`,
        { hint: 'Write a column\'s name, with " desc" after it to run down' },
      );
    }
    return quoteName(parts[1]) +
      (parts[2]?.toLowerCase() === "desc" ? " DESC" : "");
  });
  return [`ORDER BY ${written.join(", ")}`];
}

/** The greatest number of rows that LIMIT can name. */
const ALL_ROWS = "18446744073709551615";

function limitSql({ limit, offset, table }: ExtractorConfig): string[] {
  if (table === undefined && offset) throw offsetOfQuery();
  if ((limit ?? null) === null && !offset) return [];
  return [`LIMIT ${limit ?? ALL_ROWS}${offset ? ` OFFSET ${offset}` : ""}`];
}

/** A query without the semicolon at its end, which a statement of our own can't hold. */
function trimQuery(query: string): string {
  return query.trim().replace(/;\s*$/, "");
}

function offsetOfQuery(): OsirisError {
  return new OsirisError(
    "config/invalid",
    "Cannot read: query: offset is for tables",
    { hint: "Write OFFSET into the query" },
  );
}
