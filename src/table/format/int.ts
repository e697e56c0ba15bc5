/**
 * Formats columns of integers of up to 32 bits.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { digitCount, writeNumberBefore } from "../words.ts";
import { BaseFormatter } from "./base.ts";

/** Writes int8 to int32 and uint8 to uint32. */
export class IntFormatter extends BaseFormatter {
  #data: Int32Array = new Int32Array(0);

  override size(): number {
    return 11;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    return writeInt(this.#data[row], out, at);
  }

  protected override exactSize(row: number): number {
    return intSize(this.#data[row]);
  }

  protected override take(column: Column): void {
    // Any of six arrays; read through one type, since all give numbers.
    this.#data = column.data as Int32Array<ArrayBuffer>;
  }
}

/** Bytes of an integer below 2^53 in text. */
export function intSize(value: number): number {
  return value < 0 ? 1 + digitCount(-value) : digitCount(value);
}

/** Writes an integer below 2^53. @returns where it ended. */
export function writeInt(value: number, out: Uint8Array, at: number): number {
  if (value < 0) {
    out[at++] = 45;
    value = -value;
  }
  const digits = digitCount(value);
  writeNumberBefore(value, digits, out, at + digits);
  return at + digits;
}
