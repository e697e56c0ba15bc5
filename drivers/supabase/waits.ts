/**
 * How long a step waits for its project's API.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";

/** Deadlines of requests, in milliseconds. */
export interface Waits {
  /** Until the first answer of all begins. HTTP does not tell connecting from asking. */
  readonly connectMs: number;
  /** Until an answer begins, and between its pieces. */
  readonly idleMs: number;
  /** Until an answer is whole; null = any. */
  readonly statementMs: number | null;
}

/** What an API that is well stays below, where neither `timeout` nor the idle deadline says less. */
const USUAL_MS = 30_000;

/** The deadlines of a step. @param timeout The step's own option, in seconds. */
export function waitsOf(
  timeout: number | undefined,
  { connectMs, idleMs, statementMs }: StepContext["deadlines"],
): Waits {
  return {
    connectMs,
    idleMs: timeout === undefined ? Math.min(USUAL_MS, idleMs) : timeout * 1000,
    statementMs,
  };
}

/** Keeps the deadlines of one request. */
export class RequestClock {
  readonly #controller = new AbortController();
  readonly #waits: Waits;
  readonly #whole: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout>;
  #missed: { readonly ms: number; readonly isStatement: boolean } | null = null;

  /** @param isFirst Whether nothing has been heard of the API yet. */
  constructor(waits: Waits, isFirst: boolean) {
    this.#waits = waits;
    const { connectMs, idleMs, statementMs } = waits;
    this.#idle = this.#start(isFirst ? Math.min(connectMs, idleMs) : idleMs);
    if (statementMs !== null) this.#whole = this.#start(statementMs, true);
  }

  /** Aborted when a deadline has passed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Notes a sign of life. */
  renew(): void {
    clearTimeout(this.#idle);
    this.#idle = this.#start(this.#waits.idleMs);
  }

  /** Lets go of the timers. */
  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#whole);
  }

  /** The error of the deadline that has passed; null when none has. */
  error(action: string, host: string): OsirisError | null {
    if (this.#missed === null) return null;
    const { ms, isStatement } = this.#missed;
    return isStatement
      ? new OsirisError(
        "sql/statement-timeout",
        `Cannot ${action}: ${host}: the request took more than ${ms / 1000} s`,
        { hint: "Use smaller batches, or raise deadlines.statement" },
      )
      : new OsirisError(
        "connection/timeout",
        `Cannot ${action}: ${host}: nothing came for ${ms / 1000} s`,
        { hint: "Raise timeout, or use smaller batches" },
      );
  }

  #start(ms: number, isStatement = false): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#missed ??= { ms, isStatement };
      this.#controller.abort(new Error("no sign of life"));
    }, Math.min(ms, LONGEST_MS));
  }
}

/** Longest time that a timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;
