/**
 * What reads one column of a block of rows out of the server's bytes, and the
 * base of those that read values of a fixed width.
 *
 * A block's values are found first, all columns of a row in one go, as pairs of
 * start and end in `spans`; then each column is read by itself in a tight loop.
 * That is quicker than a call per value, whose kind changes from value to value.
 *
 * @module
 */
import type { Column, ColumnData } from "../../../src/table/batch.ts";
import { NullMask } from "../../../src/table/build/null_mask.ts";
import type { ColumnBuilder } from "../../../src/table/builder.ts";
import type { LogicalType } from "../../../src/table/type.ts";

/** Reads values of one column; `ColumnBuilder.appendSpans` says how spans lie. */
export interface ColumnReader {
  /** Bytes of values so far. */
  readonly byteLength: number;
  /** @returns Rows read: fewer than `rows` when the type can't hold the next value. */
  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number;
  appendNull(): void;
  /** Hands the column over and starts an empty one. */
  finish(): Column;
}

/** A reader of values of a fixed width, for columns of at most `room` rows. */
export abstract class FixedReader<Data extends ColumnData>
  implements ColumnReader {
  protected length = 0;
  protected readonly nulls: NullMask = new NullMask();
  protected data: Data;
  readonly #type: LogicalType;
  readonly #make: () => Data;
  readonly #rowBytes: number;
  /** Elements of `data` for a row: 2 where halves stand for 64 bits, 1/8 for bits. */
  readonly #perRow: number;

  /** @param make Makes the array for `room` rows. */
  constructor(type: LogicalType, room: number, make: () => Data) {
    this.#type = type;
    this.#make = make;
    this.data = make();
    this.#rowBytes = this.data.byteLength / room;
    this.#perRow = this.data.length / room;
  }

  get byteLength(): number {
    return this.length * this.#rowBytes;
  }

  abstract appendSpans: ColumnReader["appendSpans"];
  /** The column's `data` for what was read. */
  protected abstract view(data: Data, rows: number): ColumnData;

  appendNull(): void {
    this.nulls.mark(this.length++);
  }

  finish(): Column {
    const { length, data } = this;
    const nullCount = this.nulls.count;
    const validity = this.nulls.take(length);
    const used = Math.ceil(this.#perRow * length);
    const kept = 2 * used < data.length ? data.slice(0, used) as Data : data;
    this.data = this.#make();
    this.length = 0;
    return {
      type: this.#type,
      length,
      nullCount,
      validity,
      data: this.view(kept, length),
      offsets: null,
    };
  }
}

/** Reads text with leading zeros (ZEROFILL) as a column builder takes it: without. */
export class ZeroFilledReader implements ColumnReader {
  readonly #builder: ColumnBuilder;

  constructor(builder: ColumnBuilder) {
    this.#builder = builder;
  }

  get byteLength(): number {
    return this.#builder.byteLength;
  }

  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const end = spans[at + 1];
      let start = spans[at];
      // The last digit, and one before a point, are the number's own.
      while (
        start + 1 < end && bytes[start] === 48 && bytes[start + 1] !== 46
      ) {
        start++;
      }
      spans[at] = start;
    }
    return this.#builder.appendSpans(bytes, spans, first, step, rows);
  }

  appendNull(): void {
    this.#builder.appendNull();
  }

  finish(): Column {
    return this.#builder.finish();
  }
}
