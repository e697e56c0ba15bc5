/**
 * How a run is executed: prepare, execute, collect. The local adapter runs
 * every step in a sandbox on this machine.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Masker } from "../connection/masker.ts";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Plan } from "../plan/plan.ts";
import { TableCache } from "./cache.ts";
import { RunEnvironment } from "./environment.ts";
import type { RunEvent } from "./event.ts";
import type { StepOutcome } from "./execute_unit.ts";
import {
  addToIndex,
  makeRunFolder,
  type RunFolder,
  writeJson,
} from "./folder.ts";
import { Journal } from "./journal.ts";
import { watchMemory } from "./memory.ts";
import type { RunResult } from "./result.ts";
import { isInterruption, schedule } from "./schedule.ts";
import { PendingStates, readStates } from "./state.ts";
import { fuse } from "./units.ts";

/** Where a run writes, who hears it, and what stops it. */
export interface RunContext {
  /** Folder of all runs; `run_logs` in the plan's working directory by default. */
  readonly out?: string;
  /** Folder of `.osiris`; in the plan's working directory by default. */
  readonly home?: string;
  /** Folder of incremental states; `.osiris/state` by default. */
  readonly stateFolder?: string;
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Rows that each extractor reads in a dry run, in which nothing is written. */
  readonly sampleRows?: number | null;
  /** Hears each event after it is on disk. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Hears how many rows a running step has read or written. */
  readonly onProgress?: (step: string, rows: number) => void;
  /** Takes the secrets of the run's connections out of a text. */
  readonly mask: Masker;
}

/** A run that may start: its folder is there, nothing else is touched. */
export interface PreparedRun {
  readonly plan: Plan;
  readonly folder: RunFolder;
  readonly journal: Journal;
  readonly states: ReadonlyMap<string, Json>;
  readonly startedAt: number;
}

/** What an execution did, well or not. */
export interface Execution {
  readonly outcomes: readonly StepOutcome[];
  readonly peakRssBytes: number;
  readonly stuck: readonly string[];
  readonly error: OsirisError | null;
}

/** A way to execute runs. Calls come in this order, each once. */
export interface Adapter {
  /** Makes the run's folder and reads what the run needs. @throws {OsirisError} `run/folder`, `state/invalid` */
  prepare(plan: Plan, context: RunContext): PreparedRun;
  /** Runs the steps. Does not throw for what a step does: that is in the result. */
  execute(prepared: PreparedRun, context: RunContext): Promise<Execution>;
  /** Writes status and index, and says what the run came to. */
  collect(prepared: PreparedRun, execution: Execution): RunResult;
}

/** Runs every step in a sandbox on this machine. */
export class LocalAdapter implements Adapter {
  /** @inheritdoc */
  prepare(plan: Plan, context: RunContext): PreparedRun {
    const home = resolve(plan.cwd, context.home ?? ".osiris");
    const root = resolve(plan.cwd, context.out ?? "run_logs");
    const states = readStates(
      resolve(home, context.stateFolder ?? "state"),
      plan.manifest,
      plan.steps,
    );
    const folder = makeRunFolder(plan.manifest, root, home);
    const journal = new Journal(
      folder.path,
      folder.runId,
      context.mask,
      context.onEvent,
    );
    return { plan, folder, journal, states, startedAt: performance.now() };
  }

  /** @inheritdoc */
  async execute(
    prepared: PreparedRun,
    context: RunContext,
  ): Promise<Execution> {
    const { plan, folder, journal, states } = prepared;
    const { manifest } = plan;
    const memory = watchMemory();
    const cache = new TableCache(
      folder.work,
      manifest.memoryBudget,
      (table, bytes) => journal.emit("memory_spill", { step_id: table, bytes }),
    );
    const deadline = runDeadline(context.signal, manifest.deadlines.runMs);
    const environment = new RunEnvironment({
      plan: context.sampleRows ? withoutWriters(plan) : plan,
      journal,
      cache,
      signal: deadline.signal,
      sampleRows: context.sampleRows ?? null,
      states,
      onProgress: context.onProgress,
    });
    const pending = new PendingStates(
      resolve(
        plan.cwd,
        context.home ?? ".osiris",
        context.stateFolder ?? "state",
      ),
      manifest.name,
      folder.runId,
      environment.plan.steps,
    );
    journal.emit("run_start", {
      manifest: manifest.source,
      manifest_hash: manifest.hash,
      pipeline: manifest.name,
      profile: manifest.profile,
      steps: plan.steps.map(({ id }) => id),
      dry_run: context.sampleRows !== undefined && context.sampleRows !== null,
    });
    const outcomes: StepOutcome[] = [];
    let error: OsirisError | null = null;
    try {
      await schedule(
        fuse(environment.plan.steps),
        environment,
        manifest.parallel,
        (_, done) => {
          for (const outcome of done) {
            outcomes.push(outcome);
            tellStep(journal, outcome, environment);
            if (!context.sampleRows) {
              pending.complete(outcome.id, outcome.state);
            }
          }
        },
      );
    } catch (thrown) {
      error = await tellFailure(journal, thrown);
    } finally {
      deadline.clear();
      for (const sandbox of environment.warm.values()) await sandbox.stop();
      cache.close();
      await Deno.remove(folder.work, { recursive: true }).catch(() => {});
    }
    const peakRssBytes = memory.stop();
    journal.measure("peak_rss_bytes", peakRssBytes, "bytes", null);
    return { outcomes, peakRssBytes, stuck: [...environment.stuck], error };
  }

  /** @inheritdoc */
  collect(prepared: PreparedRun, execution: Execution): RunResult {
    const { plan, folder, journal } = prepared;
    const result = summarize(prepared, execution);
    journal.measure("duration_ms", result.durationMs, "ms", null);
    journal.emit("cleanup_complete", {
      total_rows: result.totalRows,
      duration_ms: result.durationMs,
    });
    journal.emit("run_end", { status: result.status });
    journal.close();
    const record = {
      run_id: result.runId,
      pipeline: plan.manifest.name,
      profile: plan.manifest.profile,
      manifest_hash: plan.manifest.hash,
      status: result.status,
      code: result.error?.code ?? null,
      steps_completed: result.stepsCompleted,
      steps_total: result.stepsTotal,
      total_rows: result.totalRows,
      duration_ms: result.durationMs,
      run_folder: folder.path,
    };
    writeJson(`${folder.path}/status.json`, {
      ...record,
      peak_rss_bytes: result.peakRssBytes,
      steps: result.steps.map((step) => ({ ...step })),
      artifacts: result.artifacts.map((artifact) => ({ ...artifact })),
      unsandboxed: result.unsandboxed,
      error: result.error
        ? { code: result.error.code, step: result.error.step ?? null }
        : null,
    });
    addToIndex(folder, record);
    return result;
  }
}

/** A plan in which nothing is written: for dry runs. */
function withoutWriters(plan: Plan): Plan {
  const steps = plan.steps.filter(({ driver }) => driver.spec.mode !== "write");
  return { ...plan, steps };
}

/** A signal that also fires when the run takes too long. */
function runDeadline(
  signal: AbortSignal | undefined,
  ms: number | null,
): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = ms === null ? undefined : setTimeout(() =>
    controller.abort(
      new OsirisError(
        "run/deadline",
        `Cannot complete run: it took longer than ${ms / 1000} s`,
      ),
    ), ms);
  const signals = [controller.signal, ...(signal ? [signal] : [])];
  return { signal: AbortSignal.any(signals), clear: () => clearTimeout(timer) };
}

function tellStep(
  journal: Journal,
  outcome: StepOutcome,
  environment: RunEnvironment,
): void {
  const { id, rowsRead, rowsWritten, bytesRead, bytesWritten } = outcome;
  const durationMs = Math.round(outcome.durationMs);
  const mode = environment.plan.steps.find((step) => step.id === id)!.driver
    .spec.mode;
  if (mode !== "write") journal.measure("rows_read", rowsRead, "rows", id);
  if (mode !== "extract") {
    journal.measure("rows_written", rowsWritten, "rows", id);
  }
  journal.measure("bytes_read", bytesRead, "bytes", id);
  journal.measure("bytes_written", bytesWritten, "bytes", id);
  journal.measure("duration_ms", durationMs, "ms", id);
  const rows = mode === "extract" ? rowsRead : rowsWritten;
  const perSecond = Math.round(rows / Math.max(outcome.durationMs, 1) * 1000);
  journal.measure("rows_per_second", perSecond, "rows/s", id);
  journal.emit("step_complete", {
    step_id: id,
    duration_ms: durationMs,
    rows_processed: rows,
    files: outcome.files.map(({ path, bytes }) => ({ path, bytes })),
  });
}

/** Writes why a run ended early. A warning of Deno's engine may come late: one tick is given to it. */
async function tellFailure(
  journal: Journal,
  thrown: unknown,
): Promise<OsirisError> {
  await Promise.resolve();
  const error = thrown instanceof OsirisError ? thrown : new OsirisError(
    "internal/bug",
    `Cannot complete run: ${thrown instanceof Error ? thrown.message : thrown}`,
    { cause: thrown },
  );
  if (isInterruption(error)) {
    journal.emit("execution_interrupted", { reason: error.message });
  }
  journal.emit("execution_failed", {
    error: error.message,
    type: error.code,
    step_id: error.step ?? null,
  });
  return error;
}

function summarize(prepared: PreparedRun, execution: Execution): RunResult {
  const { plan, folder, startedAt } = prepared;
  const { outcomes, error } = execution;
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const isWrite = ({ id }: StepOutcome) =>
    byId.get(id)!.driver.spec.mode === "write";
  const hasWriters = plan.steps.some(({ driver }) =>
    driver.spec.mode === "write"
  );
  const totalRows = hasWriters && outcomes.some(isWrite) || error
    ? sum(outcomes.filter(isWrite).map(({ rowsWritten }) => rowsWritten))
    : sum(
      outcomes.filter(({ id }) => byId.get(id)!.driver.spec.mode === "extract")
        .map(({ rowsRead }) => rowsRead),
    );
  return {
    status: error
      ? (isInterruption(error) ? "interrupted" : "failed")
      : "success",
    runId: folder.runId,
    runFolder: folder.path,
    stepsCompleted: outcomes.length,
    stepsTotal: plan.steps.length,
    totalRows,
    durationMs: Math.round(performance.now() - startedAt),
    peakRssBytes: execution.peakRssBytes,
    steps: outcomes.map(({ id, files: _, state: __, ...facts }) => ({
      step: id,
      ...facts,
    })),
    artifacts: outcomes.flatMap(({ id, files }) =>
      files.map((file) => ({ step: id, ...file }))
    ),
    unsandboxed: plan.steps.filter((step) =>
      step.driver.origin.kind === "object" ||
      (step.step.isolation ?? plan.manifest.isolation) === "inline"
    ).map(({ id }) => id),
    stuck: execution.stuck,
    ...(error && { error }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
