/**
 * What steps hold of their tables: asked for when they start, or while they
 * run, and told when they have ended.
 *
 * @module
 */
import type { PlannedStep } from "../plan/plan.ts";
import { isStreaming } from "../plan/streaming.ts";
import type { RunEnvironment } from "./environment.ts";
import type { Journal } from "./journal.ts";
import { MemoryShare, type Need } from "./memory_share.ts";
import type { TableCache } from "./cache.ts";
import type { Unit } from "./units.ts";

/** What holding needs to know of the unit that runs. */
export interface HoldContext {
  readonly unit: Unit;
  readonly environment: RunEnvironment;
  /** Aborted when the unit is to stop. */
  readonly signal: AbortSignal;
  /** Whether tables that the unit reads must stay for another attempt. */
  readonly keepInputs: boolean;
}

/** Divides a run's budget between its cache and what steps hold. */
export function shareMemory(
  budget: number,
  cache: TableCache,
  journal: Pick<Journal, "emit">,
): MemoryShare {
  return new MemoryShare({
    budget,
    makeRoom: (bytes) => cache.hold(bytes),
    onFree: (bytes) => cache.unhold(bytes),
    onWait: (step, need, held) =>
      journal.emit("memory_wait", { "step_id": step, need, held, budget }),
    onNear: (step, bytes) =>
      bytes > budget
        ? journal.emit("memory_over", { "step_id": step, need: bytes, budget })
        : journal.emit("limit_near", {
          "step_id": step,
          limit: "memory_budget",
          of: budget,
          seen: bytes,
        }),
  });
}

/**
 * Waits until there is room for what the first step of a unit takes in, if it
 * holds that whole. Steps after it take batches.
 *
 * @throws {unknown} as {@linkcode MemoryShare.hold}
 */
export async function holdAtStart(context: HoldContext): Promise<void> {
  const [first] = context.unit;
  const { spec } = first.driver;
  const isHolding = Object.keys(first.inputs).length > 0 &&
    !isStreaming(spec, first.config);
  if (isHolding) await hold(first, context);
}

/**
 * Waits until a step may hold so many bytes of its tables.
 *
 * @throws {unknown} as {@linkcode MemoryShare.hold}
 */
export async function holdMore(
  planned: PlannedStep,
  bytes: number,
  context: HoldContext,
): Promise<void> {
  const { share } = context.environment;
  if (!share.isHolder(planned.id)) await hold(planned, context);
  await share.grow(planned.id, bytes);
}

/** Ends what the steps of a unit hold, and tells how much it was. */
export function release(unit: Unit, environment: RunEnvironment): void {
  const { share, journal } = environment;
  for (const [step, bytes] of share.release(unit.map(({ id }) => id))) {
    journal.measure("held_bytes", bytes, "bytes", step);
  }
}

async function hold(
  planned: PlannedStep,
  { unit, environment, signal, keepInputs }: HoldContext,
): Promise<void> {
  const { share, cache } = environment;
  const producers = Object.values(planned.inputs);
  const inside = new Set(unit.map(({ id }) => id));
  const need: Need = producers.some((id) => inside.has(id))
    ? null
    : producers.reduce((sum, id) => sum + cache.size(id), 0);
  const granted = (): void => {
    if (keepInputs) return;
    producers.filter((id) => environment.isLastUse(id)).forEach((id) =>
      cache.lend(id)
    );
  };
  const { id } = planned;
  await share.hold({ step: id, unit: unit[0].id, need, granted }, signal);
}
