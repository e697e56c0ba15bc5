/**
 * Sends again what may be sent again, and waits as long as it is asked to.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import type { OsirisError } from "../../src/error.ts";
import type { Answer, Api, Composed, Outcome, Sending } from "./client.ts";
import { refusalError } from "./errors.ts";
import { isPassing } from "./refusal.ts";

/** How patient a step is. */
export interface Patience {
  readonly context: StepContext;
  /** Further attempts after a failure. */
  readonly retries: number;
}

/** Further attempts when the server itself says how long to wait: it is alive. */
const ASKED_RETRIES = 12;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
/** Longer waits than this are left to the user. */
const MAX_ASKED_MS = 120_000;

/** Counts attempts and waits between them. */
export class Attempts {
  readonly #patience: Patience;
  #failures = 0;
  #asked = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /**
   * Waits before another attempt.
   *
   * @returns false when there is none left.
   */
  async another(
    why: { readonly what: string; readonly code: string },
    retryAfterMs: number | null,
  ): Promise<boolean> {
    const { context, retries } = this.#patience;
    const isAsked = retryAfterMs !== null && retries > 0;
    if (isAsked && retryAfterMs > MAX_ASKED_MS) return false;
    if (isAsked ? this.#asked >= ASKED_RETRIES : this.#failures >= retries) {
      return false;
    }
    const tried = isAsked ? this.#asked++ : this.#failures++;
    const backoff = Math.min(FIRST_DELAY_MS * 2 ** tried, MAX_DELAY_MS) *
      (0.5 + Math.random());
    // A little more than asked for: clocks differ, and others were asked the same.
    const delayMs = Math.round(
      isAsked ? retryAfterMs + 50 * Math.random() : backoff,
    );
    context.emit("retry", { ...why, delay_ms: delayMs });
    await pause(delayMs, context.signal);
    return true;
  }

  /** Forgets failures: after a success the next trouble is a new one. */
  reset(): void {
    this.#failures = this.#asked = 0;
  }
}

/**
 * Sends a request that changes nothing until it succeeds.
 *
 * @param compose Makes the request anew for each attempt.
 * @throws {OsirisError} what the last attempt ended with.
 */
export async function sendSafely(
  api: Api,
  compose: () => Composed,
  sending: Sending,
  patience: Patience,
): Promise<Answer> {
  const outcome = await exchange(api, compose, sending, patience);
  if (outcome.kind === "done") return outcome.answer;
  throw outcomeError(api, outcome, sending);
}

/** As {@linkcode sendSafely}, but gives how the last attempt ended. */
export async function exchange(
  api: Api,
  compose: () => Composed,
  sending: Sending,
  patience: Patience,
): Promise<Outcome> {
  const attempts = new Attempts(patience);
  while (true) {
    const outcome = await api.send(compose(), sending);
    if (outcome.kind === "done") return outcome;
    const { code } = outcomeError(api, outcome, sending);
    const [isWorthwhile, wait] = outcome.kind === "lost"
      ? [isWorthRetrying(outcome.error), null]
      : [isPassing(outcome.refusal), outcome.refusal.retryAfterMs];
    const why = { what: sending.action, code };
    if (!isWorthwhile || !await attempts.another(why, wait)) return outcome;
  }
}

/** Whether trying again may help where no answer came. */
export function isWorthRetrying({ code }: OsirisError): boolean {
  return code === "connection/lost" || code === "connection/timeout" ||
    code === "connection/refused";
}

/** The error for an outcome that is no success. */
export function outcomeError(
  api: Api,
  outcome: Exclude<Outcome, { kind: "done" }>,
  { action }: Sending,
): OsirisError {
  return outcome.kind === "lost"
    ? outcome.error
    : refusalError(outcome.refusal, { action, where: api.project.host });
}

/** Waits, or throws the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
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
