/**
 * Fetches pages, asking for fewer rows at once when the server can't give so
 * many in time.
 *
 * @module
 */
import type { Answer, Api, Outcome } from "./client.ts";
import {
  Attempts,
  isWorthRetrying,
  outcomeError,
  type Patience,
} from "./retry.ts";
import { isPassing } from "./refusal.ts";
import type { Source, Window } from "./source.ts";

/** A page larger than this is the last of its size. */
const MAX_PAGE_BYTES = 32 << 20;

/** A page as it came. */
export interface RawPage {
  readonly answer: Answer;
  /** Rows that were asked for. */
  readonly limit: number;
}

/** Fetches the pages of one source. */
export class PageFetcher {
  readonly #api: Api;
  readonly #source: Source;
  readonly #patience: Patience;
  #size: number;
  /** Whether counting all rows took the server too long. */
  isUncountable = false;

  constructor(
    api: Api,
    source: Source,
    patience: Patience,
    size: number,
  ) {
    this.#api = api;
    this.#source = source;
    this.#patience = patience;
    this.#size = size;
  }

  /**
   * Fetches at most `window.limit` rows. Undefined when the offset lies beyond
   * the last row.
   *
   * @throws {OsirisError} what the last attempt ended with.
   */
  async fetch(window: Window): Promise<RawPage | undefined> {
    const attempts = new Attempts(this.#patience);
    while (true) {
      const limit = Math.min(window.limit, this.#size);
      const isCounted = window.isCounted && !this.isUncountable;
      const sending = { action: this.#source.action };
      const outcome = await this.#api.send(
        this.#source.compose({ ...window, limit, isCounted }),
        sending,
      );
      if (outcome.kind === "done") {
        const bytes = outcome.answer.body.length;
        if (bytes > MAX_PAGE_BYTES) this.#halve(limit);
        return { answer: outcome.answer, limit };
      }
      if (isBeyond(outcome)) return undefined;
      const error = outcomeError(this.#api, outcome, sending);
      if (!this.#source.isRepeatable && outcome.kind === "lost") throw error;
      const isTooMuch = this.#isTooMuch(outcome);
      if (isTooMuch && isCounted) this.isUncountable = true;
      else if (isTooMuch && limit > 1) this.#halve(limit);
      else if (isTooMuch || !isPassingOutcome(outcome)) throw error;
      const why = { what: sending.action, code: error.code };
      const wait = outcome.kind === "refused"
        ? outcome.refusal.retryAfterMs
        : null;
      // What is asked differently needs no pause, nor does it count as a failure.
      const isOther = isTooMuch && outcome.kind === "refused";
      if (!isOther && !await attempts.another(why, wait)) throw error;
    }
  }

  #halve(limit: number): void {
    this.#size = Math.max(1, limit >> 1);
  }

  #isTooMuch(outcome: Outcome): boolean {
    if (outcome.kind === "lost") {
      return outcome.error.code === "connection/timeout" ||
        outcome.error.code === "sql/statement-timeout";
    }
    return outcome.kind === "refused" &&
      (outcome.refusal.code === "57014" || outcome.refusal.status === 413);
  }
}

function isPassingOutcome(outcome: Outcome): boolean {
  return outcome.kind === "lost"
    ? isWorthRetrying(outcome.error)
    : outcome.kind === "refused" && isPassing(outcome.refusal);
}

/** PGRST103: an offset past the last row. */
function isBeyond(outcome: Outcome): boolean {
  return outcome.kind === "refused" && outcome.refusal.code === "PGRST103";
}
