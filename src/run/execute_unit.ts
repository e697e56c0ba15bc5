/**
 * Runs the steps of one unit at the same time: starts their sandboxes, joins
 * them by ports, waits for all, checks that no row was lost between them, and
 * puts their files in place.
 *
 * @module
 */
import type { StepReport } from "../driver/driver.ts";
import type { OsirisError } from "../error.ts";
import type { SessionResult } from "../host/session.ts";
import { REJECTS } from "../protocol.ts";
import { blame, firstFailure, withStep } from "./blame.ts";
import type { RunEnvironment } from "./environment.ts";
import { holdAtStart, release } from "./held.ts";
import type { StepOutcome } from "./outcome.ts";
import { reconcile } from "./reconcile.ts";
import { runStep } from "./run_step.ts";
import { discard, type Running, startStep } from "./start_step.ts";
import { join } from "./streams.ts";
import type { Unit } from "./units.ts";

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
    const sessions = running.map((step) => runStep(step, context));
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
