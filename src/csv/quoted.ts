/**
 * The parts of CSV text that need a closer look: line ends, quoted fields and
 * escapes.
 *
 * @module
 */
import { CR, type Dialect, LF } from "./dialect.ts";

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
 */
export function skipQuoted(
  bytes: Uint8Array,
  at: number,
  end: number,
  isLast: boolean,
  { quote, escape, delimiter }: Dialect,
  facts: QuotedFacts,
): number {
  facts.hasEscapes = false;
  let i = at + 1;
  while (true) {
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
