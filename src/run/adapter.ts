/**
 * How a run is executed: prepare, execute, collect.
 *
 * @module
 */
import type { Masker } from "../connection/masker.ts";
import type { Json } from "../driver/driver.ts";
import type { OsirisError } from "../error.ts";
import type { Plan } from "../plan/plan.ts";
import type { RunEvent } from "../event.ts";
import type { CursorBounds } from "./backfill.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { StepOutcome } from "./outcome.ts";
import type { RunFolder } from "./folder.ts";
import type { Journal } from "./journal.ts";
import type { RunLock } from "./live.ts";
import type { Resumed } from "./resume.ts";
import type { RunResult } from "./result.ts";

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
  /** Range that incremental steps read, in which case they keep no state. */
  readonly bounds?: CursorBounds;
  /** Rows that each extractor reads in a dry run, in which nothing is written. */
  readonly sampleRows?: number | null;
  /** Run whose complete steps are not done again: its id, the part after the time, its folder, or `last`. */
  readonly resume?: string;
  /** For steps that were cut off while they made their changes final: whether these are there. */
  readonly verdicts?: Readonly<Record<string, boolean>>;
  /** Hears each event after it is on disk. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Hears how many rows a running step has read or written. */
  readonly onProgress?: (step: string, rows: number) => void;
  /** Takes the secrets of the run's connections out of a text. */
  readonly mask: Masker;
}

/** A run that may start: its folder is there, nothing else is touched. */
export interface PreparedRun {
  /** The whole plan; steps of it that need not be done again are in `resumed`. */
  readonly plan: Plan;
  /** The run's folder and its id. */
  readonly folder: RunFolder;
  /** Where events and metrics of the run go. */
  readonly journal: Journal;
  /** What incremental steps kept at the last committed run. */
  readonly states: ReadonlyMap<string, Json>;
  /** What the run builds on, if it resumes one. */
  readonly resumed: Resumed | null;
  /** How far the run has come; null in a dry run. */
  readonly checkpoint: Checkpoint | null;
  /** What the run holds as long as it lives, first taken first. */
  readonly locks: readonly RunLock[];
  /** `performance.now()` at the start. */
  readonly startedAt: number;
}

/** What an execution did, well or not. */
export interface Execution {
  /** What each complete step did: those of the resumed run first, then in the order of their ends. */
  readonly outcomes: readonly StepOutcome[];
  /** Highest resident memory of the process that was seen, in bytes. */
  readonly peakRssBytes: number;
  /** Steps whose thread did not end. */
  readonly stuck: readonly string[];
  /** What ended the run early; null when all went well. */
  readonly error: OsirisError | null;
}

/** A way to execute runs. Calls come in this order, each once. */
export interface Adapter {
  /**
   * Makes the run's folder and reads what the run needs.
   *
   * @throws {OsirisError} `run/folder`, `run/locked`, `state/invalid`, `run/unknown`, `run/cannot-resume`
   */
  prepare(
    plan: Plan,
    context: RunContext,
  ): PreparedRun | Promise<PreparedRun>;
  /** Runs the steps. Does not throw for what a step does: that is in the result. */
  execute(prepared: PreparedRun, context: RunContext): Promise<Execution>;
  /** Writes status and index, and says what the run came to. Does not throw for what can't be written: that is in the result, unless there is a failure already. */
  collect(prepared: PreparedRun, execution: Execution): RunResult;
}
