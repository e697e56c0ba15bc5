/**
 * Decompresses streams of bytes.
 *
 * @module
 */
import { OsirisError } from "../error.ts";

/** Decompresses chunks. @throws {OsirisError} `data/syntax` while reading damaged ones. */
export async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  format: "gzip" | "deflate-raw",
  path: string,
): AsyncGenerator<Uint8Array> {
  // What the file's own reading throws must not be taken for damage.
  let failure: { readonly thrown: unknown } | undefined;
  const noted = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (thrown) {
      failure = { thrown };
      throw thrown;
    }
  };
  const stream = ReadableStream.from(noted())
    .pipeThrough(
      new DecompressionStream(format) as TransformStream<
        Uint8Array,
        Uint8Array
      >,
    );
  try {
    yield* stream;
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
  }
}
