/**
 * Formats columns of utf8 and json: the bytes as they are.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { copyBytes } from "../build/bytes.ts";
import { BaseFormatter } from "./base.ts";

/** Writes utf8 and json. */
export class BytesFormatter extends BaseFormatter {
  #data: Uint8Array = new Uint8Array(0);
  #offsets: Int32Array = new Int32Array(1);

  override size(row: number): number {
    return this.#offsets[row + 1] - this.#offsets[row];
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const start = this.#offsets[row], end = this.#offsets[row + 1];
    copyBytes(this.#data, start, end, out, at);
    return at + end - start;
  }

  protected override take(column: Column): void {
    this.#data = column.data as Uint8Array;
    this.#offsets = column.offsets!;
  }
}
