/**
 * Which verbs work on each row by itself.
 *
 * @module
 */

/** Verbs that do their work row by row, as long as their expressions do. */
export const ROWWISE: readonly string[] = [
  "filter",
  "derive",
  "select",
  "rename",
  "relocate",
  "ungroup",
  "unorder",
  "reify",
];
