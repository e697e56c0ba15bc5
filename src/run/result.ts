/**
 * What a run comes to.
 *
 * @module
 */
import type { OsirisError } from "../error.ts";

/** A file that a run left. */
export interface Artifact {
  /** Step that wrote it. */
  readonly step: string;
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
}

/** What one step did. */
export interface StepSummary {
  readonly step: string;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly durationMs: number;
  /** Highest resident memory of the process while it ran, in bytes. */
  readonly peakRssBytes: number;
}

/** What a run comes to. */
export interface RunResult {
  readonly status: "success" | "failed" | "interrupted";
  readonly runId: string;
  /** Absolute path of the run's folder. */
  readonly runFolder: string;
  readonly stepsCompleted: number;
  readonly stepsTotal: number;
  /** Rows written if any step writes, else rows read. */
  readonly totalRows: number;
  readonly durationMs: number;
  /** Highest resident memory of the process that was seen, in bytes. */
  readonly peakRssBytes: number;
  readonly steps: readonly StepSummary[];
  readonly artifacts: readonly Artifact[];
  /** Steps that ran in this process's own thread, with all of its permissions. */
  readonly unsandboxed: readonly string[];
  /** Steps whose thread did not end: the process does not exit by itself. */
  readonly stuck: readonly string[];
  readonly error?: OsirisError;
}
