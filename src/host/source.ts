/**
 * Opens the files that a step reads in its stead and sends their bytes over
 * ports, so that the step holds no permission for them.
 *
 * @module
 */
import { Sender } from "../channel/credit.ts";
import { OsirisError } from "../error.ts";
import type { PlannedFile } from "../plan/plan.ts";
import { fileError } from "./file_error.ts";

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
