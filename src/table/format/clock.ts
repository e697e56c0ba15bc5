/**
 * Writes what times and timestamps have in common: `MM:SS[.ffffff]`, from
 * microseconds split into seconds and a rest.
 *
 * @module
 */
import { isSafe } from "./halves.ts";
import { WORD, writeNumberBefore, writeTwo } from "../words.ts";

/** The whole seconds, rounded down, of the microseconds in row `row`. */
export function secondsAt(halves: Int32Array, row: number): number {
  const high = halves[2 * row + 1], low = halves[2 * row] >>> 0;
  if (isSafe(high)) return Math.floor((high * WORD + low) / 1_000_000);
  // The high half is divided first: its remainder times 2^32 stays below 2^53.
  const top = Math.floor(high / 1_000_000);
  const rest = (high - top * 1_000_000) * WORD + low;
  return top * WORD + Math.floor(rest / 1_000_000);
}

/** The microseconds of row `row` beyond `seconds`, which {@linkcode secondsAt} gave: 0 to 999999. */
export function microsAt(
  halves: Int32Array,
  row: number,
  seconds: number,
): number {
  // Of numbers beyond 2^53 the low words alone tell, since the difference is small.
  return ((halves[2 * row] | 0) - Math.imul(seconds | 0, 1_000_000)) | 0;
}

/** Writes `MM:SS` of a second of the hour, and `.ffffff` unless it is zero. @returns where it ended. */
export function writeClock(
  secondOfHour: number,
  micros: number,
  out: Uint8Array,
  at: number,
): number {
  const minutes = (secondOfHour / 60) | 0;
  writeTwo(minutes, out, at);
  out[at + 2] = 58;
  writeTwo(secondOfHour - minutes * 60, out, at + 3);
  if (micros === 0) return at + 5;
  out[at + 5] = 46;
  writeNumberBefore(micros, 6, out, at + 12);
  return at + 12;
}
