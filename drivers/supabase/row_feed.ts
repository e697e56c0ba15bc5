/**
 * Hands out the rows of an input in portions of any size.
 *
 * @module
 */
import type { TableInput } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";

/** Rows `from` to `to` of a batch. */
export interface Slice {
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
}

/** Rows that go together. */
export interface Portion {
  readonly slices: readonly Slice[];
  readonly rows: number;
  /** Number of its first row in the input, counted from 1. */
  readonly first: number;
}

/** Hands out portions; rows that were given back come first. */
export class RowFeed {
  readonly #batches: AsyncIterator<Batch>;
  #queue: Slice[] = [];
  #next = 1;
  #isOver = false;

  constructor(input: TableInput) {
    this.#batches = input.batches()[Symbol.asyncIterator]();
  }

  /** At most `rows` rows; undefined at the end. @throws when the producer failed. */
  async take(rows: number): Promise<Portion | undefined> {
    const slices: Slice[] = [];
    let count = 0;
    while (count < rows) {
      const slice = this.#queue.shift() ?? await this.#pull();
      if (slice === undefined) break;
      const to = Math.min(slice.to, slice.from + rows - count);
      if (to < slice.to) this.#queue.unshift({ ...slice, from: to });
      if (to > slice.from) slices.push({ ...slice, to });
      count += to - slice.from;
    }
    if (count === 0) return undefined;
    const first = this.#next;
    this.#next += count;
    return { slices, rows: count, first };
  }

  /** Leaves out the next rows. @throws {OsirisError} `data/count-mismatch` when there are fewer. */
  async skip(rows: number): Promise<void> {
    for (let left = rows; left > 0;) {
      const portion = await this.take(Math.min(left, SKIPPED_AT_ONCE));
      if (portion === undefined) throw tooFew(rows, rows - left);
      left -= portion.rows;
    }
  }

  /** Gives back the rows of the last portion from its row `from` on. */
  giveBack(portion: Portion, from: number): void {
    const back = cut(portion, from, portion.rows);
    this.#queue.unshift(...back.slices);
    this.#next -= back.rows;
  }

  /** Tells the producer to stop. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  async #pull(): Promise<Slice | undefined> {
    if (this.#isOver) return undefined;
    const { value, done } = await this.#batches.next();
    if (done) {
      this.#isOver = true;
      return undefined;
    }
    return { batch: value, from: 0, to: value.length };
  }
}

/** Rows that are held at once while they are left out. */
const SKIPPED_AT_ONCE = 65_536;

function tooFew(wanted: number, rows: number): OsirisError {
  return new OsirisError(
    "data/count-mismatch",
    `Cannot go on after row ${wanted}: ${rows} rows came in`,
  );
}

/** Rows `from` to `to` of a portion. */
export function cut(portion: Portion, from: number, to: number): Portion {
  const slices: Slice[] = [];
  let at = 0;
  for (const slice of portion.slices) {
    const length = slice.to - slice.from;
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, length);
    if (start < end) {
      slices.push({
        batch: slice.batch,
        from: slice.from + start,
        to: slice.from + end,
      });
    }
    at += length;
  }
  return { slices, rows: to - from, first: portion.first + from };
}
