/**
 * Which of several failures of a unit is the one to tell: the cause and not a
 * consequence, with the step at fault and not the one it pulls along.
 *
 * @module
 */
import type { StepReport } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { SessionResult } from "../host/session.ts";
import type { PlannedStep } from "../plan/plan.ts";

/** Resolves to the first failure that is a cause, not a consequence; undefined when all go well. */
export async function firstFailure(
  work: readonly Promise<unknown>[],
): Promise<unknown> {
  let consequence: unknown;
  const cause = Promise.withResolvers<unknown>();
  const all = work.map((one) =>
    one.catch((thrown) => {
      if (isConsequence(thrown)) consequence ??= thrown;
      else cause.resolve(thrown);
    })
  );
  return await Promise.race([
    cause.promise,
    Promise.all(all).then(() => consequence),
  ]);
}

function isConsequence(thrown: unknown): boolean {
  return thrown instanceof OsirisError && thrown.code === "step/cancelled";
}

/**
 * The error of a unit.
 *
 * A step that was cut off because the next one stopped reading is not at
 * fault: the next one is. And when a writer of the unit has made its changes
 * final, the error says so (`details.committed`), so that nobody tries again.
 *
 * @param settled How each step's session ended.
 * @param signal The run's: a stop from outside explains every cut.
 */
export function blame(
  thrown: unknown,
  steps: readonly PlannedStep[],
  settled: readonly PromiseSettledResult<SessionResult>[],
  signal: AbortSignal,
): unknown {
  let error = thrown;
  if (isConsequence(thrown) && !signal.aborted) {
    const quitter = steps.find((_, index) => {
      const result = settled[index];
      return result.status === "fulfilled" &&
        Object.values(result.value.counts.inputs).some((input) =>
          !input.isComplete
        );
    });
    if (quitter) error = unread(quitter, thrown);
  }
  const committed = steps.reduce((total, step, index) => {
    const result = settled[index];
    const isFinal = result.status === "fulfilled" &&
      step.driver.spec.mode === "write" &&
      Object.keys(step.targets).length === 0;
    return isFinal ? total + rowsOf(result.value) : total;
  }, 0);
  return committed > 0 ? withCommitted(error, committed) : error;
}

/** At least one: a change that is final counts even when its driver reports nothing. */
function rowsOf({ result }: SessionResult): number {
  const { rowsWritten } = (result ?? {}) as Partial<StepReport>;
  return Math.max(1, Number(rowsWritten) || 0);
}

function unread({ id }: PlannedStep, cause: unknown): OsirisError {
  return new OsirisError(
    "data/count-mismatch",
    `Cannot complete step "${id}": it did not read its input to the end`,
    { step: id, cause },
  );
}

function withCommitted(thrown: unknown, committed: number): unknown {
  if (!(thrown instanceof OsirisError)) return thrown;
  return derive(thrown, {
    details: { ...thrown.details, committed },
  });
}

/** The same error with the step it belongs to. */
export function withStep(thrown: unknown, step: string): OsirisError {
  if (!(thrown instanceof OsirisError)) {
    return new OsirisError(
      "internal/bug",
      `Cannot run step "${step}": ${
        thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : thrown
      }`,
      { step, cause: thrown },
    );
  }
  return thrown.step === undefined ? derive(thrown, { step }) : thrown;
}

function derive(
  { code, message, hint, step, faults, details, cause }: OsirisError,
  more: { step?: string; details?: OsirisError["details"] },
): OsirisError {
  return new OsirisError(
    code,
    message,
    {
      ...(hint !== undefined && { hint }),
      ...(step !== undefined && { step }),
      ...(faults !== undefined && { faults }),
      ...(details !== undefined && { details }),
      ...(cause !== undefined && { cause }),
      ...more,
    } as ConstructorParameters<typeof OsirisError>[2],
  );
}
