/**
 * The tables between steps: kept until their last consumer is done, counted in
 * bytes, and written to disk as Arrow IPC past the run's budget. What steps hold
 * whole counts too: tables go to disk to make room for it. A table that a
 * resumed run may need is on disk as a whole, and stays there when the run fails.
 *
 * @module
 */
import { join } from "node:path";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import { type Batch, batchBytes } from "../table/batch.ts";
import { CachedTable } from "./cached_table.ts";
import { SpillFile } from "./spill.ts";

/** How a cache is kept. */
export interface CacheOptions {
  /** Where tables that don't fit are written; made when first needed. */
  readonly folder: string;
  /** Where tables are kept for a run that resumes this one; made when first needed. */
  readonly keepFolder: string;
  /** Bytes that may stay in memory, those that steps hold included. */
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
  readonly #tables = new Map<string, CachedTable>();
  readonly #options: CacheOptions;
  #bytes = 0;
  /** Bytes that steps hold, and what they will hold once there is room. */
  #held = 0;
  #promised = 0;
  #peakBytes = 0;
  #diskBytes = 0;
  #peakDiskBytes = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** Bytes of all tables in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Most bytes in memory at once: of tables here, and of those that steps hold. */
  get peakBytes(): number {
    return this.#peakBytes;
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
    return [...this.#tables.keys()];
  }

  /** Rows of a table; undefined when it isn't here or not complete. */
  rows(table: string): number | undefined {
    const entry = this.#tables.get(table);
    return entry?.isComplete ? entry.rows : undefined;
  }

  /** Most bytes that a table takes as a whole in memory; 0 when it isn't here. */
  size(table: string): number {
    return this.#tables.get(table)?.size ?? 0;
  }

  /** Where a table lies that was put to be kept; null for others. */
  kept(table: string): KeptTable | null {
    const entry = this.#tables.get(table);
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
    const entry = new CachedTable(isKept);
    this.#tables.set(table, entry);
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
    const entry = new CachedTable(true);
    const size = sizeOf(path);
    this.#tables.set(
      table,
      Object.assign(entry, { path, rows, size, isComplete: true }),
    );
  }

  async #add(table: string, entry: CachedTable, batch: Batch): Promise<void> {
    const bytes = batchBytes(batch);
    const { budget, keepFolder, folder, onSpill } = this.#options;
    await entry.settle();
    const fits = this.#bytes + this.#promised + bytes <= budget;
    entry.rows += batch.length;
    entry.size += Math.max(bytes, paddedBytes(batch));
    if (entry.isInMemory && fits) {
      entry.keep(batch, bytes);
      return this.#count(bytes);
    }
    if (!entry.spill) {
      const path = entry.isKept
        ? join(keepFolder, `${table}.arrow.partial`)
        : join(folder, `${table}.arrow`);
      entry.spill = new SpillFile(path, batch.schema);
      if (!entry.isKept) onSpill?.(table, this.#bytes);
    }
    const before = entry.spill.bytes;
    await entry.spill.append(batch);
    this.#grow(table, entry, entry.spill.bytes - before);
  }

  async #finish(table: string, entry: CachedTable): Promise<void> {
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
    const entry = this.#tables.get(table);
    if (!entry?.isComplete) {
      throw new OsirisError(
        "internal/bug",
        `Cannot read table "${table}": it is not in the cache`,
      );
    }
    yield* entry.read(isLast, (bytes) => {
      entry.bytes -= bytes;
      this.#count(-bytes);
    });
  }

  /** Counts a table no more, as far as it is in memory: its last reader does. */
  lend(table: string): void {
    this.#count(-(this.#tables.get(table)?.lend() ?? 0));
  }

  /**
   * Notes how many bytes steps hold, once tables have gone to disk to make room for them.
   *
   * @throws {OsirisError} `file/disk-full` and its like, `run/limit`
   */
  async hold(bytes: number): Promise<void> {
    this.#promised = bytes;
    const { budget, folder, onSpill } = this.#options;
    // Others may add to a table, or make room themselves, while one goes to disk.
    while (this.#bytes + this.#promised > budget) {
      const found = [...this.#tables].find(([, { bytes }]) => bytes > 0);
      if (found === undefined) break;
      const [table, entry] = found;
      if (entry.isInMemory) onSpill?.(table, this.#bytes);
      const path = join(folder, `${table}.first.arrow`);
      const grow = (more: number) => this.#grow(table, entry, more);
      this.#count(-await entry.evict(path, grow));
    }
    this.#held = this.#promised;
    this.#count(0);
  }

  /** Notes how many bytes steps hold, fewer than before. What they were promised they may not hold yet. */
  unhold(bytes: number): void {
    this.#promised = bytes;
    this.#held = Math.min(this.#held, bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes + this.#held);
  }

  #grow(table: string, entry: CachedTable, bytes: number): void {
    entry.diskBytes += bytes;
    this.#countDisk(bytes);
    this.#options.onDisk?.(table, entry.diskBytes);
  }

  #countDisk(bytes: number): void {
    this.#diskBytes += bytes;
    this.#peakDiskBytes = Math.max(this.#peakDiskBytes, this.#diskBytes);
  }

  /** Drops a table and its files. */
  clear(table: string): void {
    this.#forget(table)?.remove();
  }

  #forget(table: string): CachedTable | undefined {
    const entry = this.#tables.get(table);
    if (!entry) return undefined;
    this.#tables.delete(table);
    this.#count(-entry.bytes);
    this.#countDisk(-entry.diskBytes);
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

/** Bytes of a batch that was on disk: there each part of it ends at a multiple of 8. */
function paddedBytes({ columns }: Batch): number {
  return columns.reduce(
    (sum, { validity, data, offsets }) =>
      [validity, data, offsets].reduce(
        (bytes, part) => bytes + Math.ceil((part?.byteLength ?? 0) / 8) * 8,
        sum,
      ),
    0,
  );
}

/** Bytes of a file, of which a table in memory takes about as many; 0 when it isn't there, which its reader tells. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
