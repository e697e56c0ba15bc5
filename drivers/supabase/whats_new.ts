/**
 * Incremental reading: which rows are new since the last run, and what the next
 * run has to know.
 *
 * New are rows whose cursor column lies above the kept value and not above the
 * greatest value at the start: what comes in meanwhile is left to the next run.
 * Rows that are committed late, with values below the kept one, are found again
 * within `overlap`.
 *
 * @module
 */
import type { Json } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { Api } from "./client.ts";
import { cursorValue, formatValue, movedDown } from "./cursor_value.ts";
import type { CursorConfig, ExtractorConfig } from "./extractor_config.ts";
import {
  type Parameter,
  quotedName,
  quotedValue,
  readFilters,
} from "./filter.ts";
import { PageFetcher } from "./page_fetch.ts";
import type { Patience } from "./retry.ts";
import { type SeenRow, SeenRows } from "./seen_rows.ts";
import { tableSource } from "./source.ts";

/** What a run keeps for the next. */
export interface CursorState {
  readonly column: string;
  /** The greatest value read, as the API writes it. */
  readonly value: string;
  /** Rows met within the overlap below `value`. */
  readonly seen?: readonly SeenRow[];
}

/** What to read, and what to keep afterwards. */
export interface WhatsNew {
  /** Conditions that the rows meet besides the config's own. */
  readonly filters: readonly Parameter[];
  /** Rows to leave out; null without an overlap. */
  readonly seen: SeenRows | null;
  /** Whether no row need mean anything. */
  readonly isFirst: boolean;
  /** What to keep once all rows were read; null when there is nothing new. */
  state(): CursorState | null;
}

/** A table or view to read from. */
export interface CursorSource {
  readonly api: Api;
  readonly schema: string;
  readonly name: string;
  readonly config: ExtractorConfig;
  readonly patience: Patience;
}

/** Finds out what is new. @throws {OsirisError} `data/null-key`, `state/invalid`, `config/invalid` */
export async function whatsNew(
  source: CursorSource,
  cursor: CursorConfig,
  kept: Json,
): Promise<WhatsNew> {
  refuseParts(source.config);
  const before = readState(kept, cursor);
  if (cursor.nulls === "error") await refuseNulls(source, cursor);
  const given = cursor.from ?? null;
  const from = given === null ? before?.value ?? null : String(given);
  const to = String(
    cursor.to ?? await greatestAbove(source, cursor, from) ??
      (given === null ? before?.value : undefined) ?? "",
  );
  if (to === "") return nothing(cursor, before);
  const lowest = given === null && from !== null ? lowered(from, cursor) : from;
  const seen = cursor.overlap === undefined ? null : new SeenRows(
    keysOf(cursor),
    given === null ? before?.seen ?? [] : [],
    movedDown(comparable(to), cursor.overlap),
  );
  return {
    filters: rangeFilters(cursor, lowest, to),
    seen,
    isFirst: before === null,
    state: () => ({
      column: cursor.column,
      value: to,
      ...(seen !== null && { seen: seen.rows }),
    }),
  };
}

/** Rows that are left out of one run would be left out of all: the state moves past them. */
function refuseParts({ rpc, limit, offset }: ExtractorConfig): void {
  if (rpc === undefined && limit === undefined && offset === 0) return;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: not together with ${
      rpc === undefined ? "limit or offset" : "rpc"
    }`,
    {
      hint: rpc === undefined
        ? "Take limit and offset away; cursor.to bounds a run"
        : "Name a table or view",
    },
  );
}

function readState(kept: Json, { column }: CursorConfig): CursorState | null {
  if (kept === null) return null;
  const state = kept as unknown as CursorState;
  if (typeof state !== "object" || typeof state.value !== "string") {
    throw invalidState("it is none of this driver");
  }
  if (state.column === column) return state;
  throw invalidState(`it is of column "${state.column}"`);
}

function invalidState(state: string): OsirisError {
  return new OsirisError(
    "state/invalid",
    `Cannot read what is new: kept state: ${state}`,
    { hint: "Reset the state of the step, or set cursor.from" },
  );
}

function keysOf({ column, keys }: CursorConfig): string[] {
  // The cursor tells a row that was changed from what it was.
  if (keys !== undefined) {
    return [...keys.filter((key) => key !== column), column];
  }
  throw new OsirisError(
    "config/invalid",
    "Cannot read what is new: cursor: overlap without keys",
    { hint: "Name the columns in cursor.keys by which rows are told apart" },
  );
}

function lowered(from: string, { overlap }: CursorConfig): string {
  if (overlap === undefined) return from;
  return formatValue(movedDown(comparable(from), overlap));
}

function comparable(text: string): ReturnType<typeof movedDown> {
  const value = cursorValue(text);
  if (value !== undefined) return value;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor.overlap: "${text}" is neither a number nor a time`,
    { hint: "Take overlap away, or name a column of numbers or times" },
  );
}

function rangeFilters(
  { column, nulls }: CursorConfig,
  from: string | null,
  to: string,
): Parameter[] {
  const name = quotedName(column);
  if (nulls !== "include") {
    const above: Parameter[] = from === null ? [] : [[name, `gt.${from}`]];
    return [...above, [name, `lte.${to}`]];
  }
  const above = from === null ? "" : `${name}.gt.${quotedValue(from)},`;
  const range = `and(${above}${name}.lte.${quotedValue(to)})`;
  return [["or", `(${range},${name}.is.null)`]];
}

/** There is no value at all, or none above the one that the config names. */
function nothing(
  { column, nulls }: CursorConfig,
  before: CursorState | null,
): WhatsNew {
  const name = quotedName(column);
  const isNull: Parameter = [name, "is.null"];
  return {
    filters: nulls === "include" ? [isNull] : [isNull, [name, "not.is.null"]],
    seen: null,
    isFirst: before === null,
    state: () => null,
  };
}

async function refuseNulls(
  source: CursorSource,
  { column }: CursorConfig,
): Promise<void> {
  const found = await firstValue(source, column, [
    quotedName(column),
    "is.null",
  ]);
  if (found === undefined) return;
  throw new OsirisError(
    "data/null-key",
    `Cannot read what is new: table "${source.name}": column "${column}" has NULLs`,
    { hint: 'Set cursor.nulls to "skip" or "include"', details: { column } },
  );
}

/** The greatest value above `from`, up to which this run reads; undefined when there is none. */
async function greatestAbove(
  source: CursorSource,
  { column }: CursorConfig,
  from: string | null,
): Promise<string | undefined> {
  const name = quotedName(column);
  const found = await firstValue(
    source,
    column,
    [name, from === null ? "not.is.null" : `gt.${from}`],
    [`${name}.desc.nullslast`],
  );
  if (found === undefined || !/^(-?infinity|NaN)$/i.test(found ?? "")) {
    return found ?? undefined;
  }
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: table "${source.name}": the greatest value of column "${column}" is ${found}`,
    { hint: "Leave such rows out by a filter" },
  );
}

/** A column of the first row that meets a condition, as text; undefined when there is no row. */
async function firstValue(
  { api, schema, name, config, patience }: CursorSource,
  column: string,
  after: Parameter,
  order: readonly string[] = [],
): Promise<string | null | undefined> {
  const filters = readFilters(config.filter);
  const source = tableSource(api, schema, name, filters);
  const page = await new PageFetcher(api, source, patience, 1).fetch({
    select: `osiris_cursor:${quotedName(column)}`,
    limit: 1,
    offset: 0,
    order,
    after,
    isCounted: false,
  });
  const body = new TextDecoder().decode(page?.answer.body);
  // Numbers stay text, so that none is rounded.
  const [, value] =
    /^\s*\[\s*\{\s*"osiris_cursor"\s*:\s*(.*?)\s*\}\s*\]\s*$/s.exec(body) ?? [];
  if (value === undefined || value === "null") {
    return value === undefined ? undefined : null;
  }
  return value.startsWith('"') ? JSON.parse(value) : value;
}
