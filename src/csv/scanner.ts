/**
 * Finds the fields of CSV text: bytes in, spans out.
 *
 * A block of rows is scanned at a time, and only where fields start and end is
 * noted; what they say is read column by column afterwards, in loops that see
 * one type each. Fields with doubled quotes are put right in place once their
 * row is complete, so that a span is all that a reader ever needs.
 *
 * A span is a pair: start, end. `start === end` is an empty field without
 * quotes, which means NULL; the empty text `""` has its end before its start.
 *
 * @module
 */
import { CR, type Dialect, LF } from "./dialect.ts";
import type { FastText } from "./fast_text.ts";
import {
  afterLine,
  EVERY_BYTE,
  GARBAGE,
  PARTIAL,
  type QuotedFacts,
  skipEscaped,
  skipQuoted,
  TOP_BITS,
  unescape,
} from "./quoted.ts";

/** Why a scan stopped. */
export type ScanState =
  /** At the end of the bytes, or with as many rows as were asked for. */
  | "paused"
  /** The row at `at` has too few or too many fields. */
  | "ragged"
  /** Something follows the closing quote of the field at `faultAt`. */
  | "garbage"
  /** The text ends in the quoted field that opens at `faultAt`. */
  | "unclosed";

/** Scans the rows of one text, block by block. */
export class Scanner {
  /** Spans of the fields of the last block, row by row. */
  spans: Int32Array = new Int32Array(0);
  /** Complete rows in {@linkcode spans}. */
  rows = 0;
  /** Where the first row that isn't in {@linkcode spans} starts. To be set when bytes move. */
  at = 0;
  /** Line ends passed so far: the row at {@linkcode at} starts on line `lines + 1`. */
  lines = 0;
  /** Where the faulty field starts. */
  faultAt = 0;
  readonly #dialect: Dialect;
  readonly #width: number;
  readonly #fast: FastText | undefined;
  /** 1 for bytes that a field without quotes stops at. */
  readonly #stops = new Uint8Array(256);
  /** Indexes into {@linkcode spans} of fields with escapes. */
  #escaped: number[] = [];

  /**
   * @param columns Fields a row must have; at least one.
   * @param fast Holds all the bytes that are scanned.
   */
  constructor(dialect: Dialect, columns: number, fast?: FastText) {
    this.#dialect = dialect;
    this.#fast = fast;
    this.#width = 2 * columns;
    for (const byte of [dialect.delimiter, dialect.escape, LF, CR]) {
      if (byte >= 0) this.#stops[byte] = 1;
    }
  }

  /**
   * Scans up to `maxRows` rows of `bytes[this.at, end)` into {@linkcode spans}.
   *
   * There must be `SPARE_BYTES` after `end`: `bytes[end]` is set to a
   * line feed, which spares the loop a comparison a byte. A row that isn't
   * complete at `end` is left for the next scan, unless `isLast`.
   *
   * Longer than a function should be: in pieces it runs at half the speed.
   */
  scan(
    bytes: Uint8Array,
    end: number,
    isLast: boolean,
    maxRows: number,
  ): ScanState {
    const width = this.#width, most = maxRows * width;
    const fast = this.#fast?.takes(this.#dialect, most >> 1)
      ? this.#fast
      : undefined;
    if (fast !== undefined) this.spans = fast.spans;
    else if (this.spans.length < most) this.spans = new Int32Array(most);
    const { delimiter, quote, escape, comment, skipBlankLines } = this.#dialect;
    const spans = this.spans, stops = this.#stops;
    const facts: QuotedFacts = { lines: 0, hasEscapes: false };
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const delimiters = delimiter * EVERY_BYTE;
    let at = this.at, to = 0, rowStart = at, rowTo = 0, lines = this.lines;
    let state: ScanState = "paused";
    bytes[end] = LF;
    if (fast !== undefined) {
      const clear = fast.scan(
        at,
        end,
        most,
        width,
        this.#dialect,
        this.#escaped,
      );
      at = rowStart = clear.at;
      to = rowTo = clear.to;
      lines += clear.lines;
    }
    scanning: while (at < end && to < most) {
      rowStart = at;
      rowTo = to;
      const rowEnd = to + width;
      let stop = bytes[at];
      if (stop === comment || stop === LF || stop === CR) {
        while (bytes[at] !== LF && bytes[at] !== CR) at++;
        const next = afterLine(bytes, at, end, isLast);
        if (next === PARTIAL) break;
        if (stop !== comment && (!skipBlankLines || width === 2)) {
          while (to < rowEnd) spans[to++] = rowStart;
          rowTo = to;
        }
        at = rowStart = next;
        lines++;
        continue;
      }
      facts.lines = 0;
      let isOpen = true;
      while (isOpen) {
        if (stop === quote) {
          const after = skipQuoted(
            bytes,
            view,
            at,
            end,
            isLast,
            this.#dialect,
            facts,
          );
          if (after < 0) {
            this.faultAt = at;
            if (after === GARBAGE) state = "garbage";
            else if (isLast) state = "unclosed";
            break scanning;
          }
          spans[to] = at + 1;
          // An empty text ends before it starts, to differ from NULL.
          spans[to + 1] = after === at + 2 ? at : after - 1;
          if (facts.hasEscapes) this.#escaped.push(to);
          at = after;
        } else {
          spans[to] = at;
          if (escape < 0) {
            // Four bytes at a time: a byte's top bit is set where it is a
            // delimiter, or below 14, of which line ends are the usual ones.
            while (true) {
              const word = view.getInt32(at, true), other = word ^ delimiters;
              const hits = (((other - EVERY_BYTE) & ~other) |
                ((word - 14 * EVERY_BYTE) & ~word)) & TOP_BITS;
              if (hits === 0) {
                at += 4;
                continue;
              }
              at += (31 - Math.clz32(hits & -hits)) >> 3;
              stop = bytes[at];
              if (stop === delimiter || stop === LF || stop === CR) break;
              at++;
            }
          } else while (stops[stop] === 0) stop = bytes[++at];
          if (stop === escape) {
            at = skipEscaped(bytes, at, end, isLast, this.#dialect, facts);
            if (at === PARTIAL) break scanning;
            this.#escaped.push(to);
          }
          spans[to + 1] = at;
        }
        to += 2;
        isOpen = bytes[at] === delimiter && to !== rowEnd;
        if (isOpen) stop = bytes[++at];
      }
      if (to !== rowEnd || bytes[at] === delimiter) {
        // Only a row that is there as a whole can be called ragged.
        if (at < end || isLast) state = "ragged";
        break;
      }
      const next = afterLine(bytes, at, end, isLast);
      if (next === PARTIAL) break;
      at = rowStart = next;
      rowTo = to;
      lines += 1 + facts.lines;
    }
    this.at = rowStart;
    this.lines = lines;
    this.rows = rowTo / width;
    if (this.#escaped.length > 0) this.#unescape(bytes, rowTo);
    return state;
  }

  /** Puts the fields with escapes before `to` right, and forgets them all. */
  #unescape(bytes: Uint8Array, to: number): void {
    const { spans } = this;
    const dialect = this.#dialect;
    for (const field of this.#escaped) {
      if (field >= to) break;
      const start = spans[field];
      const isQuoted = start > 0 && bytes[start - 1] === dialect.quote;
      spans[field + 1] = unescape(
        bytes,
        start,
        spans[field + 1],
        dialect,
        isQuoted,
      );
    }
    this.#escaped = [];
  }
}
