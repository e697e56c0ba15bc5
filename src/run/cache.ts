/**
 * The tables between steps: kept until their last consumer is done, counted in
 * bytes, and written to disk as Arrow IPC past the run's budget. A table that a
 * resumed run may need is on disk as a whole, and stays there when the run fails.
 *
 * @module
 */
import { join } from "node:path";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import { type Batch, batchBytes, copyBatch } from "../table/batch.ts";
import { removeIfThere } from "./live.ts";
import { readSpill, SpillFile } from "./spill.ts";

/** A table in the cache: its first batches in memory, the rest on disk. */
interface Entry {
  readonly batches: Batch[];
  /** Whether the whole table is on disk, for another run. */
  readonly isKept: boolean;
  /** Bytes of `batches`. */
  bytes: number;
  rows: number;
  isComplete: boolean;
  spill: SpillFile | null;
  /** A finished file to read after `batches`. */
  path: string | null;
}

/** How a cache is kept. */
export interface CacheOptions {
  /** Where tables that don't fit are written; made when first needed. */
  readonly folder: string;
  /** Where tables are kept for a run that resumes this one; made when first needed. */
  readonly keepFolder: string;
  /** Bytes that may stay in memory. */
  readonly budget: number;
  /** Called when a table starts to go to disk, with the bytes in memory. */
  readonly onSpill?: (table: string, bytes: number) => void;
  /**
   * Called when a table takes more room on disk, with its bytes. What
   * it throws is what {@linkcode TableCache.put} throws.
   */
  readonly onDisk?: (table: string, bytes: number) => void;
}

/** A table on disk that outlives its run. */
export interface KeptTable {
  /** Absolute path of its Arrow IPC file. */
  readonly path: string;
  /** Rows in all of its batches. */
  readonly rows: number;
}

/** Keeps the tables of one run. */
export class TableCache {
  readonly #entries = new Map<string, Entry>();
  readonly #options: CacheOptions;
  #bytes = 0;
  #diskBytes = 0;
  #peakDiskBytes = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** Bytes of all tables in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of all tables on disk. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** Most bytes that were on disk at once. */
  get peakDiskBytes(): number {
    return this.#peakDiskBytes;
  }

  /** Names of the tables it holds. */
  get tables(): string[] {
    return [...this.#entries.keys()];
  }

  /** Rows of a table; undefined when it isn't here or not complete. */
  rows(table: string): number | undefined {
    const entry = this.#entries.get(table);
    return entry?.isComplete ? entry.rows : undefined;
  }

  /** Where a table lies that was put to be kept; null for others. */
  kept(table: string): KeptTable | null {
    const entry = this.#entries.get(table);
    if (!entry?.isComplete || !entry.isKept || entry.path === null) return null;
    return { path: entry.path, rows: entry.rows };
  }

  /**
   * Takes a whole table in, batch by batch.
   *
   * @param isKept Whether it goes to disk as a whole, for a run that resumes this one.
   * @throws {OsirisError} `file/disk-full` and its like when it can't be written out; the table is gone then.
   */
  async put(
    table: string,
    batches: AsyncIterable<Batch>,
    isKept = false,
  ): Promise<void> {
    this.clear(table);
    const entry = newEntry(isKept);
    this.#entries.set(table, entry);
    try {
      for await (const batch of batches) await this.#add(table, entry, batch);
      await this.#finish(table, entry);
      entry.isComplete = true;
    } catch (thrown) {
      this.clear(table);
      throw thrown;
    }
  }

  /** Takes in a table that an earlier run kept. */
  adopt(table: string, { path, rows }: KeptTable): void {
    this.clear(table);
    const entry = newEntry(true);
    this.#entries.set(
      table,
      Object.assign(entry, { path, rows, isComplete: true }),
    );
  }

  async #add(table: string, entry: Entry, batch: Batch): Promise<void> {
    const bytes = batchBytes(batch);
    const fits = this.#bytes + bytes <= this.#options.budget;
    entry.rows += batch.length;
    if (!entry.spill && !entry.isKept && fits) {
      entry.batches.push(batch);
      entry.bytes += bytes;
      this.#bytes += bytes;
      return;
    }
    if (!entry.spill) {
      const { keepFolder, folder, onSpill } = this.#options;
      const path = entry.isKept
        ? join(keepFolder, `${table}.arrow.partial`)
        : join(folder, `${table}.arrow`);
      entry.spill = new SpillFile(path, batch.schema);
      if (!entry.isKept) onSpill?.(table, this.#bytes);
    }
    const before = entry.spill.bytes;
    await entry.spill.append(batch);
    this.#countDisk(entry.spill.bytes - before);
    this.#options.onDisk?.(table, entry.spill.bytes);
  }

  async #finish(table: string, entry: Entry): Promise<void> {
    if (!entry.spill) return;
    await entry.spill.finish(entry.isKept);
    entry.path = entry.spill.path;
    if (!entry.isKept) return;
    const path = join(this.#options.keepFolder, `${table}.arrow`);
    try {
      Deno.renameSync(entry.spill.path, path);
    } catch (thrown) {
      throw fileError(thrown, "write", path);
    }
    entry.path = path;
  }

  /**
   * Gives a table's batches.
   *
   * @param isLast Whether nobody will ask again: buffers are given away instead of copied.
   * @throws {OsirisError} `internal/bug` when it isn't here.
   */
  async *get(
    table: string,
    isLast: boolean,
  ): AsyncGenerator<Batch, void, void> {
    const entry = this.#entries.get(table);
    if (!entry?.isComplete) {
      throw new OsirisError(
        "internal/bug",
        `Cannot read table "${table}": it is not in the cache`,
      );
    }
    for (let i = 0; i < entry.batches.length; i++) {
      const batch = entry.batches[i];
      if (isLast) this.#giveAway(entry, i);
      yield isLast ? batch : copyBatch(batch);
    }
    if (entry.path) yield* readSpill(entry.path);
  }

  #giveAway(entry: Entry, index: number): void {
    const bytes = batchBytes(entry.batches[index]);
    entry.batches[index] = { ...entry.batches[index], columns: [] };
    entry.bytes -= bytes;
    this.#bytes -= bytes;
  }

  #countDisk(bytes: number): void {
    this.#diskBytes += bytes;
    this.#peakDiskBytes = Math.max(this.#peakDiskBytes, this.#diskBytes);
  }

  /** Drops a table and its file. */
  clear(table: string): void {
    const entry = this.#forget(table);
    if (!entry) return;
    entry.spill?.remove();
    if (entry.path) removeIfThere(entry.path);
  }

  #forget(table: string): Entry | undefined {
    const entry = this.#entries.get(table);
    if (!entry) return undefined;
    this.#entries.delete(table);
    this.#bytes -= entry.bytes;
    this.#countDisk(-(entry.spill?.bytes ?? 0));
    return entry;
  }

  /** Drops everything but the files of tables that are kept for another run. */
  close(): void {
    for (const table of this.tables) {
      if (this.kept(table)) this.#forget(table);
      else this.clear(table);
    }
  }
}

function newEntry(isKept: boolean): Entry {
  return {
    batches: [],
    isKept,
    bytes: 0,
    rows: 0,
    isComplete: false,
    spill: null,
    path: null,
  };
}
