/**
 * Decompresses chunks.
 *
 * The engine's own DecompressionStream takes twice the time and refuses a
 * second member of gzip, which block-wise writers and `cat` make. The library
 * is loaded only when it is needed, which plain files are thus spared.
 *
 * @module
 */
import { OsirisError } from "../error.ts";

/** Bytes of decompressed chunks. */
const CHUNK_BYTES = 256 << 10;

/**
 * Decompresses chunks, of gzip one member after another.
 *
 * @throws {OsirisError} `data/syntax` while reading damaged ones.
 */
export async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  format: "gzip" | "deflate-raw",
  path: string,
): AsyncGenerator<Uint8Array> {
  const { createGunzip, createInflateRaw } = await import("node:zlib");
  const stream = format === "gzip"
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : createInflateRaw({ chunkSize: CHUNK_BYTES });
  // What the file's own reading throws must not be taken for damage.
  let failure: { readonly thrown: unknown } | undefined;
  const pumping = pump(chunks, stream).catch((thrown) => {
    failure = { thrown };
    stream.destroy(new Error("the source failed"));
  });
  try {
    for await (const { buffer, byteOffset, byteLength } of stream) {
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  } catch (thrown) {
    if (failure !== undefined) throw failure.thrown;
    throw new OsirisError(
      "data/syntax",
      `Cannot decompress "${path}": damaged or cut short`,
      {
        cause: thrown,
        hint:
          "Check that the file is complete and compressed as `compression` says",
      },
    );
  } finally {
    stream.destroy();
    await pumping;
  }
}

/** What is written to: a stream that says when it is full, and when it is no more. */
interface Writable {
  readonly destroyed: boolean;
  write(chunk: Uint8Array): boolean;
  end(): void;
  on(event: "drain" | "close", listener: () => void): unknown;
}

/** Writes all chunks to a stream, waiting while it is full, until it is destroyed. */
async function pump(
  chunks: AsyncIterable<Uint8Array>,
  stream: Writable,
): Promise<void> {
  let wake = (): void => {};
  stream.on("drain", () => wake());
  stream.on("close", () => wake());
  for await (const chunk of chunks) {
    if (stream.destroyed) return;
    if (!stream.write(chunk) && !stream.destroyed) {
      await new Promise<void>((resolve) => wake = resolve);
    }
  }
  stream.end();
}
