/**
 * Opens the sandbox that a step's driver and isolation ask for.
 *
 * @module
 */
import type { Driver } from "../driver/driver.ts";
import { launchInline } from "../host/launch_inline.ts";
import { launchWorker } from "../host/launch_worker.ts";
import type { Sandbox } from "../host/sandbox.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { RunEnvironment } from "./environment.ts";

/** Boot module for drivers that are not ours. */
const MODULE_BOOT = new URL("../worker/module.worker.ts", import.meta.url);

/** Gives the step's warmed sandbox, or opens one. @throws {OsirisError} `permission/missing` */
export function openSandbox(
  planned: PlannedStep,
  environment: RunEnvironment,
): Sandbox {
  const warmed = environment.warm.get(planned.id);
  environment.warm.delete(planned.id);
  return warmed ?? launch(planned, environment);
}

/** Opens sandboxes of steps whose turn comes next. What can't be opened is told when its turn comes. */
export function warm(
  steps: readonly PlannedStep[],
  environment: RunEnvironment,
): void {
  for (const planned of steps) {
    if (environment.warm.has(planned.id)) continue;
    try {
      environment.warm.set(planned.id, launch(planned, environment));
    } catch {
      // Opening it again in its turn gives the error its place.
    }
  }
}

function launch(planned: PlannedStep, environment: RunEnvironment): Sandbox {
  const { origin } = planned.driver;
  const isolation = planned.step.isolation ??
    environment.plan.manifest.isolation;
  switch (origin.kind) {
    case "object":
      return launchInline(() => Promise.resolve(origin.driver));
    case "builtin":
      if (isolation === "inline") {
        return launchInline(async () =>
          (await origin.load()).default as Driver
        );
      }
      return launchWorker({
        name: planned.id,
        boot: origin.worker,
        permissions: planned.permissions,
      });
    case "module":
      return launchWorker({
        name: planned.id,
        boot: MODULE_BOOT,
        permissions: planned.permissions,
      });
  }
}
