/**
 * Writes a step's files in the step's own process, in the thread beside the
 * driver: their bytes need not pass through the host and its pipe. The host
 * makes, locks, renames and removes the files; the driver's thread holds no
 * permission for them.
 *
 * @module
 */
import { encodeError, type OsirisError, type WireError } from "../error.ts";
import type { Start } from "../protocol.ts";
import { fileError } from "./file_error.ts";
import { serveFile } from "./file_stream.ts";
import { openMarked } from "./partial_file.ts";
import type { MarkedFile } from "./target.ts";

/** Tells a step's process to write the file of a target, before the step starts. */
export interface TargetOrder extends MarkedFile {
  readonly t: "target";
  readonly name: string;
}

/** Tells the host how far a target is: bytes of a chunk, null once all is on disk, or why it won't be. */
export interface TargetNote {
  readonly target: string;
  readonly bytes: number | null;
  readonly error: WireError | null;
}

/** Whether a message is for the thread beside the driver. */
export function isTargetOrder(message: unknown): message is TargetOrder {
  return (message as { t?: unknown } | null)?.t === "target";
}

/** The files that the step of this process writes. */
export class OwnTargets {
  readonly #note: (note: TargetNote) => void;
  readonly #open: Record<string, { path: string; port: MessagePort }> = {};

  constructor(note: (note: TargetNote) => void) {
    this.#note = note;
  }

  /** Opens a file, or says why not: the host then stops the step. */
  open({ name, path, partial, mark }: TargetOrder): void {
    const say = (bytes: number | null, error?: OsirisError): void =>
      this.#note({
        target: name,
        bytes,
        error: error ? encodeError(error) : null,
      });
    let port = new MessageChannel().port2;
    try {
      const file = openMarked(partial, path, mark);
      const { signal } = new AbortController(); // the process ends with its step
      port = serveFile(file, path, signal, {
        wrote: say,
        done: () => say(null),
        failed: (error) => say(null, error),
      });
    } catch (thrown) {
      say(null, fileError(thrown, "write", path));
    }
    this.#open[name] = { path, port };
  }

  /** Adds the files to what the driver is told at its start. */
  addTo(
    message: unknown,
    transfer: readonly Transferable[],
  ): [message: unknown, transfer: Transferable[]] {
    if ((message as { t?: unknown } | null)?.t !== "start") {
      return [message, [...transfer]];
    }
    const targets = { ...(message as Start).targets, ...this.#open };
    const ports = Object.values(this.#open).map(({ port }) => port);
    return [{ ...(message as Start), targets }, [...transfer, ...ports]];
  }
}
