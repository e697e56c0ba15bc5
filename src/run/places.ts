/**
 * Where a run writes.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { Plan } from "../plan/plan.ts";
import type { RunContext } from "./adapter.ts";

/** Absolute paths of what runs write. */
export interface Places {
  /** Folder of `.osiris`. */
  readonly home: string;
  /** Folder of all runs. */
  readonly root: string;
  /** Folder of incremental states. */
  readonly stateRoot: string;
}

/** The places of a run. */
export function placesOf({ cwd }: Plan, context: RunContext): Places {
  const home = resolve(cwd, context.home ?? ".osiris");
  return {
    home,
    root: resolve(cwd, context.out ?? "run_logs"),
    stateRoot: context.stateFolder === undefined
      ? join(home, "state")
      : resolve(cwd, context.stateFolder),
  };
}
