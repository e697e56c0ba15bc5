/**
 * Texts that stand for NULL.
 *
 * @module
 */

/** Makes NULL of fields that hold one of some texts. */
export class NullTexts {
  readonly #texts: readonly Uint8Array[];
  readonly #quote: number;
  /** 1 for lengths that a text has. */
  readonly #lengths: Uint8Array;

  /** @param quote The quote byte: what stands in quotes is never NULL. */
  constructor(texts: readonly string[], quote: number) {
    const encoder = new TextEncoder();
    this.#texts = texts.map((text) => encoder.encode(text));
    this.#quote = quote;
    const longest = Math.max(0, ...this.#texts.map(({ length }) => length));
    this.#lengths = new Uint8Array(longest + 1);
    for (const { length } of this.#texts) this.#lengths[length] = 1;
  }

  /** Goes over one column of a block; spans as `ColumnBuilder.appendSpans`. */
  mark(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): void {
    if (this.#texts.length === 0) return;
    const lengths = this.#lengths;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], length = spans[at + 1] - start;
      if (length <= 0 || length >= lengths.length) continue;
      if (lengths[length] === 0) continue;
      if (start > 0 && bytes[start - 1] === this.#quote) continue;
      if (this.#matches(bytes, start, length)) spans[at + 1] = start;
    }
  }

  #matches(bytes: Uint8Array, start: number, length: number): boolean {
    return this.#texts.some((text) =>
      text.length === length &&
      text.every((byte, i) => bytes[start + i] === byte)
    );
  }
}
