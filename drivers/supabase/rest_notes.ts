/**
 * Has the run note which rows of an append through the API are there, request
 * by request: each is a transaction of its own, so that a run that broke off
 * can go on after them.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";

/** Keeps the run's notes of one append. */
export class RestNotes {
  readonly #context: StepContext;
  #token: string;
  #isAnnounced = false;

  constructor(context: StepContext) {
    this.#context = context;
    this.#token = context.committed?.token ?? tokenOf(null);
  }

  /** Rows that were in the table before the load; null when they could not be counted. */
  get before(): number | null {
    const found = /^rest:(\d+)$/.exec(this.#token);
    return found && Number(found[1]);
  }

  set before(rows: number | null) {
    this.#token = tokenOf(rows);
  }

  /** Has the run note that with the next request so many rows of the input may be there. */
  async announce(rows: number): Promise<void> {
    await this.#context.beforeCommit(this.#token, rows);
    this.#isAnnounced = true;
  }

  /** Has the run note that so many rows are there. */
  async settle(rows: number): Promise<void> {
    await this.#context.afterCommit(rows);
  }

  /** Has the run note that the rows that are there are none to go on after. */
  async disown(): Promise<void> {
    await this.#context.beforeCommit();
  }

  /** Has the run note that all rows are there. */
  async finish(): Promise<void> {
    if (this.#isAnnounced) await this.#context.afterCommit();
  }
}

function tokenOf(rows: number | null): string {
  return rows === null || rows < 0 ? "rest:" : `rest:${rows}`;
}
