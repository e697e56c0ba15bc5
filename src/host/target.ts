/**
 * A file that a step writes: written beside its place, and renamed by `commit`
 * or removed by `discard`, so that what was there before stays whole until then.
 *
 * The step itself holds no permission for it: its bytes come over a port, to
 * this thread or to the one beside the driver in a process of its own.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { PlannedFile } from "../plan/plan.ts";
import { fileError } from "./file_error.ts";
import { serveFile, type WriteWatch } from "./file_stream.ts";
import { type Mark, markFile, openPartial } from "./partial_file.ts";

/** What another process needs to write a target. */
export interface MarkedFile {
  /** As the user wrote it. */
  readonly path: string;
  /** The file to write. Absolute. */
  readonly partial: string;
  readonly mark: Mark;
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
   * Opens a new partial file in place of what a killed run may have left.
   *
   * @throws {OsirisError} `file/busy` when another live run writes it; `file/…` when it can't be made.
   */
  static async open(file: PlannedFile): Promise<Target> {
    const partial = file.partial ?? `${file.resolved}.partial`;
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
      // Others may write to its folder: a link would have us write another file.
      const there = await Deno.lstat(partial).catch(() => null);
      if (there !== null && !there.isFile) {
        throw new OsirisError(
          "file/not-a-file",
          `Cannot write file "${file.path}": "${partial}" is in its way, and no file`,
          { hint: "Find out who has put it there, and remove it" },
        );
      }
      const handle = await openPartial(partial, file.path, file.createFolders);
      return new Target(file, partial, handle);
    } catch (thrown) {
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
   * Takes what the step writes, in this thread.
   *
   * @param fail Called when the file can't be written: the step must be stopped.
   * @returns the port for the step.
   */
  serve(signal: AbortSignal, fail: (error: OsirisError) => void): MessagePort {
    const watch = this.#watch((error) => {
      if (!signal.aborted) fail(error);
    });
    return serveFile(this.#handle, this.path, signal, watch);
  }

  /**
   * Leaves the writing to another process.
   *
   * @param fail As for {@linkcode serve}.
   * @throws {OsirisError} `file/…` when nothing can be written at all.
   */
  handOver(
    fail: (error: OsirisError) => void,
  ): { readonly file: MarkedFile; readonly watch: WriteWatch } {
    try {
      const mark = markFile(this.#handle);
      const file = { path: this.path, partial: this.#partial, mark };
      return { file, watch: this.#watch(fail) };
    } catch (thrown) {
      throw fileError(thrown, "write", this.path);
    }
  }

  #watch(fail: (error: OsirisError) => void): WriteWatch {
    return {
      wrote: (bytes) => void (this.bytes += bytes),
      done: () => {
        if (this.#state === "open") this.#state = "complete";
      },
      failed: (error) => {
        this.#failure ??= error;
        if (!isCancelled(this.#failure)) fail(this.#failure);
      },
    };
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

/** Whether the driver itself stopped writing: what made it stop is told elsewhere. */
function isCancelled(error: OsirisError): boolean {
  return error.code === "step/cancelled";
}
