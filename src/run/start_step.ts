/**
 * Starts a step of a unit: opens its files and its sandbox, and says so.
 *
 * @module
 */
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { Target } from "../host/target.ts";
import type { Sandbox } from "../host/sandbox.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { withStep } from "./blame.ts";
import type { RunEnvironment } from "./environment.ts";
import { NEAR } from "./limits.ts";
import { levelOf, openSandbox } from "./sandboxes.ts";
import { after } from "./stop.ts";
import type { StepPorts } from "./streams.ts";
import { targetsOf } from "./targets.ts";

/** A step while it runs. */
export interface Running extends StepPorts {
  readonly sandbox: Sandbox;
  readonly targets: Readonly<Record<string, Target>>;
  readonly startedAt: number;
  readonly timers: ReturnType<typeof setTimeout>[];
  readonly peak: () => number;
  readonly end: AbortController;
}

/**
 * Opens what a step needs: its targets first, since their refusal must come
 * before anything runs.
 *
 * @param controller Aborts the step's unit when it takes longer than its limit.
 * @throws {OsirisError} with `step` set; nothing of it is left then.
 */
export async function startStep(
  planned: PlannedStep,
  environment: RunEnvironment,
  controller: AbortController,
): Promise<Running> {
  const targets: Record<string, Target> = {};
  try {
    const files = environment.sampleRows === null
      ? targetsOf(planned, environment.plan)
      : planned.targets;
    for (const [name, file] of Object.entries(files)) {
      targets[name] = await Target.open(file);
    }
    environment.journal.emit("step_start", {
      "step_id": planned.id,
      driver: planned.driver.spec.name,
      isolation: levelOf(planned, environment.plan),
      permissions: { ...planned.permissions },
      reads: Object.values(planned.sources).map(({ resolved }) => resolved),
      writes: Object.values(planned.targets).map(({ resolved }) => resolved),
      ...codeOf(planned),
    });
    tellPart(planned.id, environment);
    environment.onDisk(planned.id); // what the run itself says counts too
    const end = new AbortController();
    const sandbox = openSandbox(planned, environment);
    return {
      planned,
      sandbox,
      hear: (message) => sandbox.post(message),
      targets,
      startedAt: performance.now(),
      timers: limitSeconds(planned, environment, controller),
      peak: environment.memory.span(),
      end,
      over: end.signal,
      inputs: {},
      output: null,
    };
  } catch (thrown) {
    await discard(planned.id, targets, environment);
    throw withStep(thrown, planned.id);
  }
}

/** Says after which rows a step goes on. */
function tellPart(step: string, environment: RunEnvironment): void {
  const part = environment.partOf(step);
  if (part === null) return;
  const { rows, announced } = part;
  environment.journal.emit("step_resumed", {
    "step_id": step,
    "rows_committed": rows,
    "rows_uncertain": announced === null ? 0 : announced - rows,
  });
}

/** Stops the unit when a step takes longer than its limit, and warns before. */
function limitSeconds(
  { id, step }: PlannedStep,
  { journal }: RunEnvironment,
  controller: AbortController,
): ReturnType<typeof setTimeout>[] {
  const { seconds } = step.limits;
  if (typeof seconds !== "number") return [];
  const near = after(
    seconds * 1000 * NEAR,
    (seen) =>
      journal.emit("limit_near", {
        "step_id": id,
        limit: "seconds",
        of: seconds,
        seen,
      }),
  );
  const wall = after(seconds * 1000, () =>
    controller.abort(
      new OsirisError(
        "run/limit",
        `Cannot go on: "${id}": more than ${seconds} seconds`,
        { step: id, hint: "Raise limits.seconds, or do less in one step" },
      ),
    ));
  return [near, wall].filter((timer) => timer !== undefined);
}

/** Removes a step's files that are not in place, last first. */
export async function discard(
  step: string,
  targets: Running["targets"],
  environment: RunEnvironment,
): Promise<void> {
  for (const target of Object.values(targets).toReversed()) {
    await target.discard().catch((thrown) =>
      environment.cleanUpFailed(step, thrown)
    );
  }
}

/** Which code it is, where that is not ours. */
function codeOf(
  { step, driver: { origin } }: PlannedStep,
): Record<string, Json> {
  return origin.kind === "module"
    ? { module: step.driver, sha256: origin.sha256 ?? null }
    : {};
}
