/**
 * Makes everything ready for a run: locks, states, what killed runs left, the
 * run that is resumed, the run's own folder.
 *
 * @module
 */
import type { Json } from "../driver/driver.ts";
import type { Plan } from "../plan/plan.ts";
import type { PreparedRun, RunContext } from "./adapter.ts";
import { Checkpoint } from "./checkpoint.ts";
import { fingerprint } from "./fingerprint.ts";
import { makeRunFolder, type RunFolder } from "./folder.ts";
import { isIncremental } from "./incremental.ts";
import { folderError, Journal } from "./journal.ts";
import { sweepLeftovers, type Swept } from "./leftovers.ts";
import { goLive, type RunLock } from "./live.ts";
import { type Places, placesOf } from "./places.ts";
import { type Resumed, resumeRun } from "./resume.ts";
import { lockStates, readStates, stateWriters } from "./state.ts";
import { noteParts } from "./parts.ts";
import { partialsOf } from "./targets.ts";
import { askTargets, forgetCommits } from "./verify.ts";

/** Prepares a run; nothing but its folder and `.osiris` is touched. @throws {OsirisError} */
export async function prepareRun(
  plan: Plan,
  context: RunContext,
): Promise<PreparedRun> {
  const startedAt = performance.now();
  const places = placesOf(plan, context);
  const locks: RunLock[] = [];
  let journal: Journal | undefined;
  try {
    if (!context.sampleRows) locks.push(...lockStates(places.stateRoot, plan));
    const states = readStates(places.stateRoot, plan.manifest, plan.steps);
    const swept = sweep(places, plan);
    const resumed = await openResumed(plan, context, places, states);
    if (resumed) locks.push(resumed.lock);
    const folder = makeRunFolder(plan.manifest, places.root, places.home);
    locks.push(goLive(folder, plan));
    const { mask, onEvent } = context;
    journal = new Journal(folder.path, folder.runId, { mask, onEvent });
    const checkpoint = context.sampleRows
      ? null
      : openCheckpoint(plan, context, folder, states, resumed);
    tellSwept(swept, journal);
    await forgetCommits(plan, resumed?.tokens ?? {}, journal, context.signal);
    return {
      plan,
      folder,
      journal,
      states,
      resumed,
      checkpoint,
      locks,
      startedAt,
    };
  } catch (thrown) {
    journal?.close();
    locks.toReversed().forEach((lock) => lock.release());
    throw thrown;
  }
}

/** Sweeps after killed runs. What can't be swept is told, and no reason not to run. */
function sweep({ home }: Places, plan: Plan): Swept[] {
  const own = new Set(partialsOf(plan));
  try {
    return sweepLeftovers(home, own);
  } catch (thrown) {
    return [{ runId: "", failures: [String(thrown)] }];
  }
}

function tellSwept(swept: readonly Swept[], journal: Journal): void {
  for (const { runId, failures } of swept) {
    journal.emit("leftovers_swept", { run: runId, failures });
  }
}

async function openResumed(
  plan: Plan,
  context: RunContext,
  { root, stateRoot }: Places,
  states: ReadonlyMap<string, Json>,
): Promise<Resumed | null> {
  if (context.resume === undefined || context.sampleRows) return null;
  const { name } = plan.manifest;
  const { verdicts = {} } = context;
  return await resumeRun({
    run: context.resume,
    root,
    pipeline: name,
    profile: plan.manifest.profile,
    steps: plan.steps,
    fingerprint: fingerprint(plan, context.mask),
    states,
    stateWriters: stateWriters(stateRoot, name, [...states.keys()]),
    verdicts,
    ask: (data) =>
      askTargets(plan, data, Object.keys(verdicts), context.signal),
  });
}

/** Begins the run's checkpoint. A run that is resumed is handed over only when ours is on disk. */
function openCheckpoint(
  plan: Plan,
  { mask }: RunContext,
  folder: RunFolder,
  states: ReadonlyMap<string, Json>,
  resumed: Resumed | null,
): Checkpoint {
  const incremental = plan.steps.filter(isIncremental);
  try {
    const checkpoint = new Checkpoint(folder.path, {
      version: 1,
      "run_id": folder.runId,
      fingerprint: fingerprint(plan, mask),
      states: Object.fromEntries(
        incremental.map(({ id }) => [id, states.get(id) ?? null]),
      ),
      done: Object.fromEntries(resumed?.done.map((one) => [one.id, one]) ?? []),
      tables: resumed?.tables ?? {},
      ...noteParts(resumed?.parts ?? {}),
      "resumed_from": resumed?.folder ?? null,
      "continued_by": null,
    });
    resumed?.handOver(folder.runId);
    return checkpoint;
  } catch (thrown) {
    throw folderError(folder.path, thrown);
  }
}
