/**
 * Formats columns of booleans.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { BaseFormatter } from "./base.ts";

const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");

/** Writes `true` and `false`. */
export class BoolFormatter extends BaseFormatter {
  #bits: Uint8Array = FALSE;

  override size(): number {
    return FALSE.length;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const word = this.#word(row);
    for (let i = 0; i < word.length; i++) out[at + i] = word[i];
    return at + word.length;
  }

  protected override exactSize(row: number): number {
    return this.#word(row).length;
  }

  protected override take(column: Column): void {
    this.#bits = column.data as Uint8Array;
  }

  #word(row: number): Uint8Array {
    return (this.#bits[row >> 3] & (1 << (row & 7))) !== 0 ? TRUE : FALSE;
  }
}
