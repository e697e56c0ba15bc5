/**
 * Runs units in order, or those that are ready at once when parallel execution
 * is asked for; retries, releases tables, stops at the first failure.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { RetryPolicy } from "../manifest/manifest.ts";
import { withStep } from "./blame.ts";
import type { RunEnvironment } from "./environment.ts";
import { executeUnit } from "./execute_unit.ts";
import type { StepOutcome } from "./outcome.ts";
import { isRetryable, pause, retryDelay } from "./retry.ts";
import { warm } from "./sandboxes.ts";
import type { Unit } from "./units.ts";

/** Hears of each unit that is complete, before the tables it read are dropped. */
export type OnComplete = (unit: Unit, outcomes: readonly StepOutcome[]) => void;

/**
 * Runs all units.
 *
 * @param parallel Units that may run at once; 1 = in order.
 * @throws {OsirisError} the first failure; units that were running have stopped by then.
 */
export async function schedule(
  units: readonly Unit[],
  environment: RunEnvironment,
  parallel: number,
  onComplete: OnComplete,
): Promise<void> {
  const waiting = [...units];
  const left = new Set(units.flat().map(({ id }) => id));
  const running = new Set<Promise<void>>();
  let failure: { readonly thrown: unknown } | undefined;

  const start = (unit: Unit): void => {
    const work = runUnit(unit, environment, onComplete)
      .then(() => unit.forEach(({ id }) => left.delete(id)))
      .catch((thrown) => {
        failure ??= { thrown };
        environment.stop(thrown);
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  for (;;) {
    while (running.size < parallel && !environment.signal.aborted) {
      const index = waiting.findIndex((unit) => isReady(unit, left));
      if (index < 0) break;
      const [unit] = waiting.splice(index, 1);
      start(unit);
      if (parallel === 1 && waiting.length > 0) warm(waiting[0], environment);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (failure) throw failure.thrown;
  if (waiting.length === 0) return;
  environment.signal.throwIfAborted(); // stopped while no unit was running
  throw unreachable(waiting[0]);
}

/** Whether nothing that a unit reads is still to be run. A table that is there from the start counts as run. */
function isReady(unit: Unit, left: ReadonlySet<string>): boolean {
  const inside = new Set(unit.map(({ id }) => id));
  return unit.every(({ inputs }) =>
    Object.values(inputs).every((id) => !left.has(id) || inside.has(id))
  );
}

function unreachable([{ id }]: Unit): OsirisError {
  return new OsirisError(
    "internal/bug",
    `Cannot run step "${id}": its inputs never come`,
    { step: id },
  );
}

/** Runs one unit, again where its policy says so and nothing of it is in the target. */
async function runUnit(
  unit: Unit,
  environment: RunEnvironment,
  onComplete: OnComplete,
): Promise<void> {
  const most = mostAttempts(unit, environment);
  for (let attempt = 1;; attempt++) {
    try {
      const outcomes = await executeUnit(unit, environment, attempt < most);
      onComplete(unit, outcomes);
      return release(unit, environment);
    } catch (thrown) {
      const error = withStep(thrown, unit[0].id);
      tellFailure(error, attempt, environment);
      const policy = policyOf(unit, error, environment);
      const uncertain = unit.filter(({ id }) =>
        environment.isUncertain(id, error)
      );
      const isFinal = policy === null || attempt >= policy.maxAttempts ||
        environment.signal.aborted || uncertain.length > 0;
      if (isFinal) throw error;
      const delayMs = Math.round(retryDelay(policy, attempt));
      environment.journal.emit("step_retry", {
        "step_id": error.step ?? null,
        code: error.code,
        attempt: attempt + 1,
        "delay_ms": delayMs,
      });
      await pause(delayMs, environment.signal);
    }
  }
}

function tellFailure(
  error: OsirisError,
  attempt: number,
  environment: RunEnvironment,
): void {
  const { journal } = environment;
  const { step, code, message, hint, cause } = error;
  journal.emit("step_failed", {
    "step_id": step ?? null,
    code,
    error: message,
    hint: hint ?? null,
    attempt,
    traceback: cause instanceof Error
      ? `${cause.name}: ${cause.message}`
      : null,
  });
  if (code === "driver/permission" && !environment.isToldDenial(error)) {
    journal.emit("permission_denied", {
      "step_id": step ?? null,
      error: message,
    });
  }
}

/** The policy of the step that has failed, if it takes the failure: what another step of the unit may do again is not for this one. */
function policyOf(
  unit: Unit,
  error: OsirisError,
  environment: RunEnvironment,
): RetryPolicy | null {
  const failed = unit.find(({ id }) => id === error.step) ?? unit[0];
  const policy = failed.step.retry ?? environment.plan.manifest.retry;
  const goesOn = environment.partOf(failed.id) !== null;
  return policy !== null && isRetryable(error, policy, goesOn) ? policy : null;
}

/** How often a unit is run at most, whichever of its steps fails. */
function mostAttempts(unit: Unit, { plan }: RunEnvironment): number {
  return Math.max(
    1,
    ...unit.map(({ step }) =>
      (step.retry ?? plan.manifest.retry)?.maxAttempts ?? 1
    ),
  );
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
