/**
 * Builds columns of booleans, one bit a row.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { wrongKind } from "./refuse.ts";

type Bits = Uint8Array<ArrayBuffer>;

/** Builds columns of `true` and `false`. */
export class BoolBuilder extends FixedBuilder<Bits> {
  constructor(type: LogicalType, rows: number) {
    super(type, rows, (length) => new Uint8Array((length + 7) >> 3));
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const value = readBool(bytes, start, end);
    if (value === undefined) return false;
    this.#append(value);
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    if (typeof value !== "boolean") throw wrongKind(this.type, value);
    this.#append(value);
  }

  protected override view(data: Bits, rows: number): ColumnData {
    return trimmed(data, (rows + 7) >> 3);
  }

  #append(value: boolean): void {
    if (this.length === this.room) this.reserve(1);
    if (value) this.data[this.length >> 3] |= 1 << (this.length & 7);
    this.length++;
  }
}

/** Whether `bytes[start, end)` says `true` or `false`; undefined for other text. */
export function readBool(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean | undefined {
  const isLong = end - start === 5;
  if (!isLong && end - start !== 4) return undefined;
  const word = isLong ? FALSE : TRUE;
  for (let i = 0; i < word.length; i++) {
    if (bytes[start + i] !== word[i]) return undefined;
  }
  return !isLong;
}

const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");
