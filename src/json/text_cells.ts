/**
 * The cells of a column of text in JSON: strings with their escapes.
 *
 * @module
 */
import type { Cells } from "../csv/column_cells.ts";
import type { Column } from "../table/batch.ts";
import { isValid } from "../table/format/base.ts";

const QUOTE = 34, BACKSLASH = 92;

/** The letter after the backslash for the bytes that have one; 1 for other control characters. */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(1, 0, 32);
for (
  const [byte, letter] of [
    [QUOTE, '"'],
    [BACKSLASH, "\\"],
    [8, "b"],
    [9, "t"],
    [10, "n"],
    [12, "f"],
    [13, "r"],
  ] as const
) ESCAPES[byte] = letter.charCodeAt(0);

const HEX = new TextEncoder().encode("0123456789abcdef");

/** Writes text as JSON strings. */
export class StringCells implements Cells {
  #column: Column | undefined;

  bind(column: Column): void {
    this.#column = column;
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    const { validity, offsets } = this.#column!;
    const data = this.#column!.data as Uint8Array;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      const start = offsets![row], end = offsets![row + 1];
      let size = 2 + end - start;
      for (let i = start; i < end; i++) {
        const escape = ESCAPES[data[i]];
        if (escape !== 0) size += escape === 1 ? 5 : 1;
      }
      sizes[row - from] += size;
    }
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    const { validity, offsets } = this.#column!;
    const data = this.#column!.data as Uint8Array;
    for (let row = from; row < to; row++) {
      if (!isValid(validity, row)) continue;
      at[row - from] = writeString(
        data,
        offsets![row],
        offsets![row + 1],
        out,
        at[row - from],
      );
    }
  }
}

/** Writes UTF-8 text as a JSON string. @returns where it ended. */
export function writeString(
  data: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  out[at++] = QUOTE;
  for (let i = start; i < end; i++) {
    const byte = data[i], escape = ESCAPES[byte];
    if (escape === 0) {
      out[at++] = byte;
      continue;
    }
    out[at++] = BACKSLASH;
    if (escape !== 1) out[at++] = escape;
    else {
      out[at++] = 117;
      out[at++] = out[at++] = 48;
      out[at++] = HEX[byte >> 4];
      out[at++] = HEX[byte & 15];
    }
  }
  out[at++] = QUOTE;
  return at;
}

/** Text as a JSON string. */
export function stringText(text: string): Uint8Array {
  const data = new TextEncoder().encode(text);
  const out = new Uint8Array(6 * data.length + 2);
  return out.subarray(0, writeString(data, 0, data.length, out, 0));
}
