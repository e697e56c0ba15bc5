/**
 * Ends a run: its last events, its status, its line in the index.
 *
 * @module
 */
import { join } from "node:path";
import type { Json } from "../driver/driver.ts";
import type { Execution, PreparedRun } from "./adapter.ts";
import { addToIndex, folderBytes, writeJson } from "./folder.ts";
import { folderError } from "./journal.ts";
import { summarize } from "./report.ts";
import type { RunResult } from "./result.ts";
import type { RunRecord } from "./runs.ts";

/** Writes what a run came to, and gives it. */
export function collectRun(
  prepared: PreparedRun,
  execution: Execution,
): RunResult {
  const { plan, folder, journal, checkpoint, startedAt, locks } = prepared;
  const ended = {
    plan,
    runId: folder.runId,
    runFolder: folder.path,
    durationMs: performance.now() - startedAt,
    ...execution,
  };
  const result = summarize(ended);
  const { totalRows, durationMs, status } = result;
  const bytes = folderBytes(folder.path);
  journal.measure("duration_ms", durationMs, "ms", null);
  journal.measure("run_folder_bytes", bytes, "bytes", null);
  journal.emit("cleanup_complete", {
    "total_rows": totalRows,
    "duration_ms": durationMs,
  });
  journal.emit("run_end", { status });
  journal.close();
  let failure = journal.broken.aborted ? journal.broken.reason : null;
  try {
    writeStatus(prepared, result);
    // Not before the status is there: a run that lost both would look as if it had not begun.
    if (execution.error === null) checkpoint?.remove();
  } catch (thrown) {
    failure ??= folderError(folder.path, thrown);
  }
  locks.toReversed().forEach((lock) => lock.release());
  return failure && !execution.error
    ? summarize({ ...ended, error: failure })
    : result;
}

function writeStatus({ plan, folder }: PreparedRun, result: RunResult): void {
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
    steps: result.steps,
    artifacts: result.artifacts,
    unsandboxed: result.unsandboxed,
    error: result.error
      ? { code: result.error.code, step: result.error.step ?? null }
      : null,
  };
  writeJson(join(folder.path, "status.json"), status as unknown as Json);
  addToIndex(folder.index, record as unknown as Json);
}
