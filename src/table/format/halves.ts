/**
 * Reads 64-bit values as two 32-bit halves, without a BigInt a value.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import { WORD } from "../words.ts";

/** The same memory as halves, low one first. */
export function halvesOf(data: ColumnData): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
}

/** The signed value of row `row`, exact only when {@linkcode isSafe} says so. */
export function numberAt(halves: Int32Array, row: number): number {
  return halves[2 * row + 1] * WORD + (halves[2 * row] >>> 0);
}

/** Whether the value with this high half is a safe integer. */
export function isSafe(high: number): boolean {
  return high < 0x20_0000 && high > -0x20_0000;
}
