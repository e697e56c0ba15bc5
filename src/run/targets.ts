/**
 * The files that are written for a step: those of its driver, and the one for
 * its bad rows.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Plan, PlannedFile, PlannedStep } from "../plan/plan.ts";
import { partialPath } from "../plan/step_files.ts";
import { REJECTS } from "../protocol.ts";

/** The files of a step by name. */
export function targetsOf(
  { targets, step }: PlannedStep,
  { cwd }: Plan,
): Record<string, PlannedFile> {
  if (step.rejects === null) return { ...targets };
  const resolved = resolve(cwd, step.rejects);
  const file = {
    path: step.rejects,
    resolved,
    partial: partialPath(resolved),
    createFolders: true,
  };
  return { ...targets, [REJECTS]: file };
}

/** Where a run writes beside its targets. */
export function partialsOf(plan: Plan): string[] {
  return plan.steps.flatMap((step) =>
    Object.values(targetsOf(step, plan)).flatMap(({ partial }) => partial ?? [])
  );
}
