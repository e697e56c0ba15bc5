/**
 * Tries something again when its failure is of a passing kind.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { type OsirisError, toOsirisError } from "../../src/error.ts";

/** How to try again. */
export interface RetryOptions {
  readonly context: StepContext;
  /** What is tried, for the event. */
  readonly what: string;
  /** Whether another attempt may help. */
  readonly isWorthwhile: (error: OsirisError) => boolean;
}

/** Attempts in all. */
const ATTEMPTS = 3;

/** Milliseconds before the second attempt; double before the third. */
const DELAY_MS = 200;

/**
 * Runs `attempt` up to three times, waiting a jittered while between. Each
 * further attempt is an event `retry`.
 */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { context, what, isWorthwhile }: RetryOptions,
): Promise<T> {
  for (let tried = 1;; tried++) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = toOsirisError(thrown, "sql/failed", what);
      if (
        tried === ATTEMPTS || context.signal.aborted || !isWorthwhile(error)
      ) throw error;
      const delayMs = Math.round(
        DELAY_MS * 2 ** (tried - 1) * (0.5 + Math.random()),
      );
      context.emit("retry", {
        what,
        attempt: tried + 1,
        of: ATTEMPTS,
        delay_ms: delayMs,
        code: error.code,
      });
      await pause(delayMs, context.signal);
    }
  }
}

/** Waits, or throws the signal's reason as soon as it is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
