/**
 * Builds columns of integers of up to 32 bits.
 *
 * @module
 */
import { type ColumnData, dataArray } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { lossy, wrongKind } from "./refuse.ts";

type IntType = LogicalType & { readonly kind: "int" };
/** Any of the six arrays; written through one type, since all take numbers. */
type IntData = Int32Array<ArrayBuffer>;

/** What {@linkcode readInt} gives when the text is no integer of up to 15 digits. */
export const NO_INT = 0.5;

/** Builds columns of int8 to int32 and uint8 to uint32. */
export class IntBuilder extends FixedBuilder<IntData> {
  readonly #min: number;
  readonly #max: number;

  constructor(type: IntType, rows: number) {
    const array = dataArray(type) as unknown as Int32ArrayConstructor;
    super(type, rows, (length) => new array(length));
    this.#min = type.signed ? -(2 ** (type.bits - 1)) : 0;
    this.#max = 2 ** (type.signed ? type.bits - 1 : type.bits) - 1;
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const value = readInt(bytes, start, end);
    if (value === NO_INT || value < this.#min || value > this.#max) {
      return false;
    }
    if (this.length === this.room) this.reserve(1);
    this.data[this.length++] = value;
    return true;
  }

  override appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    if (typeof value !== "number" && typeof value !== "bigint") {
      throw wrongKind(this.type, value);
    }
    const number = Number(value);
    if (
      !Number.isInteger(number) || number < this.#min || number > this.#max
    ) {
      throw lossy(this.type);
    }
    if (this.length === this.room) this.reserve(1);
    this.data[this.length++] = number;
  }

  protected override view(data: IntData, rows: number): ColumnData {
    return trimmed(data, rows);
  }
}

/**
 * Reads a canonical integer of up to 15 digits: no sign but `-`, no leading
 * zero, no `-0`. {@linkcode NO_INT} when it isn't one.
 */
export function readInt(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const isNegative = bytes[start] === 45;
  const from = isNegative ? start + 1 : start;
  const digits = end - from;
  if (digits <= 0 || digits > 15) return NO_INT;
  const first = bytes[from] - 48;
  if ((first >>> 0) > 9 || (first === 0 && (digits > 1 || isNegative))) {
    return NO_INT;
  }
  // Nine digits fit 32 bits, whose arithmetic is the quickest.
  let value = first;
  const near = digits > 9 ? from + 9 : end;
  for (let i = from + 1; i < near; i++) {
    const digit = bytes[i] - 48;
    if ((digit >>> 0) > 9) return NO_INT;
    value = (value * 10 + digit) | 0;
  }
  if (digits <= 9) return isNegative ? -value : value;
  let wide = value;
  for (let i = near; i < end; i++) {
    const digit = bytes[i] - 48;
    if ((digit >>> 0) > 9) return NO_INT;
    wide = wide * 10 + digit;
  }
  return isNegative ? -wide : wide;
}
