/**
 * Tells quickly that a whole column of text needs no care.
 *
 * @module
 */
import type { Column } from "../table/batch.ts";
import { EVERY_BYTE, TOP_BITS } from "./quoted.ts";
import type { TextOptions } from "./write_options.ts";

/** The first byte of a byte order mark. */
const MARK = 0xef;

/**
 * Whether the column's text holds no delimiter, no quote, no control character
 * up to CR, and nothing that may be a byte order mark. Where in the bytes texts
 * start and end makes no difference, so four are looked at a time.
 */
export function isClear(
  { data, offsets, length }: Column,
  { delimiter, quote }: TextOptions,
): boolean {
  const bytes = data as Uint8Array;
  let at = offsets![0];
  const end = offsets![length];
  const isSpecial = (byte: number): boolean =>
    byte < 14 || byte === delimiter || byte === quote || byte === MARK;
  // Up to the first and from the last whole word of the buffer on, byte by byte.
  for (; at < end && ((bytes.byteOffset + at) & 3) !== 0; at++) {
    if (isSpecial(bytes[at])) return false;
  }
  const count = (end - at) >> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, count);
  if (hasSpecial(words, delimiter, quote)) return false;
  for (at += 4 * count; at < end; at++) {
    if (isSpecial(bytes[at])) return false;
  }
  return true;
}

function hasSpecial(
  words: Int32Array,
  delimiter: number,
  quote: number,
): boolean {
  const delimiters = delimiter * EVERY_BYTE, quotes = quote * EVERY_BYTE;
  const marks = Math.imul(MARK, EVERY_BYTE);
  for (let i = 0; i < words.length;) {
    const stop = Math.min(words.length, i + 64);
    let hits = 0;
    for (; i < stop; i++) {
      const word = words[i];
      const a = word ^ delimiters, b = word ^ quotes, c = word ^ marks;
      hits |= ((a - EVERY_BYTE) & ~a) | ((b - EVERY_BYTE) & ~b) |
        ((c - EVERY_BYTE) & ~c) | ((word - 14 * EVERY_BYTE) & ~word);
    }
    if ((hits & TOP_BITS) !== 0) return true;
  }
  return false;
}
