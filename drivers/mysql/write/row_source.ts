/**
 * The input's rows, taken in portions: a portion ends where a batch does or
 * where a load has enough.
 *
 * @module
 */
import type { TableInput } from "../../../src/driver/driver.ts";
import { OsirisError } from "../../../src/error.ts";
import type { Batch } from "../../../src/table/batch.ts";

/** Rows of a batch. */
export interface Portion {
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
  /** Rows of the input before the batch. */
  readonly batchStart: number;
}

/** Gives rows once. */
export class RowSource {
  /** Rows given so far. */
  rows = 0;
  readonly #batches: AsyncIterator<Batch>;
  #batch: Batch | null = null;
  #next = 0;
  #isOver = false;

  constructor(input: TableInput) {
    this.#batches = input.batches({ reuse: true })[Symbol.asyncIterator]();
  }

  /** Whether all rows have been given. */
  get isOver(): boolean {
    return this.#isOver && this.#batch === null;
  }

  /** At most `max` rows; null when there are no more. @throws whatever the input throws. */
  async take(max: number): Promise<Portion | null> {
    const batch = this.#batch ?? await this.#advance();
    if (batch === null) return null;
    const from = this.#next;
    const to = Math.min(batch.length, from + max);
    this.#next = to;
    if (to === batch.length) this.#batch = null;
    const batchStart = this.rows - from;
    this.rows += to - from;
    return { batch, from, to, batchStart };
  }

  /** Leaves out rows up to the one of this number. @throws {OsirisError} `data/count-mismatch` when there are fewer. */
  async skip(rows: number): Promise<void> {
    while (this.rows < rows) {
      if (await this.take(rows - this.rows) !== null) continue;
      throw new OsirisError(
        "data/count-mismatch",
        `Cannot go on after row ${rows}: ${this.rows} rows came in`,
      );
    }
  }

  /** Looks whether there is another row, without giving it. */
  async hasMore(): Promise<boolean> {
    return this.#batch !== null || await this.#advance() !== null;
  }

  /** Tells the producer that no more is wanted. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#batch = null;
    await this.#batches.return?.();
  }

  async #advance(): Promise<Batch | null> {
    while (!this.#isOver) {
      const { done, value } = await this.#batches.next();
      if (done) this.#isOver = true;
      else if (value.length > 0) {
        this.#batch = value;
        this.#next = 0;
        return value;
      }
    }
    return null;
  }
}
