/**
 * Whether a step that failed is run again, and when.
 *
 * @module
 */
import type { ErrorCode, OsirisError } from "../error.ts";
import type { RetryPolicy } from "../manifest/manifest.ts";

/** Codes of failures that may pass by themselves. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "connection/refused",
  "connection/lost",
  "connection/timeout",
  "connection/too-many",
  "sql/lock-timeout",
  "sql/deadlock",
  "sql/statement-timeout",
  "http/rate-limited",
  "http/unavailable",
  "driver/crashed",
  "driver/exited",
  "file/busy",
]);

/** Failures that say that the run, or the step from outside, was stopped: nobody may go on, whatever a policy names. */
const STOPS = /^(run|driver\/hung|step\/cancelled|internal)\b/;

/**
 * Whether a failure may be tried again: the policy names its code or area (or
 * it is transient), and nothing of the step is in the target, or the step can
 * go on after it. A driver that has committed a part says so in
 * `details.committed`.
 */
export function isRetryable(
  error: OsirisError,
  policy: RetryPolicy,
  goesOn = false,
): boolean {
  if (STOPS.test(error.code)) return false;
  const { committed, "rows_committed": rows } = error.details ?? {};
  if (!goesOn && Number(committed ?? rows ?? 0) > 0) return false;
  if (policy.on === null) return TRANSIENT.has(error.code);
  const area = error.code.split("/")[0];
  return policy.on.some((name) => name === error.code || name === area);
}

/**
 * Milliseconds to wait before an attempt.
 *
 * @param attempt The attempt that failed: 1, 2, …
 */
export function retryDelay(policy: RetryPolicy, attempt: number): number {
  const { backoff, initialDelayMs, maxDelayMs, jitter } = policy;
  const factor = backoff === "exponential"
    ? 2 ** (attempt - 1)
    : backoff === "linear"
    ? attempt
    : 1;
  const delay = Math.min(initialDelayMs * factor, maxDelayMs);
  return jitter ? delay * (0.5 + Math.random() / 2) : delay;
}

/** Waits. @throws the signal's reason when it is aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
