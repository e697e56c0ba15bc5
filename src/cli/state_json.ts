/**
 * What a step has kept, for other programs.
 *
 * @module
 */
import type { StateRecord } from "../../mod.ts";

/** A kept state with the names that all JSON of the command line has. */
export function stateJson(
  { pipeline, step, ts, runId, state }: StateRecord,
): Record<string, unknown> {
  return { pipeline, step, ts, run_id: runId, state };
}
