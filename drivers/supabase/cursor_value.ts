/**
 * Values of a cursor column as they come in JSON: numbers and times, exact,
 * which can be compared and moved down.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { instantMicros } from "./instant.ts";

/** A number, or a time in seconds since 1970: `units / 10 ** scale`. */
export interface CursorValue {
  readonly units: bigint;
  readonly scale: number;
  /** Whether it is a time. */
  readonly isTime: boolean;
}

/** Reads a number, date or timestamp; undefined for other text. */
export function cursorValue(text: string): CursorValue | undefined {
  const micros = microsOf(text);
  if (micros !== undefined) return { units: micros, scale: 6, isTime: true };
  const found = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d{1,4}))?$/i.exec(text);
  if (found === null) return undefined;
  const [, whole, fraction = "", exponent = "0"] = found;
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale >= 0
    ? { units, scale, isTime: false }
    : { units: units * 10n ** BigInt(-scale), scale: 0, isTime: false };
}

/** Whether `a` lies above `b`. */
export function isAbove(a: CursorValue, b: CursorValue): boolean {
  const scale = Math.max(a.scale, b.scale);
  return unitsAt(a, scale) > unitsAt(b, scale);
}

/** `value` moved down by a number, or by an interval such as "10 minutes". @throws {OsirisError} `config/invalid` */
export function movedDown(
  value: CursorValue,
  overlap: string | number,
): CursorValue {
  const by = overlapOf(overlap);
  if (by === undefined || by.isTime !== value.isTime) {
    throw new OsirisError(
      "config/invalid",
      `Cannot read what is new: cursor.overlap: "${overlap}" does not go with a column of ${
        value.isTime ? "times" : "numbers"
      }`,
      {
        hint: value.isTime
          ? 'Write an interval such as "10 minutes"'
          : "Write a number",
      },
    );
  }
  const scale = Math.max(value.scale, by.scale);
  return {
    units: unitsAt(value, scale) - unitsAt(by, scale),
    scale,
    isTime: value.isTime,
  };
}

/** A value as PostgreSQL reads it: times in UTC, which a column without time zone takes as they stand. */
export function formatValue({ units, scale, isTime }: CursorValue): string {
  if (isTime) {
    const second = floorDivide(units, 1_000_000n);
    const micros = String(units - second * 1_000_000n).padStart(6, "0");
    const text = new Date(Number(second) * 1000).toISOString().slice(0, 19);
    return `${text}.${micros}+00:00`;
  }
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const at = digits.length - scale;
  const fraction = scale === 0 ? "" : `.${digits.slice(at)}`;
  return `${units < 0n ? "-" : ""}${digits.slice(0, at)}${fraction}`;
}

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  // The longest: what is looked at twice is read once all the same.
  month: 31 * 86_400,
};

function overlapOf(overlap: string | number): CursorValue | undefined {
  const found = /^\s*(\d{1,9})\s+(second|minute|hour|day|week|month)s?\s*$/i
    .exec(String(overlap));
  if (found === null) {
    const value = cursorValue(String(overlap).trim());
    return value?.isTime || (value && value.units < 0n) ? undefined : value;
  }
  const seconds = Number(found[1]) * SECONDS[found[2].toLowerCase()];
  return { units: BigInt(seconds), scale: 0, isTime: true };
}

function microsOf(text: string): bigint | undefined {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isNaive = /^\S{10}[T ][\d:.]+$/.test(text);
  const whole = isDate
    ? `${text}T00:00:00+00`
    : isNaive
    ? `${text}+00`
    : text.replace(/Z$/i, "+00");
  const bytes = new TextEncoder().encode(whole);
  return instantMicros(bytes, 0, bytes.length);
}

function unitsAt({ units, scale }: CursorValue, at: number): bigint {
  return units * 10n ** BigInt(at - scale);
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}
