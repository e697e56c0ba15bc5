/**
 * What only the runtime itself may say, and text that can't pass for more than
 * one line of it.
 *
 * @module
 */
import type { EventName } from "../run/event.ts";

/** The runtime's own events; the type keeps the list whole. */
const EVENTS: Record<EventName, true> = {
  run_start: true,
  step_start: true,
  inputs_resolved: true,
  step_complete: true,
  step_failed: true,
  step_retry: true,
  execution_interrupted: true,
  execution_failed: true,
  cleanup_failed: true,
  cleanup_complete: true,
  leftovers_swept: true,
  step_skipped: true,
  permission_denied: true,
  memory_spill: true,
  limit_near: true,
  log: true,
  run_end: true,
};

/** Metrics that the runtime counts, and facts by which it says whose an event is. */
const OTHERS = new Set([
  "rows_read",
  "rows_written",
  "bytes_read",
  "bytes_written",
  "duration_ms",
  "rows_per_second",
  "peak_rss_bytes",
  "peak_spill_bytes",
  "run_folder_bytes",
  "ts",
  "session",
  "event",
  "step_id",
]);

/** Whether a driver that says this name would pass for the runtime. */
export function isForged(name: string): boolean {
  return Object.hasOwn(EVENTS, name) || OTHERS.has(name);
}

/**
 * Codes that a driver may fail with. Those of the run as a whole, of the
 * sandbox and of the host's own permissions are the host's to say.
 */
export const SANDBOX_CODES =
  /^(?:config|usage|connection|file|data|sql|http|state|step)\/|^driver\/(?:permission|protocol|invalid|flooded|crashed)$/;

/** Control characters, and those that turn the direction of a line or end it unseen. */
// deno-lint-ignore no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text as one visible line: what would move a cursor is written out. */
export function plainText(text: string): string {
  return text.replace(HIDDEN, (hidden) => NAMED[hidden] ?? escape(hidden));
}

const NAMED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\t",
};

function escape(hidden: string): string {
  return `\\u${hidden.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
