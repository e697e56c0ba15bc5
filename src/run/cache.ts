/**
 * The tables between steps: kept until their last consumer is done, counted in
 * bytes, and written to disk as Arrow IPC past the run's budget.
 *
 * @module
 */
import { join } from "node:path";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import { type Batch, batchBytes, copyBatch } from "../table/batch.ts";
import { type IpcWriter, ipcWriter, readIpc } from "../table/ipc.ts";

/** A table in the cache: its first batches in memory, the rest on disk. */
interface Entry {
  readonly batches: Batch[];
  bytes: number;
  rows: number;
  isComplete: boolean;
  spill: Spill | null;
}

interface Spill {
  readonly path: string;
  readonly file: Deno.FsFile;
  readonly writer: IpcWriter;
  bytes: number;
}

/** Keeps the tables of one run. */
export class TableCache {
  readonly #entries = new Map<string, Entry>();
  readonly #folder: string;
  readonly #budget: number;
  readonly #onSpill: (table: string, bytes: number) => void;
  #bytes = 0;

  /**
   * @param folder Where tables that don't fit are written; made when first needed.
   * @param budget Bytes that may stay in memory.
   * @param onSpill Called when a table starts to go to disk.
   */
  constructor(
    folder: string,
    budget: number,
    onSpill: (table: string, bytes: number) => void = () => {},
  ) {
    this.#folder = folder;
    this.#budget = budget;
    this.#onSpill = onSpill;
  }

  /** Bytes of all tables in memory. */
  get bytes(): number {
    return this.#bytes;
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

  /**
   * Takes a whole table in, batch by batch.
   *
   * @throws {OsirisError} `file/disk-full` and its like when it can't be written out; the table is gone then.
   */
  async put(table: string, batches: AsyncIterable<Batch>): Promise<void> {
    this.clear(table);
    const entry: Entry = {
      batches: [],
      bytes: 0,
      rows: 0,
      isComplete: false,
      spill: null,
    };
    this.#entries.set(table, entry);
    try {
      for await (const batch of batches) await this.#add(table, entry, batch);
      if (entry.spill) await writeAll(entry.spill, [entry.spill.writer.end()]);
      entry.isComplete = true;
    } catch (thrown) {
      this.clear(table);
      throw thrown;
    }
  }

  async #add(table: string, entry: Entry, batch: Batch): Promise<void> {
    const bytes = batchBytes(batch);
    entry.rows += batch.length;
    if (!entry.spill && (this.#bytes + bytes <= this.#budget)) {
      entry.batches.push(batch);
      entry.bytes += bytes;
      this.#bytes += bytes;
      return;
    }
    if (!entry.spill) {
      entry.spill = this.#openSpill(table, batch);
      this.#onSpill(table, this.#bytes);
      await writeAll(entry.spill, [entry.spill.writer.header()]);
    }
    await writeAll(entry.spill, entry.spill.writer.batch(batch));
  }

  #openSpill(table: string, batch: Batch): Spill {
    const path = join(this.#folder, `${table}.arrow`);
    try {
      Deno.mkdirSync(this.#folder, { recursive: true });
      const file = Deno.openSync(path, {
        create: true,
        truncate: true,
        write: true,
        read: true,
      });
      return { path, file, writer: ipcWriter(batch.schema), bytes: 0 };
    } catch (thrown) {
      throw fileError(thrown, "write", path);
    }
  }

  /**
   * Gives a table's batches.
   *
   * @param isLast Whether nobody will ask again: buffers are given away instead of copied, and the table is cleared at the end.
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
      if (isLast) this.#release(entry, i);
      yield isLast ? batch : copyBatch(batch);
    }
    if (entry.spill) yield* readSpill(entry.spill.path);
    if (isLast) this.clear(table);
  }

  #release(entry: Entry, index: number): void {
    const bytes = batchBytes(entry.batches[index]);
    entry.batches[index] = { ...entry.batches[index], columns: [] };
    entry.bytes -= bytes;
    this.#bytes -= bytes;
  }

  /** Drops a table and its file. */
  clear(table: string): void {
    const entry = this.#entries.get(table);
    if (!entry) return;
    this.#entries.delete(table);
    this.#bytes -= entry.bytes;
    if (entry.spill) {
      entry.spill.file.close();
      Deno.removeSync(entry.spill.path);
    }
  }

  /** Drops everything. */
  close(): void {
    for (const table of this.tables) this.clear(table);
  }
}

async function writeAll(
  spill: Spill,
  pieces: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        at += await spill.file.write(piece.subarray(at));
      }
      spill.bytes += piece.length;
    }
  } catch (thrown) {
    throw fileError(thrown, "write", spill.path);
  }
}

async function* readSpill(path: string): AsyncGenerator<Batch, void, void> {
  const file = await Deno.open(path, { read: true });
  try {
    yield* readIpc(file);
  } finally {
    file.close();
  }
}
