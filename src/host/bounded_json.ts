/**
 * JSON of what a sandbox sent, given up as soon as it is too long: a small
 * message can stand for a lot of text.
 *
 * @module
 */

/** Bits of the longest whole number that is written out. */
const MAX_BITS = 4096;

/**
 * A value as JSON, whole numbers beyond doubles as texts.
 *
 * Why not by the length of the JSON: what a message holds once may appear in it
 * a million times, a list may be long and hold nothing, and a number of
 * megabytes takes minutes to be written in digits.
 *
 * @throws {TypeError} when it has more than `atMost` characters, or is none.
 */
export function boundedJson(value: unknown, atMost: number): string {
  let left = atMost;
  function take(this: unknown, key: string, item: unknown): unknown {
    left -= Array.isArray(this)
      ? leastOf(item ?? null)
      : key.length + leastOf(item);
    if (left < 0) throw tooMuch();
    return typeof item === "bigint" ? String(item) : item;
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(value ?? null, take);
  } catch (thrown) {
    // The engine's own limits: nesting, and what a list stands for.
    throw thrown instanceof RangeError ? tooMuch() : thrown;
  }
  if (json === undefined || json.length > atMost) throw tooMuch();
  return json;
}

function tooMuch(): TypeError {
  return new TypeError("too much");
}

/** As many characters as a value takes at least, without what is in it. */
function leastOf(item: unknown): number {
  if (item === undefined) return 0; // left out
  if (typeof item === "string") return item.length;
  const isLong = typeof item === "bigint" &&
    BigInt.asIntN(MAX_BITS, item) !== item;
  return isLong ? Infinity : 1;
}
