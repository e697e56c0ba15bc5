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
import { quoteName, quoteText } from "../quote.ts";
import type { Session } from "../session.ts";
import { type CursorColumn, cursorColumn } from "./cursor_column.ts";
import {
  ask,
  type CursorRead,
  type CursorState,
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
 * @param offset Seconds by which the session's clock is ahead of UTC; null when that changes.
 * @throws {OsirisError} `data/null-key`, `state/invalid`, `config/invalid`
 */
export async function cursorRange(
  session: Session,
  config: CursorRead,
  kept: Json,
  offset: number | null,
): Promise<CursorRange> {
  const { cursor } = config;
  refuseParts(config);
  const column = quoteName(cursor.column);
  const kind = await cursorColumn(session, config, offset);
  // `from` in the config reads a range anew, whatever was seen before.
  const isGiven = (cursor.from ?? null) !== null;
  const before = isGiven ? null : readState(kept, cursor, kind);
  if ((cursor.nulls ?? "error") === "error") await refuseNulls(session, config);
  const from = cursor.from ?? before?.value ?? null;
  const literal = (value: string | number): string =>
    kind.hasNumbers ? numberLiteral(value, cursor) : quoteText(String(value));
  const greatest = cursor.to ??
    await greatestAbove(session, config, from === null ? null : literal(from));
  // Without anything above it the kept value stays, and the overlap is read again.
  const to = greatest ?? before?.value ?? null;
  const conditions = to === null ? [] : [`${column} <= ${literal(to)}`];
  if (from !== null) {
    const lowest = isGiven ? literal(from) : overlapped(literal(from), cursor);
    conditions.push(`${column} > ${lowest}`);
  }
  if (before?.seen?.length) {
    conditions.push(await unseen(session, config, before, literal(from!)));
  }
  const isNothing = to === null;
  const own = isNothing ? ["FALSE"] : conditions;
  const range = cursor.nulls === "include"
    ? [`(${own.join(" AND ")}) OR ${column} IS NULL`]
    : own;
  return {
    conditions: range,
    state: isNothing ? null : {
      ...await nextState(session, config, String(to), literal(to)),
      ...kind.offset !== 0 && { offset: kind.offset },
    },
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

function readState(
  kept: Json,
  cursor: CursorConfig,
  { offset }: CursorColumn,
): CursorState | null {
  if (kept === null) return null;
  const state = kept as unknown as CursorState;
  if (typeof state !== "object" || typeof state.value !== "string") {
    throw invalidState("it is none of this driver");
  }
  if (state.column !== cursor.column) {
    throw invalidState(`it is of column "${state.column}"`);
  }
  if ((state.offset ?? 0) !== offset) {
    throw invalidState("it is of a session in another time zone");
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
