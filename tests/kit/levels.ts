/**
 * The levels of isolation in which drivers are tested: both, or the one that
 * OSIRIS_TEST_ISOLATION names.
 *
 * @module
 */
export type Level = "worker" | "process";

/** The levels to test. */
export const LEVELS: readonly Level[] = levels();

function levels(): readonly Level[] {
  const all: readonly Level[] = ["worker", "process"];
  const named = Deno.env.get("OSIRIS_TEST_ISOLATION");
  if (named === undefined) return all;
  const found = all.filter((level) => level === named);
  if (found.length > 0) return found;
  throw new Error(`OSIRIS_TEST_ISOLATION is none of ${all.join(", ")}`);
}
