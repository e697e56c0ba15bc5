/**
 * A stream whose beginning is held, to be read twice.
 *
 * @module
 */

/** The beginning of a stream and the way to the rest. */
export interface Head {
  /** Chunks read so far. */
  readonly chunks: readonly Uint8Array[];
  /** Whether that is all there is. */
  readonly isWhole: boolean;
  /** What comes after {@linkcode chunks}; to be read once. */
  rest(): AsyncIterable<Uint8Array>;
  /** Lets go of {@linkcode chunks}, which are then none. */
  forget(): void;
  /** Closes the stream. */
  close(): Promise<void>;
}

/** Reads a stream until at least `bytes` are there. */
export async function readHead(
  stream: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<Head> {
  const iterator = stream[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let isWhole = false;
  for (let size = 0; size < bytes && !isWhole;) {
    const { value, done } = await iterator.next();
    if (done) isWhole = true;
    else {
      chunks.push(value.slice()); // its memory may be used again for the next
      size += value.length;
    }
  }
  return {
    chunks,
    isWhole,
    rest: () => ({ [Symbol.asyncIterator]: () => iterator }),
    forget: () => void (chunks.length = 0),
    close: async () => void await iterator.return?.(),
  };
}

/** One stream after another. */
export async function* concatenated(
  ...streams: readonly (Iterable<Uint8Array> | AsyncIterable<Uint8Array>)[]
): AsyncGenerator<Uint8Array> {
  for (const stream of streams) yield* stream;
}
