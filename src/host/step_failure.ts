/**
 * What a step failed with, as the host tells it.
 *
 * @module
 */
import { OsirisError } from "../error.ts";

/** A step may fail for itself or pass on the failure of a step beside it, but blame no other. */
export function ownFailure(
  error: OsirisError,
  step: string,
  related: readonly string[],
): OsirisError {
  const { code, message, hint, faults, details, cause } = error;
  const isKnown = error.step !== undefined && related.includes(error.step);
  const named = message.replace(
    /^Cannot complete step:/,
    `Cannot complete step "${step}":`,
  );
  return new OsirisError(code, named, {
    step: isKnown ? error.step! : step,
    cause,
    ...(hint !== undefined && { hint }),
    ...(faults !== undefined && { faults }),
    ...(details !== undefined && { details }),
  });
}

/** The reason why a step was stopped. */
export function asError(reason: unknown, step: string): OsirisError {
  return reason instanceof OsirisError ? reason : new OsirisError(
    "step/cancelled",
    `Cannot complete step "${step}": it was cancelled`,
    { step, cause: reason },
  );
}
