/**
 * Takes the measure of a single row of CSV text, whatever its number of fields:
 * for the first row, which tells how many there are, and for ragged ones.
 *
 * @module
 */
import { CR, type Dialect, LF } from "./dialect.ts";
import { afterLine, PARTIAL, skipEscaped, skipQuoted } from "./quoted.ts";

/** The extent of a row. */
export interface RowExtent {
  /** Fields; 0 for a blank line or a comment. */
  readonly fields: number;
  /** Where the next row starts. */
  readonly end: number;
  /** Line ends in it, its own included. */
  readonly lines: number;
}

/**
 * The extent of the row at `at`, or undefined when it isn't complete at `end`.
 * `bytes[end]` is overwritten. Faulty quotes are passed over: they are the
 * scanner's to report.
 */
export function measureRow(
  bytes: Uint8Array,
  at: number,
  end: number,
  isLast: boolean,
  dialect: Dialect,
): RowExtent | undefined {
  bytes[end] = LF;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const { delimiter, quote, escape, comment } = dialect;
  const facts = { lines: 0, hasEscapes: false };
  const isRow = bytes[at] !== comment && bytes[at] !== LF && bytes[at] !== CR;
  let fields = isRow ? 1 : 0;
  let i = at;
  if (!isRow) {
    while (bytes[i] !== LF && bytes[i] !== CR) i++;
  }
  let isFieldStart = isRow;
  while (isRow) {
    if (isFieldStart && bytes[i] === quote) {
      const after = skipQuoted(bytes, view, i, end, isLast, dialect, facts);
      if (after === PARTIAL) return undefined;
      i = after < 0 ? i + 1 : after;
    }
    isFieldStart = false;
    const byte = bytes[i];
    if (byte === LF || byte === CR) break;
    if (byte === delimiter) {
      fields++;
      isFieldStart = true;
    } else if (byte === escape) {
      i = skipEscaped(bytes, i, end, isLast, dialect, facts);
      if (i === PARTIAL) return undefined;
      continue;
    }
    i++;
  }
  const next = afterLine(bytes, i, end, isLast);
  if (next === PARTIAL) return undefined;
  return { fields, end: next, lines: 1 + facts.lines };
}
