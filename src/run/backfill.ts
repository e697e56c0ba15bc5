/**
 * Runs that read a range of an incremental source again, whatever was read
 * before, and leave its state as it is.
 *
 * @module
 */
import type { DriverRegistry } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import type { Manifest, Step } from "../manifest/manifest.ts";
import { isIncremental } from "./incremental.ts";

/** Values of the cursor column: rows above `from`, up to `to`. */
export interface CursorBounds {
  /** Value above which rows are read. */
  readonly from?: string | number;
  /** Value up to which rows are read. */
  readonly to?: string | number;
}

/**
 * The manifest with bounds in the `cursor` of every incremental step.
 *
 * @throws {OsirisError} `usage/invalid` when no step has one.
 */
export function withBounds(
  manifest: Manifest,
  drivers: DriverRegistry,
  bounds: CursorBounds,
): Manifest {
  if (!hasBounds(bounds)) return manifest;
  const isBounded = ({ driver: name, config }: Step): boolean => {
    const driver = drivers.get(name);
    return driver !== undefined && isIncremental({ driver, config });
  };
  if (!manifest.steps.some(isBounded)) {
    throw new OsirisError(
      "usage/invalid",
      `Cannot read a range: no step of "${manifest.name}" has a cursor`,
      { hint: "Set cursor in the config of an extractor that can" },
    );
  }
  const steps = manifest.steps.map((step) =>
    isBounded(step)
      ? {
        ...step,
        config: {
          ...step.config,
          cursor: { ...step.config.cursor as object, ...bounds },
        },
      }
      : step
  );
  return { ...manifest, steps };
}

/** Whether any bound is given. */
export function hasBounds({ from, to }: CursorBounds): boolean {
  return from !== undefined || to !== undefined;
}
