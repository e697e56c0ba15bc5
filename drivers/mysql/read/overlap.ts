/**
 * The overlap of incremental reads: rows below the kept value that are looked
 * at again, and the keys of those that were read before.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { WIRE } from "../column_type.ts";
import { quoteName, quoteNames, quoteText } from "../quote.ts";
import type { ColumnDefinition } from "../raw.ts";
import type { Result, Session } from "../session.ts";
import { ask as askRows, type Question } from "./ask.ts";
import type { CursorConfig, ExtractorConfig } from "./statement.ts";

/** What a run keeps for the next. */
export interface CursorState {
  readonly column: string;
  /** The greatest value read, as the server writes it. */
  readonly value: string;
  /** Seconds by which the clock that a TIMESTAMP was shown by was ahead of UTC, unless it was UTC. */
  readonly offset?: number;
  /** Keys and cursors of the rows read within the overlap below `value`. */
  readonly seen?: readonly (readonly (string | null)[])[];
}

/** A config that reads what is new. */
export type CursorRead = ExtractorConfig & { readonly cursor: CursorConfig };

/** Asks about the rows that a read is of. */
export function ask(
  session: Session,
  config: CursorRead,
  question: Omit<Question, "action">,
): Promise<Result> {
  return askRows(session, config, { ...question, action: "read what is new" });
}

/** Most keys of an overlap that are kept. */
const MAX_SEEN = 50_000;

const NUMBERS = new Set<number>([
  ...[WIRE.tiny, WIRE.short, WIRE.int24, WIRE.long, WIRE.longlong],
  ...[WIRE.decimal, WIRE.newdecimal, WIRE.float, WIRE.double, WIRE.year],
  WIRE.bit,
]);

/** Whether a column holds numbers, which are compared as such. */
export function isNumber(column: ColumnDefinition): boolean {
  return NUMBERS.has(column.columnType);
}

/** A value as a number in SQL. @throws {OsirisError} `config/invalid` */
export function numberLiteral(
  value: string | number,
  cursor: CursorConfig,
): string {
  const text = String(value);
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return text;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: "${text}" is no number, and column "${cursor.column}" holds numbers`,
    { hint: "Give from and to as numbers" },
  );
}

/** The lower bound, moved down by the overlap. */
export function overlapped(literal: string, { overlap }: CursorConfig): string {
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

/** The columns by which a row is known again: its key and its cursor, since a row that was changed counts as new. */
function keysOf({ column, keys }: CursorConfig): readonly string[] {
  if (keys !== undefined) return [...new Set([...keys, column])];
  throw new OsirisError(
    "config/invalid",
    "Cannot read what is new: cursor: overlap without keys",
    { hint: "Name the columns in cursor.keys by which rows are told apart" },
  );
}

/** The condition that leaves out rows that the last run read. */
export async function unseen(
  session: Session,
  config: CursorRead,
  { seen }: CursorState,
  from: string,
): Promise<string> {
  const keys = keysOf(config.cursor);
  const { columns } = await ask(session, config, {
    select: quoteNames(keys),
    tail: "LIMIT 0",
  });
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
export async function nextState(
  session: Session,
  config: CursorRead,
  value: string,
  literal: string,
): Promise<CursorState> {
  const { cursor } = config;
  if (cursor.overlap === undefined) return { column: cursor.column, value };
  const column = quoteName(cursor.column);
  const { rows } = await ask(session, config, {
    select: quoteNames(keysOf(cursor)),
    conditions: [
      `${column} > ${overlapped(literal, cursor)}`,
      `${column} <= ${literal}`,
    ],
    tail: `LIMIT ${MAX_SEEN + 1}`,
  });
  if (rows.length > MAX_SEEN) {
    throw new OsirisError(
      "config/invalid",
      `Cannot read what is new: cursor.overlap: more than ${MAX_SEEN} rows lie in it`,
      { hint: "Make the overlap smaller" },
    );
  }
  return { column: cursor.column, value, seen: rows };
}
