/**
 * Opens the sandbox that a step's driver and isolation ask for.
 *
 * @module
 */
import type { Driver } from "../driver/driver.ts";
import {
  canStartProcesses,
  childEnvironment,
  requireProcesses,
} from "../host/child_command.ts";
import { launchInline } from "../host/launch_inline.ts";
import { launchProcess } from "../host/launch_process.ts";
import { launchWorker } from "../host/launch_worker.ts";
import type { Sandbox } from "../host/sandbox.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { isolationOf } from "../plan/isolation.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { ProcessLimits, ProcessUsage } from "../worker/keep_limits.ts";
import type { Journal } from "./journal.ts";
import { NEAR } from "./limits.ts";
import { targetsOf } from "./targets.ts";

/** Boot module for drivers that are not ours. */
const MODULE_BOOT = new URL("../worker/module.worker.ts", import.meta.url);

/** What opening a sandbox needs to know of its run. */
export interface Premises {
  readonly plan: Plan;
  /** Sandboxes that were started before their step's turn, by step. */
  readonly warm: Map<string, Sandbox>;
  readonly journal: Pick<Journal, "emit">;
}

/** Gives the step's warmed sandbox, or opens one. @throws {OsirisError} `permission/missing` */
export function openSandbox(
  planned: PlannedStep,
  environment: Premises,
): Sandbox {
  const warmed = environment.warm.get(planned.id);
  environment.warm.delete(planned.id);
  return warmed ?? launch(planned, environment);
}

/** Opens sandboxes of steps whose turn comes next. What can't be opened is told when its turn comes. */
export function warm(
  steps: readonly PlannedStep[],
  environment: Premises,
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

function launch(planned: PlannedStep, environment: Premises): Sandbox {
  const { id, permissions, driver: { origin } } = planned;
  const level = levelOf(planned, environment.plan);
  if (origin.kind === "object") {
    return launchInline(() => Promise.resolve(origin.driver));
  }
  if (origin.kind === "builtin" && level === "inline") {
    return launchInline(async () => (await origin.load()).default as Driver);
  }
  const boot = origin.kind === "builtin" ? origin.worker : MODULE_BOOT;
  const start = { name: id, boot, permissions };
  if (level !== "process") {
    warnOfWorker(planned, environment);
    return launchWorker(start);
  }
  requireProcesses(id);
  const limits = processLimits(planned, environment);
  return launchProcess({
    ...start,
    sources: Object.values(planned.sources),
    partials: Object.values(targetsOf(planned, environment.plan))
      .flatMap(({ partial }) => partial ?? []),
    limits,
    onUsage: nearLimits(id, limits, environment.journal),
    environment: variables(environment),
  });
}

/** Where a step really runs: what is left to us is decided by whose code it is. */
export function levelOf(planned: PlannedStep, { manifest }: Plan): Isolation {
  const asked = isolationOf(planned, manifest.isolation);
  if (asked !== "auto") return asked;
  const isOurs = planned.driver.origin.kind !== "module";
  return isOurs || !canStartProcesses() ? "worker" : "process";
}

/** Tells of a driver that is not ours and would be in a process, if one could be started. */
function warnOfWorker(
  planned: PlannedStep,
  { plan, journal }: Premises,
): void {
  const { id, driver: { origin } } = planned;
  const asked = isolationOf(planned, plan.manifest.isolation);
  if (asked !== "auto" || origin.kind !== "module") return;
  journal.emit("log", {
    "step_id": id,
    level: "warn",
    message:
      `the driver of "${id}" is not ours and runs in a worker, which confines neither its memory nor its CPU time: this run may not start Deno`,
  });
}

function processLimits(
  { step }: PlannedStep,
  { plan }: Premises,
): ProcessLimits {
  const { limits } = plan.manifest;
  return {
    memoryMb: step.limits.memoryMb ?? limits.memoryMb,
    cpuS: step.limits.cpuS ?? limits.cpuS,
  };
}

/** Warns, once each, when a process comes near its limits. */
function nearLimits(
  step: string,
  { memoryMb, cpuS }: ProcessLimits,
  journal: Premises["journal"],
): (usage: ProcessUsage) => void {
  const limits = new Map([["memory_mb", memoryMb], ["cpu_s", cpuS]]);
  return (usage) => {
    const seen = {
      "memory_mb": Math.round(usage.rssBytes / 2 ** 20),
      "cpu_s": Math.round(usage.cpuS * 10) / 10,
    };
    for (const [limit, is] of Object.entries(seen)) {
      const of = limits.get(limit) ?? Infinity;
      if (is < of * NEAR) continue;
      limits.delete(limit);
      journal.emit("limit_near", { "step_id": step, limit, of, seen: is });
    }
  };
}

/** Variables of a run's processes: found out once. */
const found = new WeakMap<
  Premises,
  ReturnType<typeof childEnvironment>
>();

function variables(
  environment: Premises,
): ReturnType<typeof childEnvironment> {
  let known = found.get(environment);
  if (!known) found.set(environment, known = childEnvironment());
  return known;
}
