/**
 * The same error with more to it.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";

/** What is to be other. */
export interface Change {
  readonly code?: OsirisError["code"];
  /** Said behind the message. */
  readonly addition?: string;
  readonly hint?: string;
  /** Facts beside those that are there. */
  readonly details?: NonNullable<OsirisError["details"]>;
}

/** A copy of an error with the changes; its cause, faults and step stay. */
export function derive(
  error: OsirisError,
  { code = error.code, addition = "", hint = error.hint, details }: Change,
): OsirisError {
  const { message, cause, faults, step } = error;
  const all = details === undefined && error.details === undefined
    ? undefined
    : { ...error.details, ...details };
  return new OsirisError(code, message + addition, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
    ...(faults !== undefined && { faults }),
    ...(step !== undefined && { step }),
    ...(all !== undefined && { details: all }),
  });
}
