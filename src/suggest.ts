/**
 * The nearest right name for a wrong one, for hints.
 *
 * @module
 */

/**
 * The candidate nearest to `name`, or undefined when none is near.
 *
 * Near means at most a third of the name's length in edits (optimal string
 * alignment: insert, delete, replace, swap neighbours), and at least one.
 *
 * @example Usage
 * ```ts
 * import { nearest } from "./suggest.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(nearest("mysql.extracter", ["mysql.extractor", "mysql.writer"]), "mysql.extractor");
 * assert.equal(nearest("xyz", ["mysql.extractor"]), undefined);
 * ```
 */
export function nearest(
  name: string,
  candidates: Iterable<string>,
): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A hint sentence for `nearest`, or the list of what there is when nothing is near. */
export function didYouMean(
  name: string,
  candidates: Iterable<string>,
): string | undefined {
  const all = [...candidates];
  const near = nearest(name, all);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (all.length === 0) return undefined;
  const shown = all.slice(0, 12).map((candidate) => `"${candidate}"`).join(
    ", ",
  );
  return `Use one of ${shown}${all.length > 12 ? ", …" : ""}`;
}

/** Optimal string alignment distance (Damerau–Levenshtein without repeated edits). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
