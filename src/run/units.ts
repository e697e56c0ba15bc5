/**
 * Which steps run at the same time because a table flows between them batch by
 * batch, without being kept.
 *
 * @module
 */
import type { PlannedStep } from "../plan/plan.ts";
import { isStreaming } from "../plan/streaming.ts";

/** Steps that run at once as a chain, each reading the one before. Mostly one. */
export type Unit = readonly PlannedStep[];

/**
 * Cuts steps into units, in order. A step joins the unit of the step whose
 * table it takes batch by batch, when it is the only consumer of that table
 * and reads nothing else.
 *
 * In a sequential run that step must stand right before it, so that what has
 * happened when something fails is what would have happened one after another.
 *
 * @param cut Steps whose tables must be whole before anybody reads them.
 */
export function fuse(
  steps: readonly PlannedStep[],
  parallel = 1,
  cut: ReadonlySet<string> = new Set(),
): Unit[] {
  const consumers = countConsumers(steps);
  const units: PlannedStep[][] = [];
  for (const step of steps) {
    const producers = Object.values(step.inputs);
    const candidates = parallel > 1 ? units : units.slice(-1);
    const unit = candidates.find((one) => one.at(-1)!.id === producers[0]);
    const isFused = unit !== undefined && producers.length === 1 &&
      isStreaming(step.driver.spec, step.config) &&
      consumers.get(producers[0]) === 1 && !cut.has(producers[0]);
    if (isFused) unit.push(step);
    else units.push([step]);
  }
  return units;
}

/** How many inputs read each step's table. */
export function countConsumers(
  steps: readonly PlannedStep[],
): Map<string, number> {
  const consumers = new Map<string, number>();
  for (const { inputs } of steps) {
    for (const producer of Object.values(inputs)) {
      consumers.set(producer, (consumers.get(producer) ?? 0) + 1);
    }
  }
  return consumers;
}
