/**
 * Wide integers as 32-bit words, low word first, two's complement: how int64,
 * decimals and microseconds are read and written without a BigInt a value.
 *
 * Every product and quotient here stays below 2^53, where doubles are exact:
 * a word (2^32) times a million (2^20) is below 2^52.
 *
 * @module
 */

/** 2^32: what a word counts up to. */
export const WORD = 4_294_967_296;

/** 1 / 2^32, by which to multiply instead of dividing: exact as well, and quicker. */
export const PER_WORD: number = 1 / WORD;

/** A million: the most by which a word can be multiplied and stay exact. */
const CHUNK = 1_000_000;

const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/**
 * Puts the number whose digits are `bytes[start, end)` into `words[0, count)`.
 * The bytes must be digits. An optional one at `skip` (a point) is passed over.
 *
 * @returns false when it needs more than `count` words.
 */
export function wordsFromDigits(
  bytes: Uint8Array,
  start: number,
  end: number,
  skip: number,
  words: Uint32Array,
  count: number,
): boolean {
  for (let i = 0; i < count; i++) words[i] = 0;
  for (let at = start; at < end;) {
    let chunk = 0, digits = 0;
    for (; digits < 6 && at < end; at++) {
      if (at === skip) continue;
      chunk = chunk * 10 + bytes[at] - 48;
      digits++;
    }
    if (multiplyAdd(words, count, POWERS[digits], chunk) !== 0) return false;
  }
  return true;
}

/** `words = words * factor + add` for a factor up to a million. @returns what didn't fit. */
export function multiplyAdd(
  words: Uint32Array,
  count: number,
  factor: number,
  add: number,
): number {
  let carry = add;
  for (let i = 0; i < count; i++) {
    const product = words[i] * factor + carry;
    words[i] = product >>> 0;
    carry = Math.floor(product / WORD);
  }
  return carry;
}

/** `words = -words`. */
export function negate(words: Uint32Array, count: number): void {
  let carry = 1;
  for (let i = 0; i < count; i++) {
    const flipped = (~words[i] >>> 0) + carry;
    words[i] = flipped >>> 0;
    carry = flipped >= WORD ? 1 : 0;
  }
}

/**
 * Writes the digits of unsigned `words` so that they end before `end`, and
 * zeroes the words on the way. Writes at least `atLeast` digits.
 *
 * @returns where the digits start.
 */
export function writeDigitsBefore(
  words: Uint32Array,
  count: number,
  out: Uint8Array,
  end: number,
  atLeast: number,
): number {
  let top = count, at = end;
  while (top > 0 && words[top - 1] === 0) top--;
  while (top > 0) {
    let chunk = divideByChunk(words, top);
    while (top > 0 && words[top - 1] === 0) top--;
    // Inner chunks have all their six digits, the first one only its own.
    for (let i = 0; i < 6 && (top > 0 || chunk > 0); i++) {
      const rest = (chunk / 10) | 0;
      out[--at] = 48 + chunk - rest * 10;
      chunk = rest;
    }
  }
  while (end - at < atLeast) out[--at] = 48;
  return at;
}

/** `words = words / 10^6`. @returns the remainder. */
function divideByChunk(words: Uint32Array, count: number): number {
  let rest = 0;
  for (let i = count - 1; i >= 0; i--) {
    const dividend = rest * WORD + words[i];
    const quotient = Math.floor(dividend / CHUNK);
    words[i] = quotient;
    rest = dividend - quotient * CHUNK;
  }
  return rest;
}

/** Digits of a whole number from 0 to 2^53. */
export function digitCount(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    return value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  if (value < 1_000_000_000) return value < 100_000_000 ? 8 : 9;
  return 9 + digitCount(Math.floor(value / 1_000_000_000));
}

/** The digits of the numbers 0 to 99. */
const TENS = Uint8Array.from({ length: 100 }, (_, i) => 48 + ((i / 10) | 0));
const ONES = Uint8Array.from({ length: 100 }, (_, i) => 48 + i % 10);

/** Writes a whole number from 0 to 2^53 so that its digits end before `end`, at `end - digits`. */
export function writeNumberBefore(
  value: number,
  digits: number,
  out: Uint8Array,
  end: number,
): void {
  let at = end, left = digits, rest = value;
  // Below 2^31 the division is one of integers, which costs a third.
  while (rest > 0x7fff_ffff) {
    const high = Math.floor(rest / 100_000_000);
    writePairs((rest - high * 100_000_000) | 0, 8, out, at);
    at -= 8;
    left -= 8;
    rest = high;
  }
  writePairs(rest | 0, left, out, at);
}

/** Writes `digits` digits of a 32-bit number so that they end before `end`, two at a time. */
function writePairs(
  value: number,
  digits: number,
  out: Uint8Array,
  end: number,
): void {
  const start = end - digits;
  let at = end, rest = value;
  while (at >= start + 2) {
    const next = (rest / 100) | 0, pair = rest - next * 100;
    out[at - 1] = ONES[pair];
    out[at - 2] = TENS[pair];
    at -= 2;
    rest = next;
  }
  if (at > start) out[start] = 48 + rest % 10;
}

/** Writes two digits of a number from 0 to 99. */
export function writeTwo(value: number, out: Uint8Array, at: number): void {
  out[at] = TENS[value];
  out[at + 1] = ONES[value];
}
