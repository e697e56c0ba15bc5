/**
 * Builds columns of floats.
 *
 * @module
 */
import type { ColumnData } from "../batch.ts";
import type { Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { readFloat } from "../float_text.ts";
import { FixedBuilder, trimmed } from "./fixed.ts";
import { lossy, wrongKind } from "./refuse.ts";

type FloatType = LogicalType & { readonly kind: "float" };
type FloatData = Float64Array<ArrayBuffer>;

/**
 * Builds columns of float32 and float64. Any decimal text in their range is
 * taken and rounded to the nearest float, as are `NaN` and `±Infinity`.
 */
export class FloatBuilder extends FixedBuilder<FloatData> {
  readonly #isSingle: boolean;

  constructor(type: FloatType, rows: number) {
    // Both arrays take numbers: one type stands for the two.
    const array =
      (type.bits === 32
        ? Float32Array
        : Float64Array) as unknown as Float64ArrayConstructor;
    super(type, rows, (length) => new array(length));
    this.#isSingle = type.bits === 32;
  }

  override appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const value = readFloat(bytes, start, end);
    if (value === undefined) return false;
    if (this.#isSingle && this.#overflows(value)) return false;
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
    if (typeof value === "bigint" && BigInt(number) !== value) {
      throw lossy(this.type);
    }
    if (
      this.#isSingle && Math.fround(number) !== number && !Number.isNaN(number)
    ) throw lossy(this.type);
    if (this.length === this.room) this.reserve(1);
    this.data[this.length++] = number;
  }

  protected override view(data: FloatData, rows: number): ColumnData {
    return trimmed(data, rows);
  }

  #overflows(value: number): boolean {
    return Math.abs(Math.fround(value)) === Infinity &&
      Math.abs(value) !== Infinity;
  }
}
