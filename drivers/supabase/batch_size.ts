/**
 * How many rows a request has: halved when a request is too large or too slow,
 * and grown back when several went well.
 *
 * @module
 */

/** Requests that must go well before the size grows. */
const GOOD_RUN = 8;

/** The size of requests. */
export class BatchSize {
  readonly #most: number;
  #rows: number;
  #good = 0;
  /** A size that has failed: not tried again so soon. */
  #ceiling = Infinity;

  constructor(most: number) {
    this.#most = this.#rows = most;
  }

  /** Rows to send at once. */
  get rows(): number {
    return this.#rows;
  }

  /** A request of `rows` rows was too much. @returns false when it had one row only. */
  shrink(rows: number): boolean {
    this.#good = 0;
    this.#ceiling = rows;
    if (rows <= 1) return false;
    this.#rows = Math.max(1, rows >> 1);
    return true;
  }

  /** A request went well. */
  grow(): void {
    if (this.#rows >= this.#most || ++this.#good < GOOD_RUN) return;
    this.#good = 0;
    const next = Math.min(this.#most, 2 * this.#rows);
    // What has failed is tried again only after twice the run.
    if (next >= this.#ceiling) {
      this.#ceiling *= 2;
      return;
    }
    this.#rows = next;
  }
}
