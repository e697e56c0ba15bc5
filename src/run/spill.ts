/**
 * A table on disk: batches appended to an Arrow IPC file, read back as often as
 * need be, and removed.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileError } from "../host/file_error.ts";
import type { Batch } from "../table/batch.ts";
import { type IpcWriter, ipcWriter, readIpc } from "../table/ipc.ts";
import type { Schema } from "../table/type.ts";
import { removeIfThere } from "./live.ts";

/** A file being written, or written. */
export class SpillFile {
  /** Where it is. */
  readonly path: string;
  /** Bytes written. */
  bytes = 0;
  readonly #file: Deno.FsFile;
  readonly #writer: IpcWriter;
  #isOpen = true;

  /** Makes the file and the folder it is in. @throws {OsirisError} `file/…` */
  constructor(path: string, schema: Schema) {
    this.path = path;
    this.#writer = ipcWriter(schema);
    try {
      Deno.mkdirSync(dirname(path), { recursive: true });
      this.#file = Deno.openSync(path, {
        create: true,
        truncate: true,
        write: true,
      });
    } catch (thrown) {
      throw fileError(thrown, "write", path);
    }
  }

  /** Appends a batch. @throws {OsirisError} `file/disk-full` and its like. */
  async append(batch: Batch): Promise<void> {
    if (this.bytes === 0) await this.#write([this.#writer.header()]);
    await this.#write(this.#writer.batch(batch));
  }

  /** Ends the file: it can be read from now on. @param isDurable Whether it must survive the machine's power. */
  async finish(isDurable = false): Promise<void> {
    await this.#write([this.#writer.end()]);
    try {
      if (isDurable) await this.#file.syncData();
    } catch (thrown) {
      throw fileError(thrown, "write", this.path);
    }
    this.#close();
  }

  /** Removes the file. */
  remove(): void {
    this.#close();
    removeIfThere(this.path);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  async #write(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          at += await this.#file.write(piece.subarray(at));
        }
        this.bytes += piece.length;
      }
    } catch (thrown) {
      throw fileError(thrown, "write", this.path);
    }
  }
}

/** Reads a finished file. @throws {OsirisError} `file/…`, `data/syntax` when it is damaged. */
export async function* readSpill(
  path: string,
): AsyncGenerator<Batch, void, void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (thrown) {
    throw fileError(thrown, "read", path);
  }
  try {
    yield* readIpc(file);
  } finally {
    file.close();
  }
}
