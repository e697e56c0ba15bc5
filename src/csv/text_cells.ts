/**
 * The cells of a column of text: in quotes where they must be, with what is
 * special inside taken care of.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Column } from "../table/batch.ts";
import { isValid } from "../table/format/base.ts";
import type { Cells } from "./column_cells.ts";
import { CR, LF } from "./dialect.ts";
import { isClear } from "./clear.ts";
import type { TextOptions } from "./write_options.ts";

/** In place of a number of escapes: the cell is written as it is. */
const PLAIN = -1;

/** Up to this length a loop copies quicker than a call of the engine. */
const SHORT = 120;

/** A byte that ends a field without quotes. */
const ENDS = 1;
/** A byte that needs another before it, in quotes. */
const ESCAPED = 2;
/** A byte that no CSV text holds. */
const FORBIDDEN = 4;

/** Writes text. */
export class TextCells implements Cells {
  readonly #options: TextOptions;
  readonly #special = new Uint8Array(256);
  readonly #always: boolean;
  #column: Column | undefined;
  /** Whether no text of the column has anything special in it. */
  #isClear = false;
  /** Escapes in each cell that was measured, or {@linkcode PLAIN}. */
  #escapes: Int32Array = new Int32Array(0);

  constructor(options: TextOptions) {
    this.#options = options;
    const { delimiter, quote, escape, quoting } = options;
    const special = this.#special;
    this.#always = quoting === "all" || quoting === "nonnumeric";
    for (const byte of [delimiter, LF, CR]) special[byte] |= ENDS;
    if (quoting === "none") {
      // Without quotes all that has a meaning needs the escape.
      for (const byte of [delimiter, LF, CR]) special[byte] |= ESCAPED;
    } else special[quote] |= ESCAPED;
    if (escape >= 0) special[escape] |= ESCAPED;
    special[0] = FORBIDDEN;
  }

  bind(column: Column): void {
    this.#column = column;
    this.#isClear = this.#always || this.#options.escape >= 0
      ? false
      : isClear(column, this.#options);
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    if (this.#escapes.length < to - from) {
      this.#escapes = new Int32Array(to - from);
    }
    const { validity, offsets } = this.#column!;
    const data = this.#column!.data as Uint8Array;
    const escapes = this.#escapes, special = this.#special;
    const { quoting } = this.#options, always = this.#always;
    const clear = this.#isClear;
    for (let row = from, i = 0; row < to; row++, i++) {
      if (!isValid(validity, row)) continue;
      const start = offsets![row], end = offsets![row + 1];
      if (clear && end > start) {
        escapes[i] = PLAIN;
        sizes[i] += end - start;
        continue;
      }
      let at = start;
      while (at < end && special[data[at]] === 0) at++;
      const isPlain = at === end && !always && end > start &&
        !startsWithMark(data, start);
      escapes[i] = isPlain ? PLAIN : this.#closely(data, start, end, row);
      sizes[i] += end - start + escapes[i] +
        (isPlain ? 1 : quoting === "none" ? 0 : 2);
    }
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    const { validity, offsets } = this.#column!;
    const data = this.#column!.data as Uint8Array;
    const escapes = this.#escapes;
    const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const target = new DataView(out.buffer, out.byteOffset, out.byteLength);
    for (let row = from, i = 0; row < to; row++, i++) {
      if (!isValid(validity, row)) continue;
      const start = offsets![row], end = offsets![row + 1];
      if (escapes[i] === PLAIN && end - start <= SHORT) {
        let from = start, into = at[i];
        for (; from + 8 <= end; from += 8, into += 8) {
          target.setBigInt64(into, source.getBigInt64(from, true), true);
        }
        if (from + 4 <= end) {
          target.setInt32(into, source.getInt32(from, true), true);
          from += 4;
          into += 4;
        }
        for (; from < end; from++, into++) out[into] = data[from];
        at[i] = into;
      } else if (escapes[i] === PLAIN) {
        out.set(data.subarray(start, end), at[i]);
        at[i] += end - start;
      } else at[i] = this.#writeQuoted(data, start, end, out, at[i]);
    }
  }

  /** Escapes that a cell needs, which isn't plain. */
  #closely(data: Uint8Array, start: number, end: number, row: number): number {
    const special = this.#special;
    let escapes = 0;
    for (let i = start; i < end; i++) {
      if ((special[data[i]] & FORBIDDEN) !== 0) throw unwritable(row, "a NUL");
      if ((special[data[i]] & ESCAPED) !== 0) escapes++;
    }
    const { quoting, escape } = this.#options;
    if (quoting === "none" && escapes > 0 && escape < 0) {
      throw unwritable(
        row,
        "a delimiter or a line end where nothing is quoted",
        "Set escape, or quoting: minimal",
      );
    }
    return escapes;
  }

  #writeQuoted(
    data: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    const special = this.#special;
    const { quote, escape, quoting } = this.#options;
    const isQuoted = quoting !== "none";
    if (isQuoted) out[at++] = quote;
    for (let i = start; i < end; i++) {
      const byte = data[i];
      if ((special[byte] & ESCAPED) !== 0) {
        out[at++] = isQuoted && byte === quote ? quote : escape;
      }
      out[at++] = byte;
    }
    if (isQuoted) out[at++] = quote;
    return at;
  }
}

/** Whether text starts with a byte order mark, which readers would pass over at the start of a file. */
function startsWithMark(data: Uint8Array, start: number): boolean {
  return data[start] === 0xef && data[start + 1] === 0xbb &&
    data[start + 2] === 0xbf;
}

/** The error for a cell that can't be written. Its column is for the caller to add. */
function unwritable(row: number, state: string, hint?: string): OsirisError {
  return new OsirisError("data/lossy", `Cannot write CSV: it has ${state}`, {
    ...(hint && { hint }),
    details: { row },
  });
}
