/**
 * Reads exact numbers of bytes from a pipe: small ones from a store that is
 * filled by as much as the pipe has, large ones straight into their buffer.
 *
 * @module
 */
import type { Fill } from "./frame.ts";

/** Reads up to as many bytes as fit, at least one; null at the end. May take the buffer and give it back in the answer. */
export type ReadSome = (
  into: Uint8Array<ArrayBuffer>,
) => Promise<Uint8Array<ArrayBuffer> | null>;

/** Bytes of the store: as many as a pipe holds. */
const STORE_BYTES = 1 << 16;

/** The same at once, in a thread that may wait. */
export type ReadNow = (
  into: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer> | null;

/**
 * Makes a {@linkcode Fill} of a pipe.
 *
 * @param readNow Reads what is surely under way: the rest of a frame that has begun.
 */
export function pipeReader(
  readSome: ReadSome,
  readNow: ReadSome | ReadNow = readSome,
): Fill {
  let store = new Uint8Array(STORE_BYTES);
  let from = 0;
  let to = 0;
  return async (bytes, into) => {
    let buffer = into && into.byteLength >= bytes
      ? into
      : new ArrayBuffer(bytes);
    for (let at = 0; at < bytes;) {
      if (from === to && bytes - at >= STORE_BYTES) {
        const read = await readNow(new Uint8Array(buffer, at, bytes - at));
        if (read === null) return null;
        buffer = read.buffer;
        at += read.byteLength;
        continue;
      }
      if (from === to) {
        const read = await readSome(store);
        if (read === null) return null;
        store = new Uint8Array(read.buffer);
        [from, to] = [0, read.byteLength];
      }
      const part = store.subarray(from, Math.min(to, from + bytes - at));
      new Uint8Array(buffer).set(part, at);
      from += part.byteLength;
      at += part.byteLength;
    }
    return buffer;
  };
}
