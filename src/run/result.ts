/**
 * What a run comes to.
 *
 * @module
 */
import type { RowReason } from "../driver/driver.ts";
import type { OsirisError } from "../error.ts";

/** A file that a run left. */
export interface Artifact {
  /** Step that wrote it. */
  readonly step: string;
  /** Absolute path. */
  readonly path: string;
  /** Size of the file in bytes. */
  readonly bytes: number;
}

/** What one step did. */
export interface StepSummary {
  /** Id of the step. */
  readonly step: string;
  /** Rows that came in: from the source of an extractor, from the steps before any other. */
  readonly rowsRead: number;
  /** Rows that went out: as the target of a writer counted them, to the steps after any other. */
  readonly rowsWritten: number;
  /** Those of them that a writer found in its target: committed by another attempt, or the run that this one resumed. */
  readonly rowsBefore: number;
  /** Rows that came in and did not go out, by the reason that the step gives: `filtered`, `rejected`, `deduplicated`, `limited`. */
  readonly rowsExplained: Readonly<Partial<Record<RowReason, number>>>;
  /** Bytes read of the files that were opened for it. */
  readonly bytesRead: number;
  /** Bytes of the files it left, and those that a writer reports to have sent. */
  readonly bytesWritten: number;
  /** From its start to its end, in milliseconds. */
  readonly durationMs: number;
  /** Highest resident memory of the process while it ran, in bytes. */
  readonly peakRssBytes: number;
}

/** What a run comes to. */
export interface RunResult {
  /** How it ended: well, by a fault, or stopped from outside. */
  readonly status: "success" | "failed" | "interrupted";
  /** Id of the run: time, then eight random hex digits. */
  readonly runId: string;
  /** Absolute path of the run's folder. */
  readonly runFolder: string;
  /** Steps that are complete, those of a resumed run included. */
  readonly stepsCompleted: number;
  /** Steps of the manifest. */
  readonly stepsTotal: number;
  /** Rows written if any step writes, else rows read. */
  readonly totalRows: number;
  /** From start to end, in milliseconds. */
  readonly durationMs: number;
  /** Highest resident memory of the process that was seen, in bytes. */
  readonly peakRssBytes: number;
  /** What each complete step did, those of a resumed run included. */
  readonly steps: readonly StepSummary[];
  /** Files that the steps left. */
  readonly artifacts: readonly Artifact[];
  /** Steps that ran in this process's own thread, with all of its permissions. */
  readonly unsandboxed: readonly string[];
  /** Steps whose thread did not end: the process does not exit by itself. */
  readonly stuck: readonly string[];
  /** What ended the run; not there when all went well. */
  readonly error?: OsirisError;
}
