/**
 * Whether a step takes its tables batch by batch, or holds them whole.
 *
 * @module
 */
import type { DriverSpec } from "../driver/spec.ts";
import { checkSchema } from "../schema/check.ts";

/** Whether a driver takes batches as they come, with this config. */
export function isStreaming(
  { capabilities }: DriverSpec,
  config: Readonly<Record<string, unknown>>,
): boolean {
  const { streaming = false } = capabilities ?? {};
  if (typeof streaming === "boolean") return streaming;
  return checkSchema(streaming, config, "config").faults.length === 0;
}
