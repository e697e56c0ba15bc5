/**
 * UTF-8 columns as strings, a chunk at a time: one call decodes all bytes, and
 * the strings are cut out of the result. Decoding them one by one costs five
 * times as much.
 *
 * @module
 */
import type { Column } from "../../src/table/batch.ts";

// A byte order mark at the start is part of the value.
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes the strings of `chunk` into `cells` from `start` on. NULL becomes "". */
export function decodeText(
  chunk: Column,
  cells: unknown[],
  start: number,
): void {
  const [offsets, data] = [chunk.offsets!, chunk.data as Uint8Array];
  const first = offsets[0];
  const bytes = data.subarray(first, offsets[chunk.length]);
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    // Not UTF-8 somewhere: only then string by string, so that the rest stays right.
    for (let row = 0; row < chunk.length; row++) {
      cells[start + row] = lenient.decode(
        data.subarray(offsets[row], offsets[row + 1]),
      );
    }
    return;
  }
  const isAscii = text.length === bytes.length;
  if (isAscii) {
    for (let row = 0; row < chunk.length; row++) {
      cells[start + row] = text.slice(
        offsets[row] - first,
        offsets[row + 1] - first,
      );
    }
    return;
  }
  for (let row = 0, at = 0; row < chunk.length; row++) {
    const from = at;
    const end = offsets[row + 1] - first;
    for (let byte = offsets[row] - first; byte < end; byte++) {
      // A character is counted at its first byte; four bytes make a surrogate pair.
      const lead = bytes[byte];
      if ((lead & 0xc0) !== 0x80) at += lead >= 0xf0 ? 2 : 1;
    }
    cells[start + row] = text.slice(from, at);
  }
}
