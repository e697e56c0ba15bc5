/**
 * What one step of a run did.
 *
 * @module
 */
import type { Json, RowReason } from "../driver/driver.ts";

/** What a step did. */
export interface StepOutcome {
  /** Id of the step. */
  readonly id: string;
  /** Rows that came in. */
  readonly rowsRead: number;
  /** Rows that went out; of a writer, as its target counted them. */
  readonly rowsWritten: number;
  /** Those of them that were in the target before: committed by another attempt, or the run that this one resumes. */
  readonly rowsBefore: number;
  /** Rows that came in and did not go out, by the reason that the step gives. */
  readonly rowsExplained: Readonly<Partial<Record<RowReason, number>>>;
  /** Bytes read of the files that were opened for it. */
  readonly bytesRead: number;
  /** Bytes of the files it left, and those that a writer reports to have sent. */
  readonly bytesWritten: number;
  /** From its start to its end, in milliseconds. */
  readonly durationMs: number;
  /** Highest resident memory while it ran, in bytes: of its own process, or of the run's. */
  readonly peakRssBytes: number;
  /** Files it left, absolute. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** What it kept for the next run; undefined when it kept nothing. */
  readonly state: Json | undefined;
}
