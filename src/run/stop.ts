/**
 * Everything that stops a whole run from outside its steps, as one signal:
 * the caller, the run's deadline, its limit of seconds, a journal that can't
 * be written.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { NEAR, type OnNear } from "./limits.ts";

/** What may stop a run. */
export interface StopOptions {
  /** The caller's: whatever its reason, the run counts as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Signals whose reasons are the run's error as they are. */
  readonly failures: readonly AbortSignal[];
  /** Milliseconds the run may take; null = any. */
  readonly deadlineMs: number | null;
  /** Seconds the run is limited to; null = any. */
  readonly seconds: number | null;
  /** Hears that the limit of seconds is near. */
  readonly onNear: OnNear;
}

/** A signal for a whole run. Its reason is always an {@linkcode OsirisError}. */
export interface RunStop {
  readonly signal: AbortSignal;
  /** Lets go of timers and listeners. */
  clear(): void;
}

/** Joins all that may stop a run. */
export function runStop(options: StopOptions): RunStop {
  const controller = new AbortController();
  const cleared = new AbortController();
  const { seconds: most } = options;
  const limitMs = most === null ? null : most * 1000;
  const timers = [
    after(
      limitMs === null ? null : limitMs * NEAR,
      (seen) =>
        options.onNear({ "step_id": null, limit: "seconds", of: most, seen }),
    ),
    after(options.deadlineMs, (seconds) =>
      controller.abort(
        new OsirisError(
          "run/deadline",
          `Cannot complete run: it took longer than ${seconds} s`,
          { hint: "Raise deadlines.run, or do less in one run" },
        ),
      )),
    after(limitMs, (seconds) =>
      controller.abort(
        new OsirisError(
          "run/limit",
          `Cannot go on: the run: more than ${seconds} seconds`,
          { hint: "Raise limits.seconds, or do less in one run" },
        ),
      )),
  ];
  const watch = (signal: AbortSignal, reason: () => unknown): void => {
    const abort = () => controller.abort(reason());
    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort, {
        once: true,
        signal: cleared.signal,
      });
    }
  };
  const { signal: caller } = options;
  if (caller) watch(caller, () => interruption(caller.reason));
  for (const failure of options.failures) watch(failure, () => failure.reason);
  return {
    signal: controller.signal,
    clear() {
      timers.forEach(clearTimeout);
      cleared.abort();
    },
  };
}

/** Longest time that a timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `act` after `ms`, if any. */
export function after(
  ms: number | null,
  act: (seconds: number) => void,
): ReturnType<typeof setTimeout> | undefined {
  if (ms === null || ms > LONGEST_MS) return undefined;
  return setTimeout(() => act(ms / 1000), ms);
}

/** The error of a run that its caller has stopped. */
export function interruption(reason: unknown): OsirisError {
  if (reason instanceof OsirisError && reason.code === "run/interrupted") {
    return reason;
  }
  const text = reason instanceof Error ? reason.message : undefined;
  return new OsirisError(
    "run/interrupted",
    `Cannot complete run: it was interrupted${text ? `: ${text}` : ""}`,
    { cause: reason },
  );
}
