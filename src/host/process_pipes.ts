/**
 * The pipes to a step's process, as its bridge takes them.
 *
 * @module
 */
import type { Fill, Write } from "../pipe/frame.ts";
import { pipeReader } from "../pipe/reader.ts";

/** Frames up to so many bytes are written as a whole. */
const WHOLE_BYTES = 4 << 20;

/** Writes frames. Each write takes a turn of the event loop, and a batch has many small pieces: they are put together first. */
export function writer(stdin: WritableStream<Uint8Array>): Write {
  const pipe = stdin.getWriter();
  let store = new Uint8Array(0);
  return async (pieces) => {
    const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes > WHOLE_BYTES) {
      for (const piece of pieces) await pipe.write(piece);
      return;
    }
    if (bytes > store.byteLength) store = new Uint8Array(bytes);
    let at = 0;
    for (const piece of pieces) {
      store.set(piece, at);
      at += piece.byteLength;
    }
    await pipe.write(store.subarray(0, bytes));
  };
}

/** Reads what frames are made of. */
export function filler(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
): Fill {
  const pipe = stdout.getReader({ mode: "byob" });
  return pipeReader(async (into) => {
    const { value, done } = await pipe.read(into);
    return done ? null : value;
  });
}
