/**
 * What a module says it imports, read from its text.
 *
 * A search for words, not a parser: what it finds too much (in a comment, in a
 * text) costs nothing, since it only leads to code files of the driver's own
 * folder; what it misses is denied when the module is loaded.
 *
 * @module
 */

/** Takes time by the text's length: no stretch of it is tried in two ways. */
const IMPORT =
  /\b(?:from|import)(?=(\s*))\1(?:\((?=(\s*))\2)?(?:"([^"\n]+)"|'([^'\n]+)')/g;

/** Specifiers after `from`, `import` and within `import(…)`, each once. */
export function importsOf(source: string): string[] {
  const found = source.matchAll(IMPORT).map(([, , , double, single]) =>
    double ?? single
  );
  return [...new Set(found)];
}
