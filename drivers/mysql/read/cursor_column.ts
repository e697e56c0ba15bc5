/**
 * Which columns a cursor can follow, and how their values are written.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { columnTypeName, WIRE } from "../column_type.ts";
import { quoteName } from "../quote.ts";
import type { ColumnDefinition } from "../raw.ts";
import type { Session } from "../session.ts";
import { ask, type CursorRead, isNumber } from "./overlap.ts";

/** What matters of the column. */
export interface CursorColumn {
  /** Whether values are written as numbers rather than as text. */
  readonly hasNumbers: boolean;
  /** Seconds by which the clock that its values show is ahead of UTC; 0 where they show no instant. */
  readonly offset: number;
}

const TIMES = new Set<number>([
  ...[WIRE.date, WIRE.newdate, WIRE.time, WIRE.datetime, WIRE.timestamp],
]);

/**
 * Looks at the column of a cursor. Only numbers, dates and times grow in the
 * order in which the server compares them: of two texts that are equal to it, "a"
 * and "A", the later one would never be read.
 *
 * @param offset Seconds by which the session's clock is ahead of UTC; null when that changes.
 * @throws {OsirisError} `config/invalid`
 */
export async function cursorColumn(
  session: Session,
  config: CursorRead,
  offset: number | null,
): Promise<CursorColumn> {
  const { columns: [column] } = await ask(session, config, {
    select: quoteName(config.cursor.column),
    tail: "LIMIT 0",
  });
  const isFloat = column.columnType === WIRE.float;
  const hasNumbers = isNumber(column);
  if (isFloat || (!hasNumbers && !TIMES.has(column.columnType))) {
    throw unordered(column, isFloat);
  }
  if (column.columnType !== WIRE.timestamp) return { hasNumbers, offset: 0 };
  if (offset === null) throw ambiguous(column);
  return { hasNumbers, offset };
}

function unordered(column: ColumnDefinition, isFloat: boolean): OsirisError {
  return new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: column "${column.name}" is ${
      columnTypeName(column)
    }, of which the server can't tell what is above a value`,
    {
      hint: `Name a number, date or time, or write a query that casts it${
        isFloat ? " to DOUBLE" : ""
      }`,
    },
  );
}

/** An hour that comes twice in autumn would hide its rows behind those of the first time. */
function ambiguous({ name }: ColumnDefinition): OsirisError {
  return new OsirisError(
    "config/invalid",
    `Cannot read what is new: cursor: column "${name}" is a TIMESTAMP, and the session's time zone has hours that come twice`,
    { hint: "Take time_zone out of the connection, or give an offset" },
  );
}
