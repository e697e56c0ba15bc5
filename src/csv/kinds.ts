/**
 * Of which kinds a text is a canonical value: one that would be written back
 * with the very same bytes.
 *
 * `00123`, `+1` and ` 1` are no integers here, `NA` is no NULL and `yes` no
 * boolean: what a type can't give back as it was stays text.
 *
 * @module
 */
import { readBool } from "../table/build/bool.ts";
import { readFraction, readMinutes } from "../table/build/clock.ts";
import { NO_DATE, readDate, readTwo } from "../table/civil.ts";
import { pythonFloat } from "./python_float.ts";

/** A 64-bit integer. */
export const INT = 1;
/** An unsigned 64-bit integer. */
export const UINT = 2;
/** Digits around a point, at most {@linkcode MAX_DIGITS}. */
export const DECIMAL = 4;
/** A float as JavaScript writes it. */
export const FLOAT = 8;
/** A float as Python writes it. */
export const PYTHON_FLOAT = 16;
/** `true` or `false`. */
export const BOOL = 32;
/** `2024-02-29` */
export const DATE = 64;
/** `2024-02-29 12:00:00`, with six digits of fraction or none. */
export const TIMESTAMP = 128;
/** The same with a `Z` at the end. */
export const TIMESTAMP_UTC = 256;

/** Most digits of a decimal. */
export const MAX_DIGITS = 38;

/** Which forms of dates and timestamps count. */
export type DateForms = "none" | "canonical" | "iso";

const MAX_INT = "9223372036854775807";
const MIN_INT = "9223372036854775808";
const MAX_UINT = "18446744073709551615";

/** The kinds of which `bytes[start, end)` (at least one byte) is a canonical value. */
export function kindsOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  dates: DateForms,
): number {
  const first = bytes[start];
  if (((first - 48) >>> 0) > 9 && first !== 45) {
    return first === 116 || first === 102
      ? readBool(bytes, start, end) === undefined ? 0 : BOOL
      : 0;
  }
  if (bytes[start + 4] === 45 && end - start >= 10) {
    return dates === "none" ? 0 : dateKinds(bytes, start, end, dates);
  }
  return numberKinds(bytes, start, end);
}

/** Digits after the point of a canonical decimal, 0 without a point. */
export function scaleOf(bytes: Uint8Array, start: number, end: number): number {
  for (let i = end - 1; i > start; i--) {
    if (bytes[i] === 46) return end - 1 - i;
  }
  return 0;
}

function numberKinds(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes[start] === 45 ? start + 1 : start;
  let at = from;
  while (at < end && ((bytes[at] - 48) >>> 0) <= 9) at++;
  const digits = at - from;
  if (digits === 0 || (digits > 1 && bytes[from] === 48)) return 0;
  if (at === end) return intKinds(bytes, start, from, end);
  const point = at;
  let kinds = 0;
  if (bytes[point] === 46) {
    for (at++; at < end && ((bytes[at] - 48) >>> 0) <= 9;) at++;
    const scale = at - point - 1;
    if (scale === 0) return 0;
    const precision = scale + (bytes[from] === 48 ? 0 : digits);
    const isMinusZero = from > start && isZero(bytes, from, end);
    if (at === end && precision <= MAX_DIGITS && !isMinusZero) kinds |= DECIMAL;
  }
  if (end - start > 32) return kinds;
  return kinds | floatKinds(bytes, start, end);
}

function intKinds(
  bytes: Uint8Array,
  start: number,
  from: number,
  end: number,
): number {
  const digits = end - from, isNegative = from > start;
  const floats = digits <= 32 ? floatKinds(bytes, start, end) : 0;
  if (digits <= 15) {
    if (!isNegative) return INT | UINT | floats;
    return bytes[from] === 48 ? floats : INT | floats;
  }
  if (digits > 20) return floats;
  const text = asciiText(bytes, from, end);
  const max = isNegative ? MIN_INT : MAX_INT;
  const isInt = digits < 19 || (digits === 19 && text <= max);
  const isUint = !isNegative && (digits < 20 || text <= MAX_UINT);
  return (isInt ? INT : 0) | (isUint ? UINT : 0) | floats;
}

/** The slow way, which is taken by the first values of a column and by odd ones. */
function floatKinds(bytes: Uint8Array, start: number, end: number): number {
  const text = asciiText(bytes, start, end);
  const value = Number(text);
  if (!Number.isFinite(value)) return 0;
  const written = Object.is(value, -0) ? "-0" : String(value);
  return (written === text ? FLOAT : 0) |
    (pythonFloat(value) === text ? PYTHON_FLOAT : 0);
}

function dateKinds(
  bytes: Uint8Array,
  start: number,
  end: number,
  dates: DateForms,
): number {
  if (readDate(bytes, start) === NO_DATE) return 0;
  if (end - start === 10) return DATE;
  const isIso = dates === "iso";
  const separator = bytes[start + 10];
  if (separator !== 32 && !(isIso && separator === 84)) return 0;
  const zone = bytes[end - 1] === 90
    ? 1
    : isIso && bytes[end - 6] === 43 && bytes[end - 3] === 58 &&
        readTwo(bytes, end - 5) === 0 && readTwo(bytes, end - 2) === 0
    ? 6
    : 0;
  const last = end - zone;
  if (last - start < 19 || bytes[start + 13] !== 58) return 0;
  if (readTwo(bytes, start + 11) > 23 || readMinutes(bytes, start + 14) < 0) {
    return 0;
  }
  const micros = readFraction(bytes, start + 19, last);
  if (micros < 0) return 0;
  const width = micros === 0 ? 19 : 26;
  if (!isIso && last - start !== width) return 0;
  return zone > 0 ? TIMESTAMP_UTC : TIMESTAMP;
}

/** Whether no digit of the number is other than 0. */
function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 48 && bytes[i] !== 46) return false;
  }
  return true;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
