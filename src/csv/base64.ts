/**
 * Formats columns of bytes as base64.
 *
 * @module
 */
import type { Column } from "../table/batch.ts";
import { BaseFormatter } from "../table/format/base.ts";

const DIGITS = new TextEncoder().encode(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);
const PAD = 61;

/** Writes binary as base64 with padding. */
export class Base64Formatter extends BaseFormatter {
  #data: Uint8Array = new Uint8Array(0);
  #offsets: Int32Array = new Int32Array(1);

  override size(row: number): number {
    const bytes = this.#offsets[row + 1] - this.#offsets[row];
    return 4 * Math.ceil(bytes / 3);
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const data = this.#data, end = this.#offsets[row + 1];
    for (let i = this.#offsets[row]; i < end; i += 3) {
      const isTwo = i + 1 < end, isThree = i + 2 < end;
      const bits = data[i] << 16 | (isTwo ? data[i + 1] << 8 : 0) |
        (isThree ? data[i + 2] : 0);
      out[at++] = DIGITS[bits >> 18];
      out[at++] = DIGITS[bits >> 12 & 63];
      out[at++] = isTwo ? DIGITS[bits >> 6 & 63] : PAD;
      out[at++] = isThree ? DIGITS[bits & 63] : PAD;
    }
    return at;
  }

  protected override take(column: Column): void {
    this.#data = column.data as Uint8Array;
    this.#offsets = column.offsets!;
  }
}
