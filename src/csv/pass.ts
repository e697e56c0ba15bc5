/**
 * Loops that pass values over which are clearly of the kind a column is known
 * to have. What is not clear they leave to a closer look, so that each can do
 * with a few comparisons a byte.
 *
 * @module
 */

import { NO_CLOCK, readFraction, readMinutes } from "../table/build/clock.ts";
import { NO_DATE, readDate, readTwo } from "../table/civil.ts";

/** Places in spans to go over. */
export interface SpanRange {
  readonly at: number;
  readonly step: number;
  readonly end: number;
  /** Whether NULLs are passed over. */
  readonly nulls: boolean;
}

/**
 * Passes canonical integers of up to 15 digits over.
 *
 * @returns the first place with anything else.
 */
export function passInts(
  bytes: Uint8Array,
  spans: Int32Array,
  { at, step, end, nulls }: SpanRange,
  takesSign: boolean,
): number {
  for (; at < end; at += step) {
    const start = spans[at], to = spans[at + 1];
    if (start === to && nulls) continue;
    const from = takesSign && bytes[start] === 45 ? start + 1 : start;
    const digits = to - from;
    if (digits < 1 || digits > 15) return at;
    if (bytes[from] === 48 && (digits > 1 || from > start)) return at;
    for (let i = from; i < to; i++) {
      if (((bytes[i] - 48) >>> 0) > 9) return at;
    }
  }
  return at;
}

/**
 * Passes decimals of a known scale over, with up to `whole` digits before the point.
 *
 * @param isFloat Whether they must be canonical floats as well.
 * @returns the first place with anything else.
 */
export function passDecimals(
  bytes: Uint8Array,
  spans: Int32Array,
  { at, step, end, nulls }: SpanRange,
  scale: number,
  whole: number,
  isFloat: boolean,
): number {
  for (; at < end; at += step) {
    const start = spans[at], to = spans[at + 1], point = to - scale - 1;
    if (start === to && nulls) continue;
    const from = bytes[start] === 45 ? start + 1 : start;
    const digits = point - from;
    if (digits < 1 || digits > whole || bytes[point] !== 46) return at;
    // A sign before a zero may be one of zero, which a decimal doesn't have.
    if (bytes[from] === 48 && (digits > 1 || from > start)) return at;
    if (isFloat && !isClearFloat(bytes, from, point, to, false)) return at;
    for (let i = from; i < point; i++) {
      if (((bytes[i] - 48) >>> 0) > 9) return at;
    }
    for (let i = point + 1; i < to; i++) {
      if (((bytes[i] - 48) >>> 0) > 9) return at;
    }
  }
  return at;
}

/**
 * Passes floats of up to 15 digits over.
 *
 * @param isPython Whether a single zero after the point belongs there.
 * @param takesWhole Whether whole numbers may do without a point: not where they may still turn out to be Python's.
 * @returns the first place with anything else.
 */
export function passFloats(
  bytes: Uint8Array,
  spans: Int32Array,
  { at, step, end, nulls }: SpanRange,
  isPython: boolean,
  takesWhole: boolean,
): number {
  for (; at < end; at += step) {
    const start = spans[at], to = spans[at + 1];
    if (start === to && nulls) continue;
    const from = bytes[start] === 45 ? start + 1 : start;
    let i = from;
    while (i < to && ((bytes[i] - 48) >>> 0) <= 9) i++;
    const point = i;
    if (point === from || (bytes[from] === 48 && point - from > 1)) return at;
    if (point === to) {
      const isMinusZero = bytes[from] === 48 && from > start;
      if (!takesWhole || point - from > 15 || isMinusZero) return at;
      continue;
    }
    if (bytes[point] !== 46) return at;
    if (!isClearFloat(bytes, from, point, to, isPython)) return at;
    for (i++; i < to; i++) {
      if (((bytes[i] - 48) >>> 0) > 9) return at;
    }
  }
  return at;
}

/**
 * Passes canonical dates over, or timestamps.
 *
 * @param hasTime Whether they are timestamps.
 * @param zone Bytes after the time: 1 for a `Z`.
 * @returns the first place with anything else.
 */
export function passDates(
  bytes: Uint8Array,
  spans: Int32Array,
  { at, step, end, nulls }: SpanRange,
  hasTime: boolean,
  zone: 0 | 1,
): number {
  const width = (hasTime ? 19 : 10) + zone;
  const fraction = hasTime ? width + 7 : width;
  for (; at < end; at += step) {
    const start = spans[at], to = spans[at + 1], length = to - start;
    if (length === 0 && nulls) continue;
    if (length !== width && length !== fraction) return at;
    if (readDate(bytes, start) === NO_DATE) return at;
    if (!hasTime) continue;
    if (bytes[start + 10] !== 32 || bytes[start + 13] !== 58) return at;
    if (readTwo(bytes, start + 11) > 23) return at;
    if (readMinutes(bytes, start + 14) === NO_CLOCK) return at;
    // A fraction of nothing but zeros is not canonical.
    if (length !== width && readFraction(bytes, start + 19, to - zone) <= 0) {
      return at;
    }
    if (zone === 1 && bytes[to - 1] !== 90) return at;
  }
  return at;
}

/**
 * Whether digits around a point are clearly what a float is written as: at most
 * 15 of them, which no other double shares, no zero at the end, and at
 * least 0.0001, below which other notations begin.
 */
function isClearFloat(
  bytes: Uint8Array,
  from: number,
  point: number,
  to: number,
  isPython: boolean,
): boolean {
  if (to - from > 16 || to - point < 2) return false;
  if (bytes[to - 1] === 48 && !(isPython && to - point === 2)) return false;
  if (bytes[from] !== 48 || to - point <= 5) return true;
  return bytes[point + 1] !== 48 || bytes[point + 2] !== 48 ||
    bytes[point + 3] !== 48 || bytes[point + 4] !== 48;
}
