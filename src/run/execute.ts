/**
 * Runs the steps of a prepared run, and cleans up however it ends.
 *
 * @module
 */
import type { OsirisError } from "../error.ts";
import type { Plan } from "../plan/plan.ts";
import { hasBounds } from "./backfill.ts";
import type { Execution, PreparedRun, RunContext } from "./adapter.ts";
import { type KeptTable, TableCache } from "./cache.ts";
import { tablesFolder } from "./checkpoint.ts";
import { RunEnvironment } from "./environment.ts";
import type { StepOutcome } from "./outcome.ts";
import type { RunFolder } from "./folder.ts";
import { shareMemory } from "./held.ts";
import { folderError } from "./journal.ts";
import { keptTables } from "./kept.ts";
import { removeIfThere } from "./live.ts";
import { type MemoryWatch, watchMemory } from "./memory.ts";
import { placesOf } from "./places.ts";
import { tellFailure, tellStart, tellStep } from "./report.ts";
import { schedule } from "./schedule.ts";
import { PendingStates } from "./state.ts";
import { runStop } from "./stop.ts";
import { fuse, type Unit } from "./units.ts";

/** Executes a run. Does not throw for what a step does. */
export async function executeRun(
  prepared: PreparedRun,
  context: RunContext,
): Promise<Execution> {
  const { plan, folder, journal, resumed, checkpoint } = prepared;
  const { deadlines, limits } = plan.manifest;
  const stop = runStop({
    signal: context.signal,
    failures: [journal.broken],
    deadlineMs: deadlines.runMs,
    seconds: limits.seconds,
    onNear: (facts) => journal.emit("limit_near", facts),
  });
  const memory = watchMemory();
  const environment = openEnvironment(prepared, context, stop.signal, memory);
  tellStart(prepared, Boolean(context.sampleRows));
  const outcomes = [...resumed?.done ?? []];
  let error: OsirisError | null = null;
  try {
    await runSteps(prepared, context, environment, outcomes);
  } catch (thrown) {
    error = tellFailure(journal, thrown);
  } finally {
    stop.clear();
    await cleanUp(environment, folder);
  }
  if (error === null) tryTo(() => checkpoint?.removeTables(), environment);
  const peakRssBytes = memory.stop();
  const { peakDiskBytes, peakBytes } = environment.cache;
  journal.measure("peak_rss_bytes", peakRssBytes, "bytes", null);
  journal.measure("peak_table_bytes", peakBytes, "bytes", null);
  journal.measure("peak_spill_bytes", peakDiskBytes, "bytes", null);
  return { outcomes, peakRssBytes, stuck: [...environment.stuck], error };
}

function openEnvironment(
  { plan, folder, journal, states, resumed, checkpoint }: PreparedRun,
  { mask, sampleRows, onProgress }: RunContext,
  signal: AbortSignal,
  memory: MemoryWatch,
): RunEnvironment {
  const cache = new TableCache({
    folder: folder.work,
    keepFolder: tablesFolder(folder.path),
    budget: plan.manifest.memoryBudget,
    onSpill: (table, bytes) =>
      journal.emit("memory_spill", { "step_id": table, bytes }),
    onDisk: (table, bytes) => environment.onDisk(table, bytes),
  });
  for (const [id, table] of Object.entries(resumed?.tables ?? {})) {
    cache.adopt(id, table);
  }
  const steps = resumed?.steps ?? plan.steps;
  const environment: RunEnvironment = new RunEnvironment({
    plan: sampleRows ? withoutWriters(plan) : { ...plan, steps },
    journal,
    cache,
    memory,
    share: shareMemory(plan.manifest.memoryBudget, cache, journal),
    signal,
    sampleRows: sampleRows ?? null,
    mask,
    states,
    checkpoint,
    kept: checkpoint
      ? keptTables(plan.steps, plan.manifest.checkpoint)
      : new Set(),
    ...(onProgress && { onProgress }),
  });
  return environment;
}

/** A plan in which nothing is written: for dry runs. */
function withoutWriters(plan: Plan): Plan {
  const steps = plan.steps.filter(({ driver }) => driver.spec.mode !== "write");
  return { ...plan, steps };
}

async function runSteps(
  { plan, folder, journal, resumed, checkpoint }: PreparedRun,
  context: RunContext,
  environment: RunEnvironment,
  outcomes: StepOutcome[],
): Promise<void> {
  const { manifest, steps } = plan;
  const modes = new Map(steps.map(({ id, driver }) => [id, driver.spec.mode]));
  const { stateRoot } = placesOf(plan, context);
  const pending = new PendingStates(
    stateRoot,
    manifest.name,
    folder.runId,
    steps,
  );
  const keepsState = checkpoint !== null && !hasBounds(context.bounds ?? {});
  for (const { id, state } of keepsState ? resumed?.done ?? [] : []) {
    pending.complete(id, state);
  }
  const units = fuse(
    environment.plan.steps,
    manifest.parallel,
    environment.kept,
  );
  await schedule(units, environment, manifest.parallel, (unit, done) => {
    try {
      checkpoint?.complete(done, tablesOf(unit, environment));
    } catch (thrown) {
      throw folderError(folder.path, thrown);
    }
    for (const outcome of done) {
      outcomes.push(outcome);
      tellStep(journal, outcome, modes.get(outcome.id)!);
      if (keepsState) pending.complete(outcome.id, outcome.state);
    }
  });
}

/** The tables of a unit that lie on disk. */
function tablesOf(
  unit: Unit,
  { cache }: RunEnvironment,
): Record<string, KeptTable> {
  const tables: Record<string, KeptTable> = {};
  for (const { id } of unit) {
    const kept = cache.kept(id);
    if (kept) tables[id] = kept;
  }
  return tables;
}

/** Ends what is still there; each failure is told, none hides another. */
async function cleanUp(
  environment: RunEnvironment,
  { work }: RunFolder,
): Promise<void> {
  const { warm, cache } = environment;
  for (const sandbox of warm.values()) {
    await sandbox.stop().catch((thrown) =>
      environment.cleanUpFailed(null, thrown)
    );
  }
  tryTo(() => cache.close(), environment);
  tryTo(() => removeIfThere(work, { recursive: true }), environment);
}

function tryTo(act: () => void, environment: RunEnvironment): void {
  try {
    act();
  } catch (thrown) {
    environment.cleanUpFailed(null, thrown);
  }
}
