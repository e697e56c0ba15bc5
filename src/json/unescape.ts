/**
 * Takes the escapes out of JSON strings.
 *
 * @module
 */

const BACKSLASH = 92;

/** What {@linkcode unescapeString} gives for a string that is no text. */
export const NO_TEXT = -1;

/** Whether `bytes[start, end)` has an escape in it. */
export function hasEscape(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

/**
 * Turns the inside of a JSON string, in place, into the UTF-8 text it means,
 * which is never longer.
 *
 * @returns where the text ends; {@linkcode NO_TEXT} for half a surrogate pair, which UTF-8 doesn't have.
 */
export function unescapeString(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let to = start;
  for (let i = start; i < end;) {
    if (bytes[i] !== BACKSLASH) {
      bytes[to++] = bytes[i++];
      continue;
    }
    const letter = bytes[i + 1];
    i += 2;
    if (letter !== 117) {
      bytes[to++] = plainOf(letter);
      continue;
    }
    let code = hex4(bytes, i);
    i += 4;
    if (code >= 0xd800 && code < 0xe000) {
      const low = bytes[i] === BACKSLASH && bytes[i + 1] === 117 && i + 6 <= end
        ? hex4(bytes, i + 2)
        : 0;
      if (code >= 0xdc00 || low < 0xdc00 || low > 0xdfff) return NO_TEXT;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i += 6;
    }
    to = putCode(code, bytes, to);
  }
  return to;
}

/** The byte that a letter after a backslash stands for. */
function plainOf(letter: number): number {
  switch (letter) {
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return letter; // quote, slash, backslash
  }
}

function hex4(bytes: Uint8Array, at: number): number {
  let code = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i];
    code = code << 4 | (byte < 58 ? byte - 48 : (byte | 32) - 87);
  }
  return code;
}

/** Top bits of the first byte, by the number of bytes that follow. */
const LEADS = [0, 0xc0, 0xe0, 0xf0];

/** Writes a code point as UTF-8. @returns where it ended. */
function putCode(code: number, out: Uint8Array, at: number): number {
  if (code < 0x80) {
    out[at] = code;
    return at + 1;
  }
  const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  out[at] = LEADS[more] | code >> 6 * more;
  for (let i = 1; i <= more; i++) {
    out[at + i] = 0x80 | code >> 6 * (more - i) & 63;
  }
  return at + 1 + more;
}
