/**
 * One table of the cache: its first batches in memory, the rest on disk. What
 * is in memory may go to disk at any time, also while the table is read.
 *
 * @module
 */
import { type Batch, batchBytes, copyBatch } from "../table/batch.ts";
import { removeIfThere } from "./live.ts";
import { readSpill, SpillFile } from "./spill.ts";

/** One table of the cache. */
export class CachedTable {
  /** Whether the whole table is on disk, for another run. */
  readonly isKept: boolean;
  /** Rows in all of its batches. */
  rows = 0;
  /** Bytes that all of its batches take in memory, at most. */
  size = 0;
  /** Bytes of batches in memory, as far as the cache counts them. */
  bytes = 0;
  /** Bytes on disk, as far as the cache counts them. */
  diskBytes = 0;
  /** Whether all batches have come. */
  isComplete = false;
  /** The file of what comes after the batches in memory. */
  spill: SpillFile | null = null;
  /** A finished file to read last: that of `spill`, or one that was there before. */
  path: string | null = null;
  #batches: Batch[] = [];
  /** Where batches went that were in memory. */
  #first: SpillFile | null = null;
  #moving: Promise<void> | null = null;
  #isLent = false;
  #isGone = false;

  constructor(isKept: boolean) {
    this.isKept = isKept;
  }

  /** Whether the next batch may stay in memory: none after it is on disk. */
  get isInMemory(): boolean {
    return !this.isKept && this.spill === null && this.#first === null;
  }

  /** Takes a batch into memory. */
  keep(batch: Batch, bytes: number): void {
    this.#batches.push(batch);
    this.bytes += bytes;
  }

  /** Waits until what is on its way to disk is there. @throws {OsirisError} what kept it from there. */
  async settle(): Promise<void> {
    await this.#moving;
  }

  /**
   * The batches, in order.
   *
   * @param isLast Whether nobody will ask again: buffers are given away instead of copied.
   * @param given Hears how many bytes of memory were given away.
   */
  async *read(
    isLast: boolean,
    given: (bytes: number) => void,
  ): AsyncGenerator<Batch, void, void> {
    let copied = 0;
    for (;;) {
      await this.#moving;
      const batch = isLast ? this.#batches.shift() : this.#batches[copied];
      if (batch === undefined) break;
      if (isLast) given(this.#isLent ? 0 : batchBytes(batch));
      else copied++;
      yield isLast ? batch : copyBatch(batch);
    }
    if (this.#first !== null) yield* after(readSpill(this.#first.path), copied);
    if (this.path !== null) yield* readSpill(this.path);
  }

  /** Lets its last reader count what is in memory. @returns the bytes that the cache counts no more. */
  lend(): number {
    const { bytes } = this;
    this.#isLent = true;
    this.bytes = 0;
    return bytes;
  }

  /**
   * Moves what is in memory to a file.
   *
   * @param onDisk Hears how many bytes of the file were added.
   * @returns the bytes that are free now.
   * @throws {OsirisError} `file/…`, and what `onDisk` throws; the table can't be read then.
   */
  async evict(path: string, onDisk: (bytes: number) => void): Promise<number> {
    await this.#moving;
    if (this.#isLent || this.#batches.length === 0) return 0;
    this.#moving = this.#move(this.#batches.splice(0), path, onDisk);
    await this.#moving;
    this.#moving = null;
    if (this.#isGone) return 0;
    const { bytes } = this; // none when it was lent meanwhile
    this.bytes = 0;
    return bytes;
  }

  async #move(
    batches: readonly Batch[],
    path: string,
    onDisk: (bytes: number) => void,
  ): Promise<void> {
    const file = new SpillFile(path, batches[0].schema);
    this.#first = file;
    try {
      for (const batch of batches) {
        const before = file.bytes;
        await file.append(batch);
        if (this.#isGone) break;
        onDisk(file.bytes - before);
      }
      if (!this.#isGone) await file.finish();
    } catch (thrown) {
      if (!this.#isGone) throw thrown;
    } finally {
      if (this.#isGone) file.remove();
    }
  }

  /** Removes its files; what is being written stops. */
  remove(): void {
    this.#isGone = true;
    this.#batches = [];
    this.#first?.remove();
    this.spill?.remove();
    if (this.path) removeIfThere(this.path);
  }
}

/** What comes after the first `count` batches. */
async function* after(
  batches: AsyncIterable<Batch>,
  count: number,
): AsyncGenerator<Batch, void, void> {
  for await (const batch of batches) if (count-- <= 0) yield batch;
}
