/**
 * Incremental reading: which rows are new since the last run, and what the next
 * run has to know.
 *
 * New are rows whose cursor column lies above the kept value and not above the
 * greatest value at the start, which is read in the same snapshot as the rows:
 * what comes in meanwhile is left to the next run. Rows that are committed late,
 * with values below the kept one, are found again within `overlap`.
 *
 * @module
 */
import type { Json } from "../../../src/driver/driver.ts";
import { OsirisError } from "../../../src/error.ts";
import { WIRE } from "../column_type.ts";
import { quoteName, quoteNames, quoteText } from "../quote.ts";
import type { ColumnDefinition } from "../raw.ts";
import type { Session } from "../session.ts";
import {
  type CursorConfig,
  type ExtractorConfig,
  sourceName,
  sourceSql,
} from "./statement.ts";

/** What a run keeps for the next. */
export interface CursorState {
  readonly column: string;
  /** The greatest value read, as the server writes it. */
  readonly value: string;
  /** Keys of the rows read within the overlap below `value`. */
  readonly seen?: readonly (readonly (string | null)[])[];
}

/** What to read, and what to keep afterwards. */
export interface CursorRange {
  readonly conditions: readonly string[];
  /** Null when there is nothing new. */
  readonly state: CursorState | null;
}

/** Most keys of an overlap that are kept. */
const MAX_SEEN = 50_000;

/**
 * Finds out what is new. The session must be in a transaction with a snapshot,
 * in which the rows are read afterwards.
 *
 * @param kept What the last committed run kept.
 * @throws {OsirisError} `data/null-key`, `state/invalid`, `config/invalid`
 */
export async function cursorRange(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
  kept: Json,
): Promise<CursorRange> {
  const { cursor } = config;
  const column = quoteName(cursor.column);
  const before = readState(kept, cursor);
  if ((cursor.nulls ?? "error") === "error") await refuseNulls(session, config);
  const from = cursor.from ?? before?.value ?? null;
  const hasNumbers = await holdsNumbers(session, config);
  const literal = (value: string | number): string =>
    hasNumbers ? numberLiteral(value, cursor) : quoteText(String(value));
  const greatest = cursor.to ??
    await greatestAbove(session, config, from === null ? null : literal(from));
  // Without anything above it the kept value stays, and the overlap is read again.
  const to = greatest ?? (cursor.from ? null : before?.value ?? null);
  const conditions = to === null ? [] : [`${column} <= ${literal(to)}`];
  if (from !== null) {
    conditions.push(`${column} > ${overlapped(literal(from), cursor)}`);
  }
  // `from` in the config reads a range anew, whatever was seen before.
  if ((cursor.from ?? null) === null && before?.seen?.length) {
    conditions.push(await unseen(session, config, before, literal(from!)));
  }
  const isNothing = to === null;
  const own = isNothing ? ["FALSE"] : conditions;
  const range = cursor.nulls === "include"
    ? [`(${own.join(" AND ")}) OR ${column} IS NULL`]
    : own;
  return {
    conditions: range,
    state: isNothing
      ? null
      : await nextState(session, config, String(to), literal(to)),
  };
}

function readState(kept: Json, cursor: CursorConfig): CursorState | null {
  if (kept === null) return null;
  const state = kept as unknown as CursorState;
  if (typeof state !== "object" || typeof state.value !== "string") {
    throw invalidState("it is none of this driver");
  }
  if (state.column !== cursor.column) {
    throw invalidState(`it is of column "${state.column}"`);
  }
  return state;
}

function invalidState(state: string): OsirisError {
  return new OsirisError(
    "state/invalid",
    `Cannot read what is new: kept state: ${state}`,
    { hint: "Reset the state of the step, or set cursor.from" },
  );
}

async function refuseNulls(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
): Promise<void> {
  const { column } = config.cursor;
  const found = await session.value(
    `SELECT 1 FROM ${sourceSql(config)} WHERE ${
      quoteName(column)
    } IS NULL LIMIT 1`,
    "read what is new",
  );
  if (found === null) return;
  throw new OsirisError(
    "data/null-key",
    `Cannot read what is new: ${
      sourceName(config)
    }: column "${column}" has NULLs`,
    { hint: 'Set cursor.nulls to "skip" or "include"', details: { column } },
  );
}

/** The greatest value above `from`, up to which this run reads; null when there is none. */
function greatestAbove(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
  from: string | null,
): Promise<string | null> {
  const column = quoteName(config.cursor.column);
  return session.value(
    `SELECT MAX(${column}) FROM ${sourceSql(config)}` +
      (from === null ? "" : ` WHERE ${column} > ${from}`),
    "read what is new",
  );
}

async function holdsNumbers(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
): Promise<boolean> {
  const { columns } = await session.run(
    `SELECT ${quoteName(config.cursor.column)} FROM ${
      sourceSql(config)
    } LIMIT 0`,
    "read what is new",
  );
  return isNumber(columns[0]);
}

const NUMBERS = new Set<number>([
  ...[WIRE.tiny, WIRE.short, WIRE.int24, WIRE.long, WIRE.longlong],
  ...[WIRE.decimal, WIRE.newdecimal, WIRE.float, WIRE.double, WIRE.year],
]);

function isNumber(column: ColumnDefinition): boolean {
  return NUMBERS.has(column.columnType);
}

function numberLiteral(value: string | number, cursor: CursorConfig): string {
  const text = String(value);
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return text;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: "${text}" is no number, and column "${cursor.column}" holds numbers`,
    { hint: "Give from and to as numbers" },
  );
}

/** The lower bound, moved down by the overlap. */
function overlapped(literal: string, { overlap }: CursorConfig): string {
  if (overlap === undefined) return literal;
  const interval = /^\s*(\d+)\s+(second|minute|hour|day|week|month)s?\s*$/i
    .exec(String(overlap));
  if (interval !== null) {
    return `${literal} - INTERVAL ${interval[1]} ${interval[2].toUpperCase()}`;
  }
  if (/^\d+(\.\d+)?$/.test(String(overlap))) return `${literal} - ${overlap}`;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor.overlap: "${overlap}" is neither a number nor an interval`,
    { hint: 'Write a number, or an interval such as "10 minute"' },
  );
}

function keysOf(cursor: CursorConfig): readonly string[] {
  if (cursor.keys !== undefined) return cursor.keys;
  throw new OsirisError(
    "config/invalid",
    "Cannot read what is new: cursor: overlap without keys",
    { hint: "Name the columns in cursor.keys by which rows are told apart" },
  );
}

/** The condition that leaves out rows that the last run read. */
async function unseen(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
  { seen }: CursorState,
  from: string,
): Promise<string> {
  const keys = keysOf(config.cursor);
  const { columns } = await session.run(
    `SELECT ${quoteNames(keys)} FROM ${sourceSql(config)} LIMIT 0`,
    "read what is new",
  );
  const tuples = seen!.map((key) => {
    const parts = key.map((text, index) =>
      text === null
        ? "NULL"
        : isNumber(columns[index])
        ? numberLiteral(text, config.cursor)
        : quoteText(text)
    );
    return `(${parts.join(", ")})`;
  });
  const column = quoteName(config.cursor.column);
  return `NOT (${column} <= ${from} AND (${quoteNames(keys)}) IN (${
    tuples.join(", ")
  }))`;
}

/** What to keep: the upper bound, and the keys of the rows within the overlap below it. */
async function nextState(
  session: Session,
  config: ExtractorConfig & { readonly cursor: CursorConfig },
  value: string,
  literal: string,
): Promise<CursorState> {
  const { cursor } = config;
  if (cursor.overlap === undefined) return { column: cursor.column, value };
  const column = quoteName(cursor.column);
  const { rows } = await session.run(
    `SELECT ${quoteNames(keysOf(cursor))} FROM ${
      sourceSql(config)
    } WHERE ${column} > ${
      overlapped(literal, cursor)
    } AND ${column} <= ${literal} LIMIT ${MAX_SEEN + 1}`,
    "read what is new",
  );
  if (rows.length > MAX_SEEN) {
    throw new OsirisError(
      "config/invalid",
      `Cannot read what is new: cursor.overlap: more than ${MAX_SEEN} rows lie in it`,
      { hint: "Make the overlap smaller" },
    );
  }
  return { column: cursor.column, value, seen: rows };
}
