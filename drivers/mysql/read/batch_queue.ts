/**
 * Batches between the socket that fills them and the step that hands them on.
 * The socket is paused while the step is behind.
 *
 * @module
 */
import type { Batch } from "../../../src/table/batch.ts";
import type { OsirisError } from "../../../src/error.ts";

/** Batches that may wait before the socket is paused. */
const HIGH = 1;

/** What a queue tells about its fill. */
export interface QueueOptions {
  /** The step is behind: stop reading. */
  pause(): void;
  /** There is room again. */
  resume(): void;
}

/** A queue with one taker and any number of givers. */
export class BatchQueue {
  readonly #options: QueueOptions;
  readonly #batches: Batch[] = [];
  #isPaused = false;
  #isOver = false;
  #error: OsirisError | null = null;
  #wake: (() => void) | null = null;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Adds a batch. */
  push(batch: Batch): void {
    this.#batches.push(batch);
    if (this.#batches.length >= HIGH && !this.#isPaused) {
      this.#isPaused = true;
      this.#options.pause();
    }
    this.#wake?.();
  }

  /** Says that no more comes. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Says that what is missing never comes; batches that wait are given out first. */
  fail(error: OsirisError): void {
    this.#error ??= error;
    this.#wake?.();
  }

  /** The batches until the end. @throws {OsirisError} what {@linkcode fail} was given. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        if (this.#isPaused && this.#batches.length < HIGH) {
          this.#isPaused = false;
          this.#options.resume();
        }
        yield batch;
      } else if (this.#error !== null) throw this.#error;
      else if (this.#isOver) return;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
        this.#wake = null;
      }
    }
  }
}
