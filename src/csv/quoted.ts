/**
 * The parts of CSV text that need a closer look: line ends, quoted fields and
 * escapes.
 *
 * @module
 */
import { CR, type Dialect, LF } from "./dialect.ts";

/** A word with each byte 1; times a byte, that byte in each place. */
export const EVERY_BYTE = 0x0101_0101;

/** The top bit of each byte of a word. */
export const TOP_BITS: number = 0x8080_8080 | 0;

/** The bytes end before what was looked for does. */
export const PARTIAL = -1;

/** Something other than a delimiter or a line end follows a closing quote. */
export const GARBAGE = -2;

/** What {@linkcode skipQuoted} found besides the end of the field. */
export interface QuotedFacts {
  /** Line ends inside the field. */
  lines: number;
  /** Whether there are doubled quotes or escapes in it. */
  hasEscapes: boolean;
}

/**
 * The place after the line end at `at`: LF, CRLF or CR, or the end of the last
 * bytes. {@linkcode PARTIAL} when bytes to come may belong to it.
 */
export function afterLine(
  bytes: Uint8Array,
  at: number,
  end: number,
  isLast: boolean,
): number {
  if (at >= end) return isLast ? end : PARTIAL;
  if (bytes[at] === LF) return at + 1;
  if (at + 1 < end) return bytes[at + 1] === LF ? at + 2 : at + 1;
  return isLast ? end : PARTIAL;
}

/**
 * The place after the closing quote of the field whose opening quote is at
 * `at`; {@linkcode PARTIAL} when it isn't known yet (or never, when `isLast`),
 * {@linkcode GARBAGE} when the field goes on after its closing quote.
 *
 * `bytes[end]` must be a line feed. Adds to `facts.lines`, sets `facts.hasEscapes`.
 *
 * @param view The same bytes.
 */
export function skipQuoted(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  isLast: boolean,
  { quote, escape, delimiter }: Dialect,
  facts: QuotedFacts,
): number {
  facts.hasEscapes = false;
  const quotes = quote * EVERY_BYTE;
  let i = at + 1;
  while (true) {
    if (escape < 0) i = skipPlain(view, i, quotes);
    const byte = bytes[i];
    if (byte === quote) {
      if (bytes[i + 1] !== quote || i + 1 >= end) break;
      facts.hasEscapes = true;
      i += 2;
    } else if (byte === escape) {
      facts.hasEscapes = true;
      i += 2;
      if (i > end) return PARTIAL;
    } else {
      if (byte === LF) {
        if (i >= end) return PARTIAL;
        facts.lines++;
      } else if (byte === CR && bytes[i + 1] !== LF) facts.lines++;
      i++;
    }
  }
  const after = i + 1;
  if (after >= end) return isLast ? end : PARTIAL;
  const next = bytes[after];
  return next === delimiter || next === LF || next === CR ? after : GARBAGE;
}

/** The first place from `at` on with a quote, or a byte below 14, of which line ends are the usual ones. */
function skipPlain(view: DataView, at: number, quotes: number): number {
  while (true) {
    const word = view.getInt32(at, true), other = word ^ quotes;
    const hits = (((other - EVERY_BYTE) & ~other) |
      ((word - 14 * EVERY_BYTE) & ~word)) & TOP_BITS;
    if (hits !== 0) return at + ((31 - Math.clz32(hits & -hits)) >> 3);
    at += 4;
  }
}

/**
 * The end of the field without quotes that has an escape at `at`;
 * {@linkcode PARTIAL} when it isn't known yet. `bytes[end]` must be a line feed.
 */
export function skipEscaped(
  bytes: Uint8Array,
  at: number,
  end: number,
  isLast: boolean,
  { delimiter, escape }: Dialect,
  facts: QuotedFacts,
): number {
  let i = at;
  while (true) {
    const byte = bytes[i];
    if (byte === escape) {
      if (i + 1 >= end) return isLast ? end : PARTIAL;
      const escaped = bytes[i + 1];
      if (escaped === LF || (escaped === CR && bytes[i + 2] !== LF)) {
        facts.lines++;
      }
      i += 2;
    } else if (byte === delimiter || byte === LF || byte === CR) return i;
    else i++;
  }
}

/**
 * Takes the escapes out of `bytes[start, end)` in place, and fills what becomes
 * free with spaces, so that the line ends before a place can still be counted.
 *
 * @param isQuoted Whether doubled quotes are escapes too.
 * @returns where the text ends now.
 */
export function unescape(
  bytes: Uint8Array,
  start: number,
  end: number,
  { quote, escape }: Dialect,
  isQuoted: boolean,
): number {
  let to = start;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const isEscape = byte === escape || (isQuoted && byte === quote);
    if (isEscape && i + 1 < end) i++;
    bytes[to++] = bytes[i];
  }
  bytes.fill(0x20, to, end);
  return to;
}
