/**
 * Gathers a step's tables whole, once the run has room for them.
 *
 * @module
 */
import type { TableInput } from "../driver/driver.ts";
import { type Batch, batchBytes } from "../table/batch.ts";

/** Gathers the tables of one step. */
export class Gatherer {
  readonly #ask: (bytes: number) => Promise<void>;
  #bytes = 0;
  #asking = 0;

  /** @param ask Waits until the step may hold so many bytes, all told. */
  constructor(ask: (bytes: number) => Promise<void>) {
    this.#ask = ask;
  }

  /** Whether it waits for room: then the step waits for another. */
  get isWaiting(): boolean {
    return this.#asking > 0;
  }

  /** An input that can be gathered. */
  input(input: Omit<TableInput, "gather">): TableInput {
    return {
      schema: () => input.schema(),
      batches: (options) => input.batches(options),
      gather: async () => {
        const batches: Batch[] = [];
        for await (const batch of input.batches()) {
          await this.#hold(batchBytes(batch));
          batches.push(batch);
        }
        return batches;
      },
    };
  }

  async #hold(bytes: number): Promise<void> {
    this.#bytes += bytes;
    this.#asking++;
    try {
      await this.#ask(this.#bytes);
    } finally {
      this.#asking--;
    }
  }
}
