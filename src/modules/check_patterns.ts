/**
 * Refuses patterns of a spec's schemas that may take for ever. They run in the
 * main thread, where nothing can stop them.
 *
 * A pattern takes for ever when a text can be matched in very many ways, all of
 * which are tried. Each part that leaves a choice multiplies them: a repeat by
 * the text's length, an option by two. So few of them are taken, and no repeat
 * of a group that repeats or chooses within.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";

/** Repeats that a pattern may have for texts of any length, and for short ones. */
const MOST_REPEATS = { anyLength: 2, short: 4 };
/** Options and choices that it may have. */
const MOST_CHOICES = 6;
/** Characters of a short text. */
const SHORT = 1000;
/** Characters of a pattern. */
const LONGEST = 500;

/** Adds a fault for every pattern below `node` that may take for ever. */
export function checkPatterns(
  node: unknown,
  path: string,
  faults: FaultList,
): void {
  if (typeof node !== "object" || node === null) return;
  const { maxLength } = node as { maxLength?: unknown };
  const isShort = typeof maxLength === "number" && maxLength <= SHORT;
  for (const [key, value] of Object.entries(node)) {
    const patterns = key === "pattern" && typeof value === "string"
      ? [value]
      : key === "patternProperties" && typeof value === "object" && value
      ? Object.keys(value)
      : [];
    for (const pattern of patterns) {
      if (!isRisky(pattern, isShort && key === "pattern")) continue;
      faults.add(
        "driver/invalid",
        childPath(path, key),
        "is a pattern that may take for ever",
        `Repeat no group that repeats or chooses within, and little else: with a maxLength of ${SHORT} a little more`,
      );
    }
    checkPatterns(value, childPath(path, key), faults);
  }
}

function isRisky(pattern: string, isShort: boolean): boolean {
  if (pattern.length > LONGEST || /\\[1-9]|\\k</.test(pattern)) return true;
  const plain = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
  const { anyLength, short } = MOST_REPEATS;
  const repeats = countOf(plain, /[*+]|\{\d+,\d*\}/g) +
    (plain.startsWith("^") ? 0 : 1); // it is tried at each place
  const choices = countOf(plain, /(?<![*+?}(])\?|\|/g);
  return repeats > (isShort ? short : anyLength) || choices > MOST_CHOICES ||
    repeatsChoice(plain);
}

/** Whether a group is repeated that repeats or chooses within. */
function repeatsChoice(plain: string): boolean {
  const open: boolean[] = [];
  for (let at = 0; at < plain.length; at++) {
    const character = plain[at];
    if (character === "(") open.push(false);
    else if (character === ")") {
      const isComplex = open.pop() ?? false;
      const isRepeated = /^(?:[*+]|\{\d+,?\d*\})/.test(plain.slice(at + 1));
      if (isComplex && isRepeated) return true;
      if ((isComplex || isRepeated) && open.length > 0) {
        open[open.length - 1] = true;
      }
    } else if ("*+|{".includes(character) && open.length > 0) {
      open[open.length - 1] = true;
    }
  }
  return false;
}

function countOf(text: string, part: RegExp): number {
  return [...text.matchAll(part)].length;
}
