/**
 * Checks that bytes are text: valid UTF-8 without NUL.
 *
 * Most text is ASCII, for which four bytes at a time are enough to see that
 * nothing is wrong; the rest is gone through byte by byte. Where there is a
 * quicker way for all of it, only the end and what is wrong are left to do here.
 *
 * @module
 */

/** What {@linkcode checkText} finds. */
export interface TextCheck {
  /** Up to here all is well; a sequence that may go on after the bytes is left out. */
  readonly checked: number;
  /** What is wrong at {@linkcode checked}, if anything is. */
  readonly fault: "nul" | "utf-8" | null;
}

/** What passes most text over even quicker: how far it reaches, or a little less. */
export interface TextPasser {
  /** A character starts at `at`; the last one before what it gives may not be whole. */
  textEnd(at: number, end: number): number;
}

/**
 * Checks `bytes[start, end)`, which starts with a whole character.
 *
 * @param fast Looks at the same bytes.
 */
export function checkText(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLast: boolean,
  fast?: TextPasser,
): TextCheck {
  let at = start;
  while (at < end) {
    if (fast !== undefined) {
      at = lastCharacter(bytes, at, fast.textEnd(at, end));
    }
    at = skipPlain(bytes, at, end);
    if (at === end) break;
    const byte = bytes[at];
    if (byte === 0) return { checked: at, fault: "nul" };
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return { checked: at, fault: "utf-8" };
    if (length < 0) return { checked: at, fault: isLast ? "utf-8" : null };
    at += length;
  }
  return { checked: at, fault: null };
}

/** Where the last character of `bytes[start, end)` starts. */
function lastCharacter(bytes: Uint8Array, start: number, end: number): number {
  let at = Math.max(start, end - 1);
  while (at > start && (bytes[at] & 0xc0) === 0x80) at--;
  return at;
}

/** The first place in `bytes[at, end)` that may not be ASCII other than NUL. */
function skipPlain(bytes: Uint8Array, at: number, end: number): number {
  // The buffer's own words: the place in it counts, not the one in the view.
  const aligned = Math.min(end, (at + 3) & ~3);
  for (; at < aligned; at++) {
    if (isOdd(bytes[at])) return at;
  }
  if (end - at >= 64 && (bytes.byteOffset & 3) === 0) {
    at = 4 * skipWords(wordsOf(bytes), at >> 2, end >> 2);
  }
  for (; at < end; at++) {
    if (isOdd(bytes[at])) return at;
  }
  return end;
}

function isOdd(byte: number): boolean {
  return byte === 0 || byte > 127;
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}

/** The first word in `words[at, end)` with an odd byte; may stop a little before it. */
function skipWords(words: Int32Array, at: number, end: number): number {
  for (; at + 8 <= end; at += 8) {
    let odd = 0;
    for (let i = at; i < at + 8; i++) {
      // A byte's top bit ends up set when it was set, or when the byte was 0.
      const word = words[i];
      odd |= word | ((word - 0x0101_0101) & ~word);
    }
    if ((odd & 0x8080_8080) !== 0) return at;
  }
  return at;
}

/** Bytes of the character at `at`; 0 when it is none, -1 when it may go on after `end`. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length === 0 || lead > 0xf4) return 0;
  for (let i = 1; i < length; i++) {
    if (at + i >= end) return -1;
    const byte = bytes[at + i];
    // The second byte bounds what has a shorter form, surrogates, and the end of Unicode.
    const low = i > 1
      ? 0x80
      : lead === 0xe0
      ? 0xa0
      : lead === 0xf0
      ? 0x90
      : 0x80;
    const high = i > 1
      ? 0xbf
      : lead === 0xed
      ? 0x9f
      : lead === 0xf4
      ? 0x8f
      : 0xbf;
    if (byte < low || byte > high) return 0;
  }
  return length;
}
