/**
 * The validity bits of a column in the making.
 *
 * Bits start as "value" and only NULLs touch them, so that appending a value
 * costs nothing here; without a NULL there are no bits at all.
 *
 * @module
 */

/** Which rows of a column in the making are NULL. */
export class NullMask {
  /** NULLs so far. */
  count = 0;
  #bits: Uint8Array<ArrayBuffer> | null = null;

  /** Marks a row as NULL. Each row at most once. */
  mark(row: number): void {
    const byte = row >> 3;
    if (this.#bits === null || byte >= this.#bits.length) this.#grow(byte);
    this.#bits![byte] &= ~(1 << (row & 7));
    this.count++;
  }

  /** Hands the bits for `rows` rows over, null when none is NULL, and starts anew. */
  take(rows: number): Uint8Array<ArrayBuffer> | null {
    if (this.#bits === null) return null;
    const bytes = (rows + 7) >> 3;
    if (bytes > this.#bits.length) this.#grow(bytes);
    const bits = this.#bits.subarray(0, bytes);
    this.#bits = null;
    this.count = 0;
    return bits;
  }

  #grow(byte: number): void {
    const old = this.#bits;
    const grown = new Uint8Array(Math.max(byte + 1, 2 * (old?.length ?? 512)));
    grown.fill(0xff, old?.length ?? 0);
    if (old !== null) grown.set(old);
    this.#bits = grown;
  }
}
