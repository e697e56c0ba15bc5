/**
 * Files as a driver sees them: streams that the host opened.
 *
 * @module
 */
import { CREDITS, Receiver, Sender } from "../channel/credit.ts";
import type { InputFile, OutputFile } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { SourceFacts } from "../protocol.ts";

/** A file to read; `ask` gets a port from the host on which its bytes come. */
export function inputFile(
  facts: SourceFacts,
  ask: () => Promise<MessagePort>,
  signal: AbortSignal,
): InputFile {
  let isOpened = false;
  return {
    ...facts,
    async *open(
      { reuse = false } = {},
    ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
      if (isOpened && !facts.canReopen) {
        throw new OsirisError(
          "file/not-readable",
          `Cannot read file twice: "${facts.path}": it is not a regular file`,
        );
      }
      isOpened = true;
      const buffer = (chunk: unknown) =>
        (chunk as Uint8Array<ArrayBuffer>).buffer;
      const chunks = new Receiver(
        await ask(),
        signal,
        CREDITS,
        reuse ? buffer : undefined,
      );
      for await (const chunk of chunks) yield chunk as Uint8Array<ArrayBuffer>;
    },
  };
}

/** A file to write; its bytes go to the host over `port`, which says on the same port when all is on disk. */
export function outputFile(
  path: string,
  port: MessagePort,
  signal: AbortSignal,
): OutputFile {
  const { port1: data, port2: hostData } = new MessageChannel();
  const closed = Promise.withResolvers<void>();
  closed.promise.catch(() => {}); // reported where it is awaited
  port.onmessage = ({ data: answer }: MessageEvent) => {
    if (answer?.t === "closed") closed.resolve();
  };
  port.postMessage({ t: "stream", port: hostData }, [hostData]);
  signal.addEventListener("abort", () => closed.reject(signal.reason), {
    once: true,
  });
  const sender = new Sender(data, signal);
  let bytes = 0;
  return {
    path,
    async write(chunk): Promise<void> {
      bytes += chunk.byteLength;
      await sender.send(chunk, [chunk.buffer]);
    },
    spare: (size) =>
      new Uint8Array(sender.takeSpare(size) ?? new ArrayBuffer(size)),
    async close(): Promise<void> {
      sender.end(bytes);
      await closed.promise;
    },
  };
}
