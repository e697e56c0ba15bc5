/**
 * Formats columns of bytes as lower-case hex.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { BaseFormatter } from "./base.ts";

const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Writes binary as two digits a byte. */
export class HexFormatter extends BaseFormatter {
  #data: Uint8Array = new Uint8Array(0);
  #offsets: Int32Array = new Int32Array(1);

  override size(row: number): number {
    return 2 * (this.#offsets[row + 1] - this.#offsets[row]);
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const data = this.#data, end = this.#offsets[row + 1];
    for (let i = this.#offsets[row]; i < end; i++) {
      out[at++] = DIGITS[data[i] >> 4];
      out[at++] = DIGITS[data[i] & 15];
    }
    return at;
  }

  protected override take(column: Column): void {
    this.#data = column.data as Uint8Array;
    this.#offsets = column.offsets!;
  }
}
