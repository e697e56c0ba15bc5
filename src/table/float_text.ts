/**
 * Reads the decimal text of floats, exactly.
 *
 * A number whose digits are below 2^53 and whose power of ten is at most 22 is
 * one exact product or quotient of two exact doubles (Clinger's fast path);
 * all others go through the engine's own reader.
 *
 * @module
 */

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The double nearest to the text `bytes[start, end)`: `-12`, `1.5`, `.5`,
 * `1e-300`, `NaN`, `-Infinity`. Undefined when it is no such text, or
 * beyond the largest double.
 */
export function readFloat(
  bytes: Uint8Array,
  start: number,
  end: number,
): number | undefined {
  const sign = bytes[start];
  let at = sign === 45 || sign === 43 ? start + 1 : start;
  let value = 0, digits = 0, fraction = 0;
  for (; at < end; at++, digits++) {
    const digit = bytes[at] - 48;
    if ((digit >>> 0) > 9) break;
    value = value * 10 + digit;
  }
  if (at < end && bytes[at] === 46) {
    const point = ++at;
    for (; at < end; at++) {
      const digit = bytes[at] - 48;
      if ((digit >>> 0) > 9) break;
      value = value * 10 + digit;
    }
    fraction = at - point;
    digits += fraction;
  }
  if (digits === 0) return readWord(bytes, start, end);
  if (at === end && digits <= 15 && fraction <= 22) {
    const exact = fraction === 0 ? value : value / POWERS[fraction];
    return sign === 45 ? -exact : exact;
  }
  if (at < end && !isExponent(bytes, at, end)) return undefined;
  const slow = Number(asciiText(bytes, start, end));
  return Math.abs(slow) === Infinity ? undefined : slow;
}

function isExponent(bytes: Uint8Array, at: number, end: number): boolean {
  if ((bytes[at] | 32) !== 101) return false;
  const sign = bytes[at + 1];
  const from = sign === 45 || sign === 43 ? at + 2 : at + 1;
  if (from >= end) return false;
  for (let i = from; i < end; i++) {
    if (((bytes[i] - 48) >>> 0) > 9) return false;
  }
  return true;
}

/** The words that JavaScript writes for what isn't a finite number. */
function readWord(
  bytes: Uint8Array,
  start: number,
  end: number,
): number | undefined {
  const length = end - start;
  if (length !== 3 && length !== 8 && length !== 9) return undefined;
  switch (asciiText(bytes, start, end)) {
    case "NaN":
      return NaN;
    case "Infinity":
      return Infinity;
    case "-Infinity":
      return -Infinity;
    default:
      return undefined;
  }
}

/** ASCII bytes as a string. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
