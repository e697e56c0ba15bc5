/**
 * Which steps read what is new only, and so keep a state.
 *
 * @module
 */
import type { DriverSpec } from "../driver/spec.ts";

/** Whether a step reads on from a kept state: its driver can, and its config has a `cursor`. */
export function isIncremental({ driver, config }: {
  readonly driver: { readonly spec: DriverSpec };
  readonly config: Readonly<Record<string, unknown>>;
}): boolean {
  const { cursor } = config;
  return driver.spec.capabilities?.incremental === true &&
    typeof cursor === "object" && cursor !== null && !Array.isArray(cursor);
}
