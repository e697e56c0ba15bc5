/**
 * Opens files in a step's stead and moves their bytes over ports, so that the
 * step holds no file permission at all.
 *
 * A target is written beside its place under an exclusive lock, and renamed by
 * `commit`, or removed by `discard`: what was there before stays whole until then.
 *
 * @module
 */
import { dirname } from "node:path";
import { CREDITS, Receiver, Sender } from "../channel/credit.ts";
import { OsirisError } from "../error.ts";
import type { PlannedFile } from "../plan/plan.ts";
import { fileError } from "./file_error.ts";
import { isOwnBytes } from "./hear.ts";

/** Bytes read at once. */
const CHUNK_BYTES = 1 << 20;

/** Size of a source and whether it can be read again. @throws {OsirisError} `file/…` when it can't be read. */
export async function sourceFacts(
  file: PlannedFile,
): Promise<{ path: string; size: number | null; canReopen: boolean }> {
  try {
    const info = await Deno.stat(file.resolved);
    if (info.isDirectory) {
      throw new OsirisError(
        "file/not-a-file",
        `Cannot read file "${file.path}": it is a folder`,
      );
    }
    return {
      path: file.path,
      size: info.isFile ? info.size : null,
      canReopen: info.isFile,
    };
  } catch (thrown) {
    throw fileError(thrown, "read", file.path);
  }
}

/**
 * Sends the bytes of a source over a port.
 *
 * @param count Called with the bytes of every chunk.
 * @param closed Called when the file is closed again.
 * @returns the port to give to the reader.
 * @throws {OsirisError} `file/…` when it can't be opened; later errors go over the port.
 */
export async function openSource(
  file: Pick<PlannedFile, "path" | "resolved">,
  signal: AbortSignal,
  count: (bytes: number) => void,
  closed: () => void = () => {},
): Promise<MessagePort> {
  let handle: Deno.FsFile;
  try {
    handle = await Deno.open(file.resolved, { read: true });
  } catch (thrown) {
    throw fileError(thrown, "read", file.path);
  }
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, signal);
  pump(handle, sender, count).catch((thrown) => {
    if (!sender.isCancelled) sender.fail(fileError(thrown, "read", file.path));
  }).finally(() => {
    handle.close();
    closed();
  });
  return port2;
}

async function pump(
  handle: Deno.FsFile,
  sender: Sender,
  count: (bytes: number) => void,
): Promise<void> {
  let total = 0;
  while (true) {
    const chunk = new Uint8Array(
      sender.takeSpare(CHUNK_BYTES) ?? new ArrayBuffer(CHUNK_BYTES),
      0,
      CHUNK_BYTES, // what comes back may be larger than what was sent
    );
    const read = await handle.read(chunk);
    if (read === null) break;
    total += read;
    count(read);
    await sender.send(chunk.subarray(0, read), [chunk.buffer]);
  }
  sender.end(total);
}

/** A target being written. */
export class Target {
  /** Bytes written so far. */
  bytes = 0;
  readonly #file: PlannedFile;
  readonly #partial: string;
  readonly #handle: Deno.FsFile;
  #state: "open" | "complete" | "settled" = "open";
  #failure: OsirisError | undefined;

  private constructor(file: PlannedFile, partial: string, handle: Deno.FsFile) {
    this.#file = file;
    this.#partial = partial;
    this.#handle = handle;
  }

  /**
   * Opens the partial file, emptying what a killed run may have left.
   *
   * @throws {OsirisError} `file/busy` when another live run writes it; `file/…` when it can't be made.
   */
  static async open(file: PlannedFile): Promise<Target> {
    const partial = file.partial ?? `${file.resolved}.partial`;
    let handle: Deno.FsFile | undefined;
    try {
      const existing = await Deno.stat(file.resolved).catch(() => null);
      // What isn't a file would be replaced by one at the commit: a device, too.
      if (existing !== null && !existing.isFile) {
        throw new OsirisError(
          "file/not-a-file",
          `Cannot write file "${file.path}": it is a ${
            existing.isDirectory ? "folder" : "device, pipe or socket"
          }`,
        );
      }
      handle = await openPartial(partial, file.createFolders);
      if (!await handle.tryLock(true)) {
        throw new OsirisError(
          "file/busy",
          `Cannot write file "${file.path}": another run is writing it`,
          { hint: "Wait for the other run, or give this one another path" },
        );
      }
      await handle.truncate(0);
      return new Target(file, partial, handle);
    } catch (thrown) {
      handle?.close();
      throw fileError(thrown, "write", file.path);
    }
  }

  /** The path as the user wrote it. */
  get path(): string {
    return this.#file.path;
  }

  /** Where the file ends up. */
  get resolved(): string {
    return this.#file.resolved;
  }

  /** What went wrong while writing, if anything did. */
  get failure(): OsirisError | undefined {
    return this.#failure;
  }

  /**
   * Serves the step's side: takes its stream, writes it, says when all is on disk.
   *
   * @param fail Called when the file can't be written: the step must be stopped.
   * @returns the port for the step.
   */
  serve(signal: AbortSignal, fail: (error: OsirisError) => void): MessagePort {
    const { port1, port2 } = new MessageChannel();
    let isServed = false;
    port1.onmessage = ({ data }: MessageEvent) => {
      // Once: two streams into one file would mix.
      if (isServed || !(data?.port instanceof MessagePort)) return;
      isServed = true;
      const chunks = new Receiver(data.port, signal, CREDITS, bufferOf);
      this.#drain(chunks).then(
        () => port1.postMessage({ t: "closed" }),
        (thrown) => {
          this.#failure ??= fileError(thrown, "write", this.#file.path);
          if (!signal.aborted && !isCancelled(this.#failure)) {
            fail(this.#failure);
          }
        },
      ).finally(() => port1.close());
    };
    return port2;
  }

  async #drain(chunks: Receiver): Promise<void> {
    for await (const chunk of chunks) {
      if (!isOwnBytes(chunk, Infinity)) {
        throw new OsirisError(
          "driver/protocol",
          `Cannot write file "${this.#file.path}": the driver sent no bytes`,
        );
      }
      for (let at = 0; at < chunk.length;) {
        at += await this.#handle.write(at === 0 ? chunk : chunk.subarray(at));
      }
      this.bytes += chunk.length;
    }
    await this.#handle.syncData();
    if (this.#state === "open") this.#state = "complete";
  }

  /** Puts the file into its place. @throws {OsirisError} when it was not written to its end. */
  async commit(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#state !== "complete") {
      throw new OsirisError(
        "driver/protocol",
        `Cannot put file "${this.#file.path}" in place: its driver did not close it`,
      );
    }
    try {
      const before = await Deno.stat(this.#file.resolved).catch(() => null);
      if (before?.mode) await Deno.chmod(this.#partial, before.mode & 0o7777);
      await Deno.rename(this.#partial, this.#file.resolved);
      this.#state = "settled";
      this.#handle.close();
    } catch (thrown) {
      throw fileError(thrown, "write", this.#file.path);
    }
  }

  /** Removes what was written, unless it was committed. @throws {OsirisError} `file/…` when it stays. */
  async discard(): Promise<void> {
    if (this.#state === "settled") return;
    this.#state = "settled";
    try {
      await Deno.remove(this.#partial);
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return;
      throw fileError(thrown, "remove", this.#partial);
    } finally {
      this.#handle.close();
    }
  }
}

/** The buffer of a chunk that was checked to be one. */
function bufferOf(chunk: unknown): ArrayBuffer {
  return (chunk as Uint8Array<ArrayBuffer>).buffer;
}

/** Whether the driver itself stopped writing: what made it stop is told elsewhere. */
function isCancelled(error: OsirisError): boolean {
  return error.code === "step/cancelled";
}

/** Opens a file for writing. A folder that is there needs no permission: one is only made when there is none. */
async function openPartial(
  path: string,
  createFolders: boolean,
): Promise<Deno.FsFile> {
  const options = { read: true, write: true, create: true };
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (!createFolders || !(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.open(path, options);
}
