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
import { columnTypeName, WIRE } from "../column_type.ts";
import { quoteName, quoteText } from "../quote.ts";
import type { Session } from "../session.ts";
import {
  ask,
  type CursorRead,
  type CursorState,
  isNumber,
  isTime,
  nextState,
  numberLiteral,
  overlapped,
  unseen,
} from "./overlap.ts";
import { type CursorConfig, sourceName } from "./statement.ts";

/** What to read, and what to keep afterwards. */
export interface CursorRange {
  readonly conditions: readonly string[];
  /** Null when there is nothing new. */
  readonly state: CursorState | null;
}

/**
 * Finds out what is new. The session must be in a transaction with a snapshot,
 * in which the rows are read afterwards.
 *
 * @param kept What the last committed run kept.
 * @throws {OsirisError} `data/null-key`, `state/invalid`, `config/invalid`
 */
export async function cursorRange(
  session: Session,
  config: CursorRead,
  kept: Json,
): Promise<CursorRange> {
  const { cursor } = config;
  refuseParts(config);
  const column = quoteName(cursor.column);
  const before = readState(kept, cursor);
  if ((cursor.nulls ?? "error") === "error") await refuseNulls(session, config);
  // `from` in the config reads a range anew, whatever was seen before.
  const isGiven = (cursor.from ?? null) !== null;
  const from = cursor.from ?? before?.value ?? null;
  const hasNumbers = await holdsNumbers(session, config);
  const literal = (value: string | number): string =>
    hasNumbers ? numberLiteral(value, cursor) : quoteText(String(value));
  const greatest = cursor.to ??
    await greatestAbove(session, config, from === null ? null : literal(from));
  // Without anything above it the kept value stays, and the overlap is read again.
  const to = greatest ?? (isGiven ? null : before?.value ?? null);
  const conditions = to === null ? [] : [`${column} <= ${literal(to)}`];
  if (from !== null) {
    const lowest = isGiven ? literal(from) : overlapped(literal(from), cursor);
    conditions.push(`${column} > ${lowest}`);
  }
  if (!isGiven && before?.seen?.length) {
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

/** Rows that are left out of one run would be left out of all: the state moves past them. */
function refuseParts({ limit, offset, partition }: CursorRead): void {
  const hasLimit = (limit ?? null) !== null || !!offset;
  if (!hasLimit && partition === undefined) return;
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: not together with ${
      hasLimit ? "limit or offset" : "partition"
    }`,
    {
      hint: hasLimit
        ? "Take limit and offset away; cursor.to bounds a run"
        : "Take partition away",
    },
  );
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
  config: CursorRead,
): Promise<void> {
  const { column } = config.cursor;
  const { rows } = await ask(session, config, {
    select: "1",
    conditions: [`${quoteName(column)} IS NULL`],
    tail: "LIMIT 1",
  });
  if (rows.length === 0) return;
  throw new OsirisError(
    "data/null-key",
    `Cannot read what is new: ${
      sourceName(config)
    }: column "${column}" has NULLs`,
    { hint: 'Set cursor.nulls to "skip" or "include"', details: { column } },
  );
}

/** The greatest value above `from`, up to which this run reads; null when there is none. */
async function greatestAbove(
  session: Session,
  config: CursorRead,
  from: string | null,
): Promise<string | null> {
  const column = quoteName(config.cursor.column);
  const { rows } = await ask(session, config, {
    select: `MAX(${column})`,
    conditions: from === null ? [] : [`${column} > ${from}`],
  });
  return rows[0][0];
}

/**
 * Whether the column holds numbers. Only numbers, dates and times grow in the
 * order in which the server compares them: of two texts that are equal to it, "a"
 * and "A", the later one would never be read.
 */
async function holdsNumbers(
  session: Session,
  config: CursorRead,
): Promise<boolean> {
  const { column } = config.cursor;
  const { columns: [found] } = await ask(session, config, {
    select: quoteName(column),
    tail: "LIMIT 0",
  });
  const isFloat = found.columnType === WIRE.float;
  if (!isFloat && (isNumber(found) || isTime(found))) return isNumber(found);
  const type = columnTypeName(found);
  throw new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: column "${column}" is ${type}, of which the server can't tell what is above a value`,
    {
      hint: `Name a number, date or time, or write a query that casts it${
        isFloat ? " to DOUBLE" : ""
      }`,
    },
  );
}
