/**
 * Where the steps of a plan run, and what their host must start for it.
 *
 * @module
 */
import type { Isolation, Step } from "../manifest/manifest.ts";
import type { PlannedStep } from "./plan.ts";

/**
 * Where a step is to run. An object runs in the thread that passed it, a module
 * of the user's never does. Limits that only a process can be held to make
 * `auto` one.
 */
export function isolationOf(
  { step, driver }: Pick<PlannedStep, "step" | "driver">,
  standard: Isolation,
): Isolation {
  const { kind } = driver.origin;
  if (kind === "object") return "inline";
  const asked = step.isolation ?? standard;
  if (asked === "auto" && hasProcessLimits(step)) return "process";
  return kind === "module" && asked === "inline" ? "worker" : asked;
}

/** Whether a step has limits that only a process can be held to. */
export function hasProcessLimits({ limits }: Step): boolean {
  return typeof limits.memoryMb === "number" || typeof limits.cpuS === "number";
}

/** Programs that the host must start, and those that it starts if it may. */
export function startedPrograms(
  steps: readonly PlannedStep[],
  standard: Isolation,
): { readonly run: readonly string[]; readonly mayRun: readonly string[] } {
  const none: readonly string[] = [];
  const deno = [Deno.execPath()];
  const levels = steps.map((step) => isolationOf(step, standard));
  if (levels.includes("process")) return { run: deno, mayRun: none };
  // A compiled program has no Deno to start, and falls back to workers.
  const wishes = !Deno.build.standalone &&
    steps.some(({ driver }, index) =>
      levels[index] === "auto" && driver.origin.kind === "module"
    );
  return { run: none, mayRun: wishes ? deno : none };
}
