/**
 * What a run says of its steps, of its failure and of itself at the end.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { DriverMode } from "../driver/spec.ts";
import type { Plan } from "../plan/plan.ts";
import type { PreparedRun } from "./adapter.ts";
import type { StepOutcome } from "./outcome.ts";
import type { Journal } from "./journal.ts";
import type { RunResult } from "./result.ts";
import { isInterruption } from "./schedule.ts";

/** Says that a run starts, and which steps it need not do. */
export function tellStart(
  { plan, journal, resumed }: PreparedRun,
  isDryRun: boolean,
): void {
  const { source, hash, name, profile } = plan.manifest;
  journal.emit("run_start", {
    manifest: source,
    "manifest_hash": hash,
    pipeline: name,
    profile,
    steps: plan.steps.map(({ id }) => id),
    "dry_run": isDryRun,
    ...(resumed && { "resumed_from": resumed.runId }),
  });
  for (const { id } of resumed?.done ?? []) {
    journal.emit("step_skipped", {
      "step_id": id,
      reason: `complete in run ${resumed!.runId}`,
    });
  }
}

/** Writes the metrics of a step that is complete, and says so. */
export function tellStep(
  journal: Journal,
  outcome: StepOutcome,
  mode: DriverMode,
): void {
  const { id, rowsRead, rowsWritten, bytesRead, bytesWritten } = outcome;
  const durationMs = Math.round(outcome.durationMs);
  const rows = mode === "extract" ? rowsRead : rowsWritten;
  const { rowsBefore } = outcome;
  if (mode !== "write") journal.measure("rows_read", rowsRead, "rows", id);
  if (mode !== "extract") {
    journal.measure("rows_written", rowsWritten, "rows", id);
  }
  if (rowsBefore > 0) journal.measure("rows_before", rowsBefore, "rows", id);
  for (const [reason, explained] of Object.entries(outcome.rowsExplained)) {
    journal.measure(`rows_${reason}`, explained, "rows", id);
  }
  journal.measure("bytes_read", bytesRead, "bytes", id);
  journal.measure("bytes_written", bytesWritten, "bytes", id);
  journal.measure("duration_ms", durationMs, "ms", id);
  const speed = perSecond(rows - rowsBefore, outcome);
  journal.measure("rows_per_second", speed, "rows/s", id);
  journal.measure("peak_rss_bytes", outcome.peakRssBytes, "bytes", id);
  journal.emit("step_complete", {
    "step_id": id,
    "duration_ms": durationMs,
    "rows_processed": rows,
    files: outcome.files.map(({ path, bytes }) => ({ path, bytes })),
  });
}

function perSecond(rows: number, { durationMs }: StepOutcome): number {
  return Math.round(rows / Math.max(durationMs, 1) * 1000);
}

/** Writes why a run ended early, and gives that as an error. */
export function tellFailure(journal: Journal, thrown: unknown): OsirisError {
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
    "step_id": error.step ?? null,
  });
  return error;
}

/** What is known of a run when it has ended. */
export interface Ended {
  readonly plan: Plan;
  readonly runId: string;
  readonly runFolder: string;
  /** Outcomes of complete steps, those of the run that was resumed included. */
  readonly outcomes: readonly StepOutcome[];
  readonly durationMs: number;
  readonly peakRssBytes: number;
  readonly stuck: readonly string[];
  readonly error: OsirisError | null;
}

/** What a run comes to. */
export function summarize(ended: Ended): RunResult {
  const { plan, outcomes, error } = ended;
  return {
    status: statusOf(error),
    runId: ended.runId,
    runFolder: ended.runFolder,
    stepsCompleted: outcomes.length,
    stepsTotal: plan.steps.length,
    totalRows: totalRows(ended),
    durationMs: Math.round(ended.durationMs),
    peakRssBytes: ended.peakRssBytes,
    steps: outcomes.map(({ id, files: _, state: __, ...facts }) => ({
      step: id,
      ...facts,
      durationMs: Math.round(facts.durationMs),
    })),
    artifacts: outcomes.flatMap(({ id, files }) =>
      files.map((file) => ({ step: id, ...file }))
    ),
    unsandboxed: unsandboxed(plan),
    stuck: ended.stuck,
    ...(error && { error }),
  };
}

function statusOf(error: OsirisError | null): RunResult["status"] {
  if (error === null) return "success";
  return isInterruption(error) ? "interrupted" : "failed";
}

/** Rows written if any step writes, else rows read; in a dry run nothing writes. */
function totalRows({ plan, outcomes, error }: Ended): number {
  const modes = new Map(
    plan.steps.map(({ id, driver }) => [id, driver.spec.mode]),
  );
  const of = (mode: DriverMode) =>
    outcomes.filter(({ id }) => modes.get(id) === mode);
  const writes = of("write");
  const counts = writes.length > 0 || error
    ? writes.map(({ rowsWritten }) => rowsWritten)
    : of("extract").map(({ rowsRead }) => rowsRead);
  return counts.reduce((total, rows) => total + rows, 0);
}

function unsandboxed({ manifest, steps }: Plan): string[] {
  return steps.filter(({ driver, step }) =>
    driver.origin.kind === "object" ||
    (driver.origin.kind === "builtin" &&
      (step.isolation ?? manifest.isolation) === "inline")
  ).map(({ id }) => id);
}
