/**
 * Takes the escapes out of a JSON string, in place: what they stand for is
 * never longer than they are.
 *
 * @module
 */

/** What a letter after a backslash stands for. */
const PLAIN = new Uint8Array(128);
for (
  const [letter, byte] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9 })
) {
  PLAIN[letter.charCodeAt(0)] = byte;
}
for (const letter of '"\\/') PLAIN[letter.charCodeAt(0)] = letter.charCodeAt(0);

/**
 * Unescapes `bytes[start, end)`, the inside of a JSON string.
 *
 * @returns Where the text ends, or -1 when an escape is none.
 */
export function unescapeInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let to = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 92) {
      bytes[to++] = byte;
      continue;
    }
    const letter = bytes[++at];
    if (letter !== 117) {
      const plain = letter < 128 ? PLAIN[letter] : 0;
      if (plain === 0) return -1;
      bytes[to++] = plain;
      continue;
    }
    let code = hex4(bytes, at + 1, end);
    at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
      const low = bytes[at + 1] === 92 && bytes[at + 2] === 117
        ? hex4(bytes, at + 3, end)
        : -1;
      if (low < 0xdc00 || low > 0xdfff) return -1;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    } else if (code < 0 || (code >= 0xdc00 && code < 0xe000)) return -1;
    to = putUtf8(bytes, to, code);
  }
  return to;
}

function hex4(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i];
    const digit = byte <= 57 ? byte - 48 : (byte | 32) - 87;
    if (digit < 0 || digit > 15 || (byte > 57 && digit < 10)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function putUtf8(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    bytes[at] = 0xc0 | (code >> 6);
    bytes[at + 1] = 0x80 | (code & 63);
    return at + 2;
  }
  if (code < 0x10000) {
    bytes[at] = 0xe0 | (code >> 12);
    bytes[at + 1] = 0x80 | ((code >> 6) & 63);
    bytes[at + 2] = 0x80 | (code & 63);
    return at + 3;
  }
  bytes[at] = 0xf0 | (code >> 18);
  bytes[at + 1] = 0x80 | ((code >> 12) & 63);
  bytes[at + 2] = 0x80 | ((code >> 6) & 63);
  bytes[at + 3] = 0x80 | (code & 63);
  return at + 4;
}
