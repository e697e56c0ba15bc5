/**
 * A step on its way through the checks, with the places to name in faults.
 *
 * @module
 */
import type { Step } from "./manifest.ts";

/** A step that has the right shape, its references not yet checked. */
export interface StepDraft {
  readonly step: Step;
  /** `steps[2]`. */
  readonly path: string;
  /** Where each input is written: `steps[2].inputs.df`, `steps[2].needs[0]`. */
  readonly inputPaths: Readonly<Record<string, string>>;
  /** Where the config is written: `steps[2].config`, or the config file. */
  readonly configPath: string;
}

/** The ids of the steps whose tables a step takes, each once. */
export function producersOf(step: Step): string[] {
  const ids = Object.values(step.inputs).flatMap((input) =>
    input.kind === "table" ? [input.step] : []
  );
  return [...new Set(ids)];
}
