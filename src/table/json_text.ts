/**
 * Tells whether bytes are JSON and where a value of it ends, without building
 * the value.
 *
 * @module
 */

/** Deepest nesting that is followed; deeper text counts as no JSON. */
export const MAX_DEPTH = 512;

/** What {@linkcode skipValue} and {@linkcode skipString} give for text that is no JSON. */
export const NO_JSON = -1;

/** Whether `bytes[start, end)` is exactly one JSON value, white space around it allowed. */
export function isJson(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const from = skipSpace(bytes, start, end);
  const to = skipValue(bytes, from, end, 0);
  return to !== NO_JSON && skipSpace(bytes, to, end) === end;
}

/** The first place in `bytes[at, end)` that isn't white space. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  for (; at < end; at++) {
    const c = bytes[at];
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) break;
  }
  return at;
}

/** Where the value that starts at `at` ends, or {@linkcode NO_JSON}. */
export function skipValue(
  bytes: Uint8Array,
  at: number,
  end: number,
  depth: number,
): number {
  if (at >= end || depth > MAX_DEPTH) return NO_JSON;
  switch (bytes[at]) {
    case 0x22:
      return skipString(bytes, at, end);
    case 0x7b:
      return skipMembers(bytes, at, end, depth, true);
    case 0x5b:
      return skipMembers(bytes, at, end, depth, false);
    case 0x74:
      return skipWord(bytes, at, end, TRUE);
    case 0x66:
      return skipWord(bytes, at, end, FALSE);
    case 0x6e:
      return skipWord(bytes, at, end, NULL);
    default:
      return skipNumber(bytes, at, end);
  }
}

/** Where the string whose quote is at `at` ends, or {@linkcode NO_JSON}. */
export function skipString(
  bytes: Uint8Array,
  at: number,
  end: number,
): number {
  for (let i = at + 1; i < end; i++) {
    const c = bytes[i];
    if (c === 0x22) return i + 1;
    if (c < 0x20) return NO_JSON;
    if (c === 0x5c) {
      const escaped = bytes[++i];
      if (i >= end) return NO_JSON;
      if (escaped === 0x75) {
        if (i + 4 >= end || !isHex4(bytes, i + 1)) return NO_JSON;
        i += 4;
      } else if (!ESCAPES.includes(escaped)) return NO_JSON;
    }
  }
  return NO_JSON;
}

/** Where the number at `at` ends, or {@linkcode NO_JSON}. */
export function skipNumber(
  bytes: Uint8Array,
  at: number,
  end: number,
): number {
  let i = bytes[at] === 45 ? at + 1 : at;
  const whole = skipDigits(bytes, i, end);
  if (whole === i || (bytes[i] === 48 && whole > i + 1)) return NO_JSON;
  i = whole;
  if (i < end && bytes[i] === 46) {
    const fraction = skipDigits(bytes, i + 1, end);
    if (fraction === i + 1) return NO_JSON;
    i = fraction;
  }
  if (i < end && (bytes[i] | 32) === 101) {
    const sign = bytes[i + 1];
    const from = sign === 45 || sign === 43 ? i + 2 : i + 1;
    const exponent = skipDigits(bytes, from, end);
    if (exponent === from) return NO_JSON;
    i = exponent;
  }
  return i;
}

/** An object (`isObject`) or an array, from its bracket on. */
function skipMembers(
  bytes: Uint8Array,
  at: number,
  end: number,
  depth: number,
  isObject: boolean,
): number {
  const close = isObject ? 0x7d : 0x5d;
  let i = skipSpace(bytes, at + 1, end);
  if (i < end && bytes[i] === close) return i + 1;
  while (i < end) {
    if (isObject) {
      if (bytes[i] !== 0x22) return NO_JSON;
      i = skipString(bytes, i, end);
      if (i === NO_JSON) return NO_JSON;
      i = skipSpace(bytes, i, end);
      if (i >= end || bytes[i] !== 58) return NO_JSON;
      i = skipSpace(bytes, i + 1, end);
    }
    i = skipValue(bytes, i, end, depth + 1);
    if (i === NO_JSON) return NO_JSON;
    i = skipSpace(bytes, i, end);
    if (i >= end) return NO_JSON;
    if (bytes[i] === close) return i + 1;
    if (bytes[i] !== 44) return NO_JSON;
    i = skipSpace(bytes, i + 1, end);
  }
  return NO_JSON;
}

function skipWord(
  bytes: Uint8Array,
  at: number,
  end: number,
  word: Uint8Array,
): number {
  if (at + word.length > end) return NO_JSON;
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word[i]) return NO_JSON;
  }
  return at + word.length;
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && ((bytes[at] - 48) >>> 0) <= 9) at++;
  return at;
}

function isHex4(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const c = bytes[i];
    const isHex = ((c - 48) >>> 0) <= 9 || (((c | 32) - 97) >>> 0) <= 5;
    if (!isHex) return false;
  }
  return true;
}

const encoder = new TextEncoder();
const TRUE = encoder.encode("true");
const FALSE = encoder.encode("false");
const NULL = encoder.encode("null");
/** What may follow a backslash, `u` aside. */
const ESCAPES = encoder.encode('"\\/bfnrt');
