/**
 * Takes the stream of a file that a step writes, in the thread that has the
 * file open.
 *
 * @module
 */
import { CREDITS, Receiver } from "../channel/credit.ts";
import { OsirisError } from "../error.ts";
import { fileError } from "./file_error.ts";
import { isOwnBytes } from "./hear.ts";

/** Who hears how far a file is written. */
export interface WriteWatch {
  /** Bytes of one more chunk are written. */
  readonly wrote: (bytes: number) => void;
  /** All of it is on disk. */
  readonly done: () => void;
  /** It can't be written to its end; `step/cancelled` when the driver itself stopped. */
  readonly failed: (error: OsirisError) => void;
}

/**
 * Serves the step's side: takes its stream, writes it, says when all is on disk.
 *
 * @param path As the user wrote it, for messages.
 * @returns the port for the step.
 */
export function serveFile(
  file: Deno.FsFile,
  path: string,
  signal: AbortSignal,
  watch: WriteWatch,
): MessagePort {
  const { port1, port2 } = new MessageChannel();
  let isServed = false;
  port1.onmessage = ({ data }: MessageEvent) => {
    // Once: two streams into one file would mix.
    if (isServed || !(data?.port instanceof MessagePort)) return;
    isServed = true;
    const chunks = new Receiver(data.port, signal, CREDITS, bufferOf);
    drain(chunks, file, path, watch).then(
      () => {
        watch.done();
        port1.postMessage({ t: "closed" });
      },
      (thrown) => watch.failed(fileError(thrown, "write", path)),
    ).finally(() => port1.close());
  };
  return port2;
}

async function drain(
  chunks: Receiver,
  file: Deno.FsFile,
  path: string,
  { wrote }: WriteWatch,
): Promise<void> {
  for await (const chunk of chunks) {
    if (!isOwnBytes(chunk, Infinity)) {
      throw new OsirisError(
        "driver/protocol",
        `Cannot write file "${path}": the driver sent no bytes`,
      );
    }
    for (let at = 0; at < chunk.length;) {
      at += await file.write(at === 0 ? chunk : chunk.subarray(at));
    }
    wrote(chunk.length);
  }
  await file.syncData();
}

/** The buffer of a chunk that was checked to be one. */
function bufferOf(chunk: unknown): ArrayBuffer {
  return (chunk as Uint8Array<ArrayBuffer>).buffer;
}
