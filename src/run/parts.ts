/**
 * Steps that commit in parts and can go on amid their input, once they broke
 * off: only when the same rows come again in the same order, which is certain
 * of a table that lies on disk as a whole.
 *
 * @module
 */
import type { CommittedPart } from "../driver/driver.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { type CheckpointData, partOf } from "./checkpoint.ts";
import type { Verdicts } from "./verify.ts";

/**
 * Whether it is worth noting how far a step has come. Rows that it rejected are
 * in no file yet, so that it could not go on after them.
 *
 * @param kept Steps whose tables are kept on disk.
 */
export function canKeepPart(
  { inputs, step }: PlannedStep,
  kept: ReadonlySet<string>,
): boolean {
  const [producer, ...others] = Object.values(inputs);
  return producer !== undefined && others.length === 0 && kept.has(producer) &&
    step.rejects === null;
}

/** Whether it is known how many rows are there, or can be found out by the token. */
export function canGoOn({ announced, token }: CommittedPart): boolean {
  return announced === null || token !== null;
}

/**
 * How far the steps had come that a resumed run goes on with: those whose
 * target nobody has looked into, and whose input is still there.
 *
 * @param known Steps of which is known whether all of their changes are there.
 */
export function partsToGoOn(
  data: CheckpointData,
  known: Verdicts,
  steps: readonly PlannedStep[],
  isThere: (path: string) => boolean,
): Record<string, CommittedPart> {
  const { done, tables } = data;
  const kept = new Set(
    Object.keys(tables).filter((id) => id in done && isThere(tables[id].path)),
  );
  const parts: Record<string, CommittedPart> = {};
  for (const step of steps) {
    const part = partOf(data, step.id);
    if (part === null || step.id in known || !canGoOn(part)) continue;
    if (canKeepPart(step, kept)) parts[step.id] = part;
  }
  return parts;
}

/** Parts as a new checkpoint notes them. */
export function noteParts(
  parts: Readonly<Record<string, CommittedPart>>,
): Pick<CheckpointData, "committing" | "tokens" | "parts"> {
  const all = Object.entries(parts);
  return {
    committing: all.filter(([, { announced }]) => announced !== null)
      .map(([step]) => step),
    tokens: Object.fromEntries(
      all.flatMap(([step, { token }]) => token === null ? [] : [[step, token]]),
    ),
    parts: Object.fromEntries(
      all.map(([step, { rows, announced }]) => [step, { rows, announced }]),
    ),
  };
}
