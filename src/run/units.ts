/**
 * Which steps run at the same time because a table flows between them batch by
 * batch, without being kept.
 *
 * @module
 */
import type { PlannedStep } from "../plan/plan.ts";

/** Steps that run at once as a chain, each reading the one before. Mostly one. */
export type Unit = readonly PlannedStep[];

/**
 * Cuts steps into units, in order. A step joins the unit of the step right
 * before it when it takes that step's table batch by batch, is its only
 * consumer, and reads nothing else: so that results and their order are those
 * of steps that run one after another.
 */
export function fuse(steps: readonly PlannedStep[]): Unit[] {
  const consumers = countConsumers(steps);
  const units: PlannedStep[][] = [];
  for (const step of steps) {
    const unit = units.at(-1);
    const before = unit?.at(-1);
    const producers = Object.values(step.inputs);
    const isFused = before !== undefined &&
      step.driver.spec.capabilities?.streaming === true &&
      producers.length === 1 && producers[0] === before.id &&
      consumers.get(before.id) === 1;
    if (isFused) unit!.push(step);
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
