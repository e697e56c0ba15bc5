/**
 * Operations of our own beside Arquero's. They are registered under names that
 * expressions can't say; `expression.ts` puts them in.
 *
 * @module
 */
import {
  addAggregateFunction,
  addFunction,
  op,
} from "../../src/deps/arquero.ts";
import { OsirisError } from "../../src/error.ts";
import { types } from "../../src/table/type.ts";
import { ExactDecimal, Instant } from "./cell.ts";
import { jsonText } from "./json_value.ts";

/** Registers them. Once per thread is enough; again does nothing. */
export function registerFunctions(): void {
  const override = { override: true };
  addFunction("osiris_get", getProperty, override);
  addFunction("osiris_pluck", pluck, override);
  addFunction("osiris_equal", equal, override);
  addFunction("osiris_parse_date", parseDate, override);
  addFunction("osiris_text", joinText, override);
  addFunction("osiris_to_json", toJson, override);
  addFunction("osiris_format_date", formatDate, override);
  addAggregateFunction("osiris_sum", {
    create: () => ({
      init: (state: SumState) => {
        state.sumInt = 0;
        state.sumFloat = 0;
        state.sumRest = 0;
        state.hasFloat = false;
      },
      value: (state: SumState) => state.valid === 0 ? null : total(state),
      add: (state: SumState, value: unknown) => add(state, value, 1),
      rem: (state: SumState, value: unknown) => add(state, value, -1),
    }),
    param: [1],
    // deno-lint-ignore no-explicit-any
  } as any, override);
}

interface SumState {
  /** Values that are not NULL; Arquero counts them. */
  valid: number;
  /** Sum of the integers, exact: a bigint once a number is not enough. */
  sumInt: number | bigint;
  /** Sum of the others, and what rounding took from it (Neumaier). */
  sumFloat: number;
  sumRest: number;
  hasFloat: boolean;
}

/**
 * Integers are summed exactly. Other numbers are summed with the rounding
 * errors kept aside, so that cents add up over millions of rows.
 */
function add(state: SumState, given: unknown, sign: 1 | -1): void {
  const value = typeof given === "bigint" ? given : Number(given);
  if (typeof value === "bigint" || Number.isSafeInteger(value)) {
    const sum = typeof state.sumInt === "number" && typeof value === "number"
      ? state.sumInt + sign * value
      : NaN;
    state.sumInt = Number.isSafeInteger(sum)
      ? sum
      : BigInt(state.sumInt) + BigInt(sign) * BigInt(value);
    return;
  }
  state.hasFloat = true;
  const [sum, next] = [state.sumFloat, sign * value];
  const result = sum + next;
  state.sumRest += Math.abs(sum) >= Math.abs(next)
    ? (sum - result) + next
    : (next - result) + sum;
  state.sumFloat = result;
}

function total(state: SumState): number | bigint {
  const { sumInt: int, sumFloat, sumRest } = state;
  if (!state.hasFloat) {
    return typeof int === "bigint" && int >= BigInt(Number.MIN_SAFE_INTEGER) &&
        int <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(int)
      : int;
  }
  // Infinity and NaN have no rest.
  const float = Number.isFinite(sumFloat) ? sumFloat + sumRest : sumFloat;
  return Number(int) + float;
}

/** An own property of data, an element, or the length; undefined for all else, functions above all. */
function getProperty(from: unknown, key: unknown): unknown {
  if (from === null || from === undefined) return undefined;
  if (from instanceof Map) return from.get(key);
  if (typeof from !== "object" && typeof from !== "string") return undefined;
  const name = typeof key === "number" ? key : String(key);
  if (name === "length" && typeof from === "string") return from.length;
  if (!Object.hasOwn(Object(from), name)) return undefined;
  const value = (from as Record<string | number, unknown>)[name];
  return typeof value === "function" ? undefined : value;
}

function pluck(list: unknown, key: unknown): unknown {
  return Array.isArray(list)
    ? list.map((item) => getProperty(item, key))
    : undefined;
}

/** Text of several parts; NULL when one of them is NULL. */
function joinText(...parts: unknown[]): string | undefined {
  let text = "";
  for (const part of parts) {
    if (part === null || part === undefined) return undefined;
    text += typeof part === "object" && !(part instanceof Date) &&
        !(part instanceof ExactDecimal)
      ? jsonText(part)
      : String(part);
  }
  return text;
}

function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : jsonText(value);
}

/** `op.format_date`: short where nothing is lost, unless told otherwise (Arquero's own flag works backwards). */
function formatDate(value: unknown, shorten: unknown): unknown {
  return value === null || value === undefined
    ? undefined
    : op.format_utcdate(value as Date, shorten === false);
}

function equal(a: unknown, b: unknown): boolean {
  if (a === null || a === undefined) return b === null || b === undefined;
  if (a instanceof Date || b instanceof Date) {
    return b !== null && b !== undefined && +(a as Date) === +(b as Date);
  }
  if (a instanceof ExactDecimal && b instanceof ExactDecimal) {
    return a.text === b.text;
  }
  return a === b;
}

const DATE =
  /^([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads ISO text as a date or, with a time, a timestamp; without a zone it is UTC. Null when it is neither. */
export function parseInstant(text: string): Instant | null {
  const parts = DATE.exec(text.trim());
  if (parts === null) return null;
  const [, year, month, day, hours, minutes, seconds, fraction, zone] = parts;
  const ms = Date.UTC(
    +year,
    +month - 1,
    +day,
    +(hours ?? 0),
    +(minutes ?? 0),
    +(seconds ?? 0),
  );
  const date = new Date(ms);
  if (+year < 100) date.setUTCFullYear(+year);
  // Date.UTC lets the 31st of April run over into May.
  if (
    date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day ||
    +(hours ?? 0) > 23 || +(minutes ?? 0) > 59 || +(seconds ?? 0) > 59
  ) return null;
  const offset = zone === undefined || zone === "Z" ? 0 : zoneMinutes(zone);
  const micros = (date.getTime() - offset * 60_000) * 1000 +
    Number((fraction ?? "").padEnd(6, "0"));
  const type = hours === undefined
    ? types.date
    : zone === undefined
    ? types.timestamp
    : types.timestampUtc;
  return Number.isSafeInteger(micros) ? new Instant(micros, type) : new Instant(
    BigInt(date.getTime() - offset * 60_000) * 1000n +
      BigInt((fraction ?? "").padEnd(6, "0")),
    type,
  );
}

function zoneMinutes(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** `op.parse_date`: ISO text only, UTC unless it names a zone. */
function parseDate(value: unknown): unknown {
  if (value === null || value === undefined || value instanceof Date) {
    return value;
  }
  const instant = parseInstant(String(value));
  if (instant !== null) return instant;
  throw new OsirisError(
    "data/type",
    "Cannot read a date with op.parse_date: a value is not an ISO date",
    { hint: 'Give it texts such as "2024-01-31" or "2024-01-31T12:00:00Z"' },
  );
}
