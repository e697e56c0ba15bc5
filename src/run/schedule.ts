/**
 * Runs units in order, or those that are ready at once when parallel execution
 * is asked for; retries, releases tables, keeps states, stops at the first failure.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { RetryPolicy } from "../manifest/manifest.ts";
import type { RunEnvironment } from "./environment.ts";
import { executeUnit, type StepOutcome, withStep } from "./execute_unit.ts";
import { isRetryable, pause, retryDelay } from "./retry.ts";
import { warm } from "./sandboxes.ts";
import type { Unit } from "./units.ts";

/** Hears of each unit that is complete. */
export type OnComplete = (unit: Unit, outcomes: readonly StepOutcome[]) => void;

/**
 * Runs all units.
 *
 * @param parallel Units that may run at once; 1 = in order.
 * @throws {OsirisError} the first failure; units that were running are stopped.
 */
export async function schedule(
  units: readonly Unit[],
  environment: RunEnvironment,
  parallel: number,
  onComplete: OnComplete,
): Promise<void> {
  const waiting = [...units];
  const done = new Set<string>();
  const running = new Map<Unit, Promise<void>>();
  let failure: unknown;
  while (waiting.length > 0 || running.size > 0) {
    while (running.size < parallel && failure === undefined) {
      const index = waiting.findIndex((unit) => isReady(unit, done));
      if (index < 0) break;
      const [unit] = waiting.splice(index, 1);
      const next = waiting.find((other) => other !== unit);
      const work = runUnit(unit, environment).then((outcomes) => {
        unit.forEach(({ id }) => done.add(id));
        onComplete(unit, outcomes);
      }).catch((thrown) => {
        failure ??= thrown;
        environment.stop(thrown);
      }).finally(() => running.delete(unit));
      running.set(unit, work);
      if (next && parallel === 1) warm(next, environment);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure !== undefined) throw failure;
}

function isReady(unit: Unit, done: ReadonlySet<string>): boolean {
  const inside = new Set(unit.map(({ id }) => id));
  return unit.every(({ inputs }) =>
    Object.values(inputs).every((id) => done.has(id) || inside.has(id))
  );
}

/** Runs one unit, again where its policy says so and nothing of it is in the target. */
async function runUnit(
  unit: Unit,
  environment: RunEnvironment,
): Promise<StepOutcome[]> {
  for (let attempt = 1;; attempt++) {
    const policies = policiesOf(unit, environment);
    const attempts = Math.max(
      1,
      ...policies.map(({ maxAttempts }) => maxAttempts),
    );
    try {
      const outcomes = await executeUnit(unit, environment, attempt < attempts);
      release(unit, environment);
      return outcomes;
    } catch (thrown) {
      const error = withStep(thrown, unit[0].id);
      environment.journal.emit("step_failed", {
        step_id: error.step ?? null,
        code: error.code,
        error: error.message,
        hint: error.hint ?? null,
        attempt,
        traceback: error.cause instanceof Error
          ? `${error.cause.name}: ${error.cause.message}`
          : null,
      });
      if (error.code === "driver/permission") {
        environment.journal.emit("permission_denied", {
          step_id: error.step ?? null,
          error: error.message,
        });
      }
      const policy = policies.find((one) => isRetryable(error, one));
      const isFinal = !policy || attempt >= policy.maxAttempts ||
        environment.signal.aborted;
      if (isFinal) throw error;
      const delayMs = Math.round(retryDelay(policy, attempt));
      environment.journal.emit("step_retry", {
        step_id: error.step ?? null,
        code: error.code,
        attempt: attempt + 1,
        delay_ms: delayMs,
      });
      await pause(delayMs, environment.signal);
    }
  }
}

function policiesOf(unit: Unit, environment: RunEnvironment): RetryPolicy[] {
  return unit.map(({ step }) => step.retry ?? environment.plan.manifest.retry)
    .filter((policy) => policy !== null);
}

/** Lets go of the tables that the unit read from the cache. */
function release(unit: Unit, environment: RunEnvironment): void {
  const inside = new Set(unit.map(({ id }) => id));
  for (const { inputs } of unit) {
    for (const producer of Object.values(inputs)) {
      if (!inside.has(producer)) environment.release(producer);
    }
  }
}

/** Whether an error says that the run was stopped from outside. */
export function isInterruption(thrown: unknown): boolean {
  return thrown instanceof OsirisError && thrown.code === "run/interrupted";
}
