/**
 * Reads what times and timestamps have in common: `MM:SS[.ffffff]`, and writes
 * seconds and microseconds as one 64-bit number.
 *
 * @module
 */
import { readTwo } from "../civil.ts";
import { PER_WORD, WORD } from "../words.ts";

/** What {@linkcode readMinutes} and {@linkcode readFraction} give for other text. */
export const NO_CLOCK = -1;

/** Most seconds that microseconds in 64 bits can count. */
export const MAX_SECONDS = 9_223_372_036_853;

/** The seconds of `MM:SS` at `at`, or {@linkcode NO_CLOCK}. */
export function readMinutes(bytes: Uint8Array, at: number): number {
  const minutes = readTwo(bytes, at), seconds = readTwo(bytes, at + 3);
  if (bytes[at + 2] !== 58 || minutes > 59 || seconds > 59) return NO_CLOCK;
  return minutes * 60 + seconds;
}

/**
 * The microseconds of a fraction `.f` to `.ffffff` in `bytes[at, end)`, 0 for
 * none; zeros beyond the sixth digit are taken too. {@linkcode NO_CLOCK} for other text.
 */
export function readFraction(
  bytes: Uint8Array,
  at: number,
  end: number,
): number {
  if (at === end) return 0;
  if (bytes[at] !== 46 || end - at < 2) return NO_CLOCK;
  let micros = 0;
  for (let i = 1; i <= 6; i++) {
    if (at + i >= end) {
      micros *= 10;
      continue;
    }
    const digit = bytes[at + i] - 48;
    if ((digit >>> 0) > 9) return NO_CLOCK;
    micros = micros * 10 + digit;
  }
  for (let i = at + 7; i < end; i++) if (bytes[i] !== 48) return NO_CLOCK;
  return micros;
}

/** Writes `seconds` (either sign) and `micros` (0 to 999999 more) as the halves of row `row`. */
export function putMicros(
  halves: Int32Array,
  row: number,
  seconds: number,
  micros: number,
): void {
  const at = 2 * row;
  if (seconds < 9_000_000_000 && seconds > -9_000_000_000) {
    const value = seconds * 1_000_000 + micros;
    const low = value >>> 0;
    halves[at] = low;
    halves[at + 1] = (value - low) * PER_WORD;
    return;
  }
  // Beyond 2^53: seconds = high * 2^16 + rest, each product of which is exact.
  const high = Math.floor(seconds / 65_536);
  const rest = (seconds - high * 65_536) * 1_000_000 + micros;
  const product = high * 1_000_000;
  const productHigh = Math.floor(product / 65_536);
  const low = (product - productHigh * 65_536) * 65_536 + rest;
  const lowWord = low >>> 0;
  halves[at] = lowWord;
  halves[at + 1] = productHigh + (low - lowWord) / WORD;
}
