/**
 * What only the runtime itself may say, and text that can't pass for more than
 * one line of it.
 *
 * @module
 */
import type { EventName } from "../event.ts";

/** The runtime's own events. */
const EVENTS = [
  "run_start",
  "step_start",
  "inputs_resolved",
  "step_complete",
  "step_failed",
  "step_retry",
  "step_resumed",
  "execution_interrupted",
  "execution_failed",
  "cleanup_failed",
  "leftovers_swept",
  "step_skipped",
  "cleanup_complete",
  "permission_denied",
  "memory_spill",
  "memory_wait",
  "memory_over",
  "limit_near",
  "log",
  "run_end",
] as const;

/** Does not compile when one is missing. */
type Whole<Missing extends never> = Missing;
export type Unlisted = Whole<Exclude<EventName, typeof EVENTS[number]>>;

/** With them the metrics that it counts, and facts by which it says whose an event is. */
const OURS: ReadonlySet<string> = new Set([
  ...EVENTS,
  "rows_read",
  "rows_written",
  "rows_before",
  "bytes_read",
  "bytes_written",
  "duration_ms",
  "rows_per_second",
  "peak_rss_bytes",
  "peak_spill_bytes",
  "peak_table_bytes",
  "held_bytes",
  "run_folder_bytes",
  "ts",
  "session",
  "event",
  "step_id",
]);

/** Whether a driver that says this name would pass for the runtime. */
export function isForged(name: string): boolean {
  return OURS.has(name);
}

/**
 * Codes that a driver may fail with. Those of the run as a whole, of the
 * sandbox and of the host's own permissions are the host's to say.
 */
export const SANDBOX_CODES =
  /^(?:config|usage|connection|file|data|sql|http|state|step)\/|^driver\/(?:permission|protocol|invalid|flooded|crashed)$/;

/** Control characters, those that are not seen, and those that turn the direction of a line or end it. */
const HIDDEN =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

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
