/**
 * The adapter that runs every step in a sandbox on this machine.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { Json } from "../driver/driver.ts";
import type { OsirisError } from "../error.ts";
import type { Plan } from "../plan/plan.ts";
import type { Adapter, Execution, PreparedRun, RunContext } from "./adapter.ts";
import { TableCache } from "./cache.ts";
import { RunEnvironment } from "./environment.ts";
import type { StepOutcome } from "./execute_unit.ts";
import {
  addToIndex,
  folderBytes,
  makeRunFolder,
  type RunFolder,
  writeJson,
} from "./folder.ts";
import { folderError, Journal } from "./journal.ts";
import { sweepLeftovers } from "./leftovers.ts";
import { goLive, removeIfThere, type RunLock } from "./live.ts";
import { type MemoryWatch, watchMemory } from "./memory.ts";
import { summarize, tellFailure, tellStep } from "./report.ts";
import type { RunResult } from "./result.ts";
import type { RunRecord } from "./runs.ts";
import { schedule } from "./schedule.ts";
import { lockStates, PendingStates, readStates } from "./state.ts";
import { runStop } from "./stop.ts";
import { fuse } from "./units.ts";

/** Runs every step in a sandbox on this machine. */
export class LocalAdapter implements Adapter {
  /** @inheritdoc */
  prepare(plan: Plan, context: RunContext): PreparedRun {
    const startedAt = performance.now();
    const { home, root, stateRoot } = placesOf(plan, context);
    const locks: RunLock[] = [];
    let journal: Journal | undefined;
    try {
      const isIncremental = !context.sampleRows;
      if (isIncremental) locks.push(...lockStates(stateRoot, plan));
      const states = readStates(stateRoot, plan.manifest, plan.steps);
      const folder = makeRunFolder(plan.manifest, root, home);
      locks.push(goLive(folder, plan));
      const { mask, onEvent } = context;
      journal = new Journal(folder.path, folder.runId, { mask, onEvent });
      sweep(folder, plan, journal);
      return { plan, folder, journal, states, locks, startedAt };
    } catch (thrown) {
      journal?.close();
      locks.toReversed().forEach((lock) => lock.release());
      throw thrown;
    }
  }

  /** @inheritdoc */
  async execute(
    prepared: PreparedRun,
    context: RunContext,
  ): Promise<Execution> {
    const { plan, folder, journal } = prepared;
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
    tellStart(prepared, context);
    const outcomes: StepOutcome[] = [];
    let error: OsirisError | null = null;
    try {
      await runSteps(prepared, context, environment, outcomes);
    } catch (thrown) {
      error = tellFailure(journal, thrown);
    } finally {
      stop.clear();
      await cleanUp(environment, folder);
    }
    const peakRssBytes = memory.stop();
    const { peakDiskBytes } = environment.cache;
    journal.measure("peak_rss_bytes", peakRssBytes, "bytes", null);
    journal.measure("peak_spill_bytes", peakDiskBytes, "bytes", null);
    return { outcomes, peakRssBytes, stuck: [...environment.stuck], error };
  }

  /** @inheritdoc */
  collect(prepared: PreparedRun, execution: Execution): RunResult {
    const { plan, folder, journal, startedAt, locks } = prepared;
    const ended = {
      plan,
      runId: folder.runId,
      runFolder: folder.path,
      durationMs: performance.now() - startedAt,
      ...execution,
    };
    const result = summarize(ended);
    journal.measure("duration_ms", result.durationMs, "ms", null);
    journal.measure(
      "run_folder_bytes",
      folderBytes(folder.path),
      "bytes",
      null,
    );
    journal.emit("cleanup_complete", {
      "total_rows": result.totalRows,
      "duration_ms": result.durationMs,
    });
    journal.emit("run_end", { status: result.status });
    journal.close();
    let failure = journal.broken.aborted ? journal.broken.reason : null;
    try {
      writeStatus(prepared, result);
    } catch (thrown) {
      failure ??= folderError(folder.path, thrown);
    }
    locks.toReversed().forEach((lock) => lock.release());
    return failure && !execution.error
      ? summarize({ ...ended, error: failure })
      : result;
  }
}

/** Absolute paths of what a run writes. */
function placesOf(
  plan: Plan,
  context: RunContext,
): { home: string; root: string; stateRoot: string } {
  const home = resolve(plan.cwd, context.home ?? ".osiris");
  return {
    home,
    root: resolve(plan.cwd, context.out ?? "run_logs"),
    stateRoot: context.stateFolder === undefined
      ? join(home, "state")
      : resolve(plan.cwd, context.stateFolder),
  };
}

/** Sweeps after killed runs. What can't be swept is told, and no reason not to run. */
function sweep(folder: RunFolder, plan: Plan, journal: Journal): void {
  const own = new Set(
    plan.steps.flatMap(({ targets }) =>
      Object.values(targets).flatMap(({ partial }) => partial ?? [])
    ),
  );
  try {
    for (const { runId, failures } of sweepLeftovers(folder, own)) {
      journal.emit("leftovers_swept", { run: runId, failures });
    }
  } catch (thrown) {
    journal.emit("cleanup_failed", { "step_id": null, error: String(thrown) });
  }
}

function openEnvironment(
  { plan, folder, journal, states }: PreparedRun,
  { sampleRows, onProgress }: RunContext,
  signal: AbortSignal,
  memory: MemoryWatch,
): RunEnvironment {
  const cache = new TableCache({
    folder: folder.work,
    keepFolder: join(folder.path, "checkpoint"),
    budget: plan.manifest.memoryBudget,
    onSpill: (table, bytes) =>
      journal.emit("memory_spill", { "step_id": table, bytes }),
  });
  return new RunEnvironment({
    plan: sampleRows ? withoutWriters(plan) : plan,
    journal,
    cache,
    memory,
    signal,
    sampleRows: sampleRows ?? null,
    states,
    kept: new Set(),
    ...(onProgress && { onProgress }),
  });
}

/** A plan in which nothing is written: for dry runs. */
function withoutWriters(plan: Plan): Plan {
  const steps = plan.steps.filter(({ driver }) => driver.spec.mode !== "write");
  return { ...plan, steps };
}

function tellStart(
  { plan, journal }: PreparedRun,
  { sampleRows }: RunContext,
): void {
  const { source, hash, name, profile } = plan.manifest;
  journal.emit("run_start", {
    manifest: source,
    "manifest_hash": hash,
    pipeline: name,
    profile,
    steps: plan.steps.map(({ id }) => id),
    "dry_run": Boolean(sampleRows),
  });
}

async function runSteps(
  { plan: { manifest, steps }, folder, journal }: PreparedRun,
  context: RunContext,
  environment: RunEnvironment,
  outcomes: StepOutcome[],
): Promise<void> {
  const modes = new Map(
    steps.map(({ id, driver }) => [id, driver.spec.mode]),
  );
  const { stateRoot } = placesOf(environment.plan, context);
  const pending = new PendingStates(
    stateRoot,
    manifest.name,
    folder.runId,
    steps,
  );
  await schedule(
    fuse(environment.plan.steps, manifest.parallel),
    environment,
    manifest.parallel,
    (_, done) => {
      for (const outcome of done) {
        outcomes.push(outcome);
        tellStep(journal, outcome, modes.get(outcome.id)!);
        if (!context.sampleRows) pending.complete(outcome.id, outcome.state);
      }
    },
  );
}

/** Ends what is still there; each failure is told, none hides another. */
async function cleanUp(
  { warm, cache, journal }: RunEnvironment,
  { work }: RunFolder,
): Promise<void> {
  const acts = [
    ...[...warm.values()].map((sandbox) => () => sandbox.stop()),
    () => cache.close(),
    () => removeIfThere(work, { recursive: true }),
  ];
  for (const act of acts) {
    try {
      await act();
    } catch (thrown) {
      journal.emit("cleanup_failed", {
        "step_id": null,
        error: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
  }
}

function writeStatus(
  { plan, folder }: PreparedRun,
  result: RunResult,
): void {
  const { manifest } = plan;
  const record: RunRecord = {
    "run_id": result.runId,
    pipeline: manifest.name,
    profile: manifest.profile,
    "manifest_hash": manifest.hash,
    status: result.status,
    code: result.error?.code ?? null,
    "steps_completed": result.stepsCompleted,
    "steps_total": result.stepsTotal,
    "total_rows": result.totalRows,
    "duration_ms": result.durationMs,
    "run_folder": folder.path,
  };
  const status = {
    ...record,
    "peak_rss_bytes": result.peakRssBytes,
    steps: result.steps.map((step) => ({ ...step })),
    artifacts: result.artifacts.map((artifact) => ({ ...artifact })),
    unsandboxed: result.unsandboxed,
    error: result.error
      ? { code: result.error.code, step: result.error.step ?? null }
      : null,
  };
  writeJson(join(folder.path, "status.json"), status as unknown as Json);
  addToIndex(folder.index, record as unknown as Json);
}
