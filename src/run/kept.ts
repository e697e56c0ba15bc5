/**
 * Which tables go to disk as a whole, for a run that resumes this one.
 *
 * @module
 */
import type { PlannedStep } from "../plan/plan.ts";
import { isIncremental } from "./incremental.ts";
import { readersOf } from "./resume.ts";

/**
 * The steps whose tables are kept.
 *
 * Asked for, all that others read. Otherwise none, for the sake of speed and
 * since rows at rest are rows that can be read, but those that come from an
 * incremental step and end in more than one writer: reading them again would
 * give one writer other rows than the other, and the state could not move on.
 */
export function keptTables(
  steps: readonly PlannedStep[],
  isAsked: boolean,
): Set<string> {
  const readers = readersOf(steps);
  if (isAsked) {
    return new Set(
      steps.map(({ id }) => id).filter((id) => readers.get(id)!.size > 0),
    );
  }
  const modes = new Map(
    steps.map(({ id, driver }) => [id, driver.spec.mode]),
  );
  const kept = new Set<string>();
  for (const { id } of steps.filter(isIncremental)) {
    const all = [...readers.get(id)!];
    if (all.filter((one) => modes.get(one) === "write").length < 2) continue;
    for (const one of [id, ...all]) {
      if (readers.get(one)!.size > 0) kept.add(one);
    }
  }
  return kept;
}
