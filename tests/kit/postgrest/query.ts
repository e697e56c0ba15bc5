// Sorts a query string into select, filters, order, limits and, for calls, arguments.
import { Cursor } from "./cursor.ts";
import { parseKey, parseName } from "./field.ts";
import {
  type Filter,
  looksLikeFilter,
  parseFilter,
  parseLogic,
} from "./parse_filter.ts";
import { type OrderTerm, parseOrder } from "./parse_order.ts";
import { parseSelect, type SelectItem } from "./parse_select.ts";

/** Rows to skip and to give at most; both in rows. */
export interface Window {
  limit?: number;
  offset?: number;
}

/** A query string, parsed. Paths are names of embedded resources, outermost first. */
export interface Query {
  select: SelectItem[];
  filters: Filter[];
  orders: { path: string[]; terms: OrderTerm[] }[];
  /** By path joined with `.`; the empty string is the table itself. */
  windows: Map<string, Window>;
  columns?: string[];
  onConflict?: string[];
  /** Arguments of a function called by GET. */
  args: [string, string][];
}

/** @param isCall In calls a value without an operator is an argument (docs, "Functions as RPC"); elsewhere it is an error. */
export function parseQuery(params: URLSearchParams, isCall: boolean): Query {
  const query: Query = {
    select: parseSelect(params.get("select") ?? "*"),
    filters: [],
    orders: [],
    windows: new Map(),
    columns: names(params.get("columns"), "columns parameter"),
    onConflict: names(params.get("on_conflict"), "on_conflict parameter"),
    args: [],
  };
  for (const [key, value] of params) addParameter(query, key, value, isCall);
  return query;
}

function names(text: string | null, what: string): string[] | undefined {
  if (text === null) return undefined;
  const cursor = new Cursor(text, what);
  const list = cursor.list(() => parseName(cursor));
  cursor.expectEnd();
  return [...new Set(list)];
}

function addParameter(
  query: Query,
  key: string,
  value: string,
  isCall: boolean,
): void {
  if (
    key === "select" || key === "columns" || key === "on_conflict" ||
    key === "apikey"
  ) return;
  const last = key.slice(key.lastIndexOf(".") + 1);
  if (last === "and" || last === "or") {
    query.filters.push(parseLogic(key, value));
  } else if (last === "order") {
    query.orders.push({ path: parseKey(key).path, terms: parseOrder(value) });
  } else if (last === "limit" || last === "offset") {
    const path = parseKey(key).path.join(".");
    const window = query.windows.get(path) ?? {};
    // What is no number is ignored, as PostgREST does.
    if (/^-?\d+$/.test(value)) window[last] = Number(value);
    query.windows.set(path, window);
  } else if (isCall && !key.includes(".") && !looksLikeFilter(value)) {
    query.args.push([key, value]);
  } else {
    query.filters.push(parseFilter(key, value));
  }
}
