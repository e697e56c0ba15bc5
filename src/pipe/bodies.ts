/**
 * Buffers for the bodies of batches that pass through: they come back once a
 * batch has been passed on, and take the next one in.
 *
 * @module
 */

/** Sizes from this on are multiples of it, so that a buffer fits more than one batch. */
const STEP_BYTES = 1 << 17;

/** Most buffers that are kept: as many as may be on their way. */
const MOST = 8;

/** Keeps buffers for reuse. */
export class Bodies {
  readonly #spare: ArrayBuffer[] = [];

  /** A buffer of so many bytes, or up to twice as many, with anything in it. */
  take(bytes: number): ArrayBuffer {
    if (bytes < STEP_BYTES) return new ArrayBuffer(bytes);
    const index = this.#spare.findIndex(({ byteLength }) =>
      byteLength >= bytes && byteLength <= 2 * bytes
    );
    if (index >= 0) return this.#spare.splice(index, 1)[0];
    return new ArrayBuffer(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  /** Takes back what may be a buffer. */
  giveBack(buffer: unknown): void {
    const isOne = buffer instanceof ArrayBuffer && buffer.byteLength > 0;
    if (isOne && this.#spare.length < MOST) this.#spare.push(buffer);
  }
}

/** The buffer in which all pieces of a body lie, as those of a batch do that came in a frame. */
export function commonBuffer(
  pieces: readonly Uint8Array<ArrayBuffer>[],
): ArrayBuffer | undefined {
  const filled = pieces.filter(({ byteLength }) => byteLength > 0);
  const buffer = filled[0]?.buffer;
  const isCommon = filled.every((piece) => piece.buffer === buffer);
  return isCommon && filled.length > 1 ? buffer : undefined;
}
