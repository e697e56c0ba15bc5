/**
 * Events and metrics of a run: the lines of `events.jsonl` and `metrics.jsonl`.
 *
 * @module
 */
import type { Json } from "./driver/driver.ts";

/** Names of the runtime's own events; drivers add theirs. */
export type EventName =
  | "run_start"
  | "step_start"
  | "inputs_resolved"
  | "step_complete"
  | "step_failed"
  | "step_retry"
  | "step_resumed"
  | "execution_interrupted"
  | "execution_failed"
  | "cleanup_failed"
  | "leftovers_swept"
  | "step_skipped"
  | "cleanup_complete"
  | "permission_denied"
  | "memory_spill"
  | "memory_wait"
  | "memory_over"
  | "limit_near"
  | "log"
  | "run_end";

/** Something that happened at an instant. */
export interface RunEvent {
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string;
  /** Id of the run. */
  readonly session: string;
  /** What happened: an {@linkcode EventName} or a driver's own name. */
  readonly event: string;
  /** Facts of the event, named in snake_case. */
  readonly [fact: string]: Json;
}

/** A number with a unit. */
export interface RunMetric {
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string;
  /** Id of the run. */
  readonly session: string;
  /** What was measured, in snake_case: `rows_read`. */
  readonly metric: string;
  /** How much of it, counted in `unit`. */
  readonly value: number;
  /** `rows`, `bytes`, `ms`, `rows/s`, … */
  readonly unit: string;
  /** Step it belongs to; null for the run as a whole. */
  readonly "step_id": string | null;
}
