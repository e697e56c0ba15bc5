/**
 * Runs the steps of one unit at the same time: starts their sandboxes, joins
 * them by ports, waits for all, checks that no row was lost between them, and
 * puts their files in place.
 *
 * @module
 */
import { FAR_CREDITS } from "../channel/credit.ts";
import type { Json, StepReport } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { placeholders } from "../host/fetch_broker.ts";
import { sourceFacts } from "../host/source.ts";
import { Target } from "../host/target.ts";
import type { Sandbox } from "../host/sandbox.ts";
import { runSession, type SessionResult } from "../host/session.ts";
import { requireUnchanged } from "../modules/unchanged.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { REJECTS, type Start } from "../protocol.ts";
import { blame, firstFailure, withStep } from "./blame.ts";
import type { RunEnvironment } from "./environment.ts";
import { holdAtStart, type HoldContext, holdMore, release } from "./held.ts";
import { NEAR } from "./limits.ts";
import { reconcile } from "./reconcile.ts";
import { levelOf, openSandbox } from "./sandboxes.ts";
import { after } from "./stop.ts";
import { join, type StepPorts } from "./streams.ts";
import { targetsOf } from "./targets.ts";
import type { StepOutcome } from "./outcome.ts";
import type { Unit } from "./units.ts";

/** One step of the unit while it runs. */
interface Running extends StepPorts {
  readonly sandbox: Sandbox;
  readonly targets: Readonly<Record<string, Target>>;
  readonly startedAt: number;
  readonly timers: ReturnType<typeof setTimeout>[];
  readonly peak: () => number;
  readonly end: AbortController;
}

/**
 * Runs a unit.
 *
 * @param keepInputs Whether tables that the unit reads must stay for another attempt.
 * @throws {OsirisError} the failure that came first, with `step` set; no file of the unit is in place then.
 */
export async function executeUnit(
  unit: Unit,
  environment: RunEnvironment,
  keepInputs: boolean,
): Promise<StepOutcome[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, environment.signal]);
  const running: Running[] = [];
  const side: Promise<void>[] = [];
  const holding = { unit, environment, signal, keepInputs };
  try {
    await holdAtStart(holding);
    for (const planned of unit) {
      running.push(await startStep(planned, environment, controller));
    }
    const context = { ...holding, side };
    running.forEach((step, index) => join(step, running[index + 1], context));
    tellInputs(running, environment);
    const sessions = running.map((step) => session(step, context));
    const failed = firstFailure([...sessions, ...side]);
    failed.then((thrown) => thrown !== undefined && controller.abort(thrown));
    const settled = await Promise.allSettled(sessions);
    await Promise.allSettled(side);
    const thrown = await failed;
    const steps = running.map(({ planned }) => planned);
    if (thrown !== undefined) {
      throw blame(thrown, steps, settled, environment.signal);
    }
    const results = settled.map((result) =>
      (result as PromiseFulfilledResult<SessionResult>).value
    );
    try {
      reconcile(steps, results, environment);
    } catch (mismatch) {
      throw blame(mismatch, steps, settled, environment.signal);
    }
    return await commit(running, results);
  } catch (thrown) {
    controller.abort(thrown);
    await keepRejects(running, thrown);
    throw thrown;
  } finally {
    await clean(running, environment);
    release(unit, environment);
  }
}

/** Opens what a step needs: its targets first, since their refusal must come before anything runs. */
async function startStep(
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

function tellInputs(
  running: readonly Running[],
  { journal }: RunEnvironment,
): void {
  for (const { planned } of running) {
    journal.emit("inputs_resolved", {
      "step_id": planned.id,
      inputs: planned.inputs,
    });
  }
}

/** Runs one step's session with everything that it may know. */
async function session(
  step: Running,
  context: HoldContext,
): Promise<SessionResult> {
  const { unit, environment, signal } = context;
  const whileItRuns = AbortSignal.any([signal, step.over]);
  const { planned, sandbox, targets } = step;
  const { id, driver, connection } = planned;
  const brokered = connection?.fields.direct_secret === true
    ? []
    : driver.spec.capabilities?.brokeredSecrets ?? [];
  const { fields, secrets } = placeholders(connection?.fields ?? {}, brokered);
  try {
    const facts = await Promise.all(
      Object.entries(planned.sources).map(async ([name, file]) =>
        [name, await sourceFacts(file)] as const
      ),
    );
    const start: Omit<Start, "t" | "targets"> = {
      task: { kind: "run" },
      step: id,
      module: driver.origin.kind === "module" ? driver.origin.url : null,
      config: planned.config,
      connection: connection && fields,
      values: planned.values,
      inputs: step.inputs,
      producers: planned.inputs,
      isDeepCheck: environment.readsOthers(planned),
      output: step.output,
      ...(levelOf(planned, environment.plan) === "process" &&
        { credits: FAR_CREDITS }),
      sources: Object.fromEntries(facts),
      rejects: planned.step.rejects === null
        ? null
        : { atMost: planned.step.maxRejects },
      sampleRows: environment.sampleRows,
      state: environment.stateOf(id),
      committed: environment.partOf(id),
      deadlines: environment.deadlinesOf(planned),
    };
    await requireUnchanged(driver.origin); // as late as can be
    const result = await runSession(sandbox, {
      start,
      sources: planned.sources,
      targets,
      hosts: planned.permissions.net,
      secrets,
      deadlines: environment.deadlinesOf(planned),
      isWatched: driver.origin.kind !== "builtin" ||
        driver.spec.needs?.net === undefined,
      related: unit.map((one) => one.id),
      signal,
      hooks: {
        ...environment.hooksOf(id),
        hold: (bytes) =>
          holdMore(planned, bytes, { ...context, signal: whileItRuns }),
      },
    });
    environment.requireNoSecret(id, "the state", result.state ?? null);
    return result;
  } catch (thrown) {
    throw withStep(thrown, id);
  } finally {
    step.end.abort();
  }
}

/** Puts files in place and says what each step did. */
async function commit(
  running: readonly Running[],
  results: readonly SessionResult[],
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const [index, step] of running.entries()) {
    const files = [];
    for (const target of Object.values(step.targets)) {
      try {
        await target.commit();
      } catch (thrown) {
        throw withStep(thrown, step.planned.id);
      }
      files.push({ path: target.resolved, bytes: target.bytes });
    }
    outcomes.push(outcome(step, results[index], files));
  }
  return outcomes;
}

/** Puts the bad rows of a step in place that failed since they were too many. */
async function keepRejects(
  running: readonly Running[],
  thrown: unknown,
): Promise<void> {
  const { code, step: id } = thrown as Partial<OsirisError>;
  if (code !== "data/rejected") return;
  const step = running.find(({ planned }) => planned.id === id);
  // What can't be put in place is removed with the rest.
  await step?.targets[REJECTS]?.commit().catch(() => {});
}

function outcome(
  { planned, startedAt, peak, sandbox }: Running,
  { result, counts, accounted, bytesRead, state }: SessionResult,
  files: StepOutcome["files"],
): StepOutcome {
  const { mode } = planned.driver.spec;
  const report = result as StepReport | null;
  const peakRssBytes = peak(); // a process of the step's own knows better
  return {
    id: planned.id,
    rowsRead: mode === "extract" ? counts.rowsOut : sum(
      Object.values(counts.inputs).map(({ rows }) => rows),
    ),
    rowsWritten: mode === "write" ? report!.rowsWritten : counts.rowsOut,
    rowsExplained: accounted,
    rowsBefore: report?.rowsBefore ?? 0,
    bytesRead,
    bytesWritten: sum(files.map(({ bytes }) => bytes)) +
      (report?.bytesWritten ?? 0),
    durationMs: performance.now() - startedAt,
    peakRssBytes: sandbox.peakRssBytes ?? peakRssBytes,
    files,
    state,
  };
}

/** Ends all sandboxes and removes files that are not in place, last step first. Each failure is told, none hides another. */
async function clean(
  running: readonly Running[],
  environment: RunEnvironment,
): Promise<void> {
  // All are told before any is waited for: each may take its time to end.
  const ending = running.toReversed().map((step) => {
    step.timers.forEach(clearTimeout);
    step.end.abort();
    step.peak();
    const { sandbox } = step;
    return { ...step, ended: settled(() => sandbox.stop()) };
  });
  for (const { planned: { id }, ended, targets } of ending) {
    const end = await ended;
    if (end.status === "rejected") environment.cleanUpFailed(id, end.reason);
    else if (!end.value) environment.onStuck(id);
    await discard(id, targets, environment);
  }
}

/** Removes a step's files that are not in place, last first. */
async function discard(
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

/** How work ends, whether it throws at once or later. */
async function settled<T>(
  work: () => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([Promise.try(work)]);
  return result;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Which code it is, where that is not ours. */
function codeOf(
  { step, driver: { origin } }: PlannedStep,
): Record<string, Json> {
  return origin.kind === "module"
    ? { module: step.driver, sha256: origin.sha256 ?? null }
    : {};
}
