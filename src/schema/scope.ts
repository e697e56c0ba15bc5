/**
 * What the parts of a schema check share.
 *
 * @module
 */
import type { JsonSchema } from "../driver/spec.ts";
import type { Fault } from "../error.ts";

/** A schema: keywords, or `true` and `false` for anything and nothing. */
export type Schema = JsonSchema | boolean;

/** What one check carries along. */
export interface Scope {
  /** Where local references count from. */
  readonly root: JsonSchema;
  readonly faults: Fault[];
  /** Checks a part of the value against a part of the schema; gives it back with defaults. */
  readonly check: (
    schema: Schema,
    value: unknown,
    path: string,
    scope: Scope,
  ) => unknown;
}

/** The schema at a local reference such as `#/$defs/duration`. */
export function resolve(reference: string, root: JsonSchema): Schema {
  let at: unknown = root;
  for (
    const part of reference.replace(/^#\/?/, "").split("/").filter(Boolean)
  ) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll(
      "~0",
      "~",
    );
    at = typeof at === "object" && at !== null && Object.hasOwn(at, key)
      ? (at as Record<string, unknown>)[key]
      : undefined;
  }
  if (typeof at === "boolean" || (typeof at === "object" && at !== null)) {
    return at as Schema;
  }
  throw new RangeError(`No schema at "${reference}"`);
}

/** Adds a fault and leaves the value as it is. */
export function refuse(
  scope: Scope,
  path: string,
  message: string,
  value: unknown,
): unknown {
  fault(scope, path, message);
  return value;
}

/** Adds a fault. */
export function fault(
  scope: Scope,
  path: string,
  message: string,
  hint?: string,
): void {
  scope.faults.push({ path, message, ...(hint !== undefined && { hint }) });
}
