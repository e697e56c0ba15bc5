/**
 * What builders of fixed-width columns share: room, NULLs and handing over.
 *
 * @module
 */
import type { Column, ColumnData } from "../batch.ts";
import type { ColumnBuilder, Value } from "../column_builder.ts";
import type { LogicalType } from "../type.ts";
import { NullMask } from "./null_mask.ts";

/** Makes the array that `rows` rows lie in. */
export type MakeData<Data> = (rows: number) => Data;

/** The typed arrays a builder can write into. */
export type Writable = ColumnData;

/** A builder of a column whose values all have the same width. */
export abstract class FixedBuilder<Data extends Writable>
  implements ColumnBuilder {
  readonly type: LogicalType;
  length = 0;
  protected readonly nulls: NullMask = new NullMask();
  /** Where values are written. Fresh arrays are zero, so that NULL rows are. */
  protected data: Data;
  /** Rows that {@linkcode data} has room for. */
  protected room: number;
  readonly #make: MakeData<Data>;
  readonly #rowBytes: number;

  constructor(type: LogicalType, rows: number, make: MakeData<Data>) {
    this.type = type;
    this.room = Math.max(rows, 8);
    this.#make = make;
    this.data = make(this.room);
    this.#rowBytes = this.data.byteLength / this.room;
  }

  get byteLength(): number {
    return Math.ceil(this.length * this.#rowBytes);
  }

  abstract appendText(bytes: Uint8Array, start: number, end: number): boolean;
  abstract appendValue(value: Value): void;
  /** The column's `data` for what was written, `rows` rows of it. */
  protected abstract view(data: Data, rows: number): ColumnData;

  appendNull(): void {
    if (this.length === this.room) this.reserve(1);
    this.nulls.mark(this.length++);
  }

  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    this.reserve(rows);
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) this.nulls.mark(this.length++);
      else if (end < start || !this.appendText(bytes, start, end)) return row;
    }
    return rows;
  }

  finish(): Column {
    const { type, length, data } = this;
    const nullCount = this.nulls.count;
    const column: Column = {
      type,
      length,
      nullCount,
      validity: this.nulls.take(length),
      data: this.view(data, length),
      offsets: null,
    };
    this.data = this.#make(this.room);
    this.length = 0;
    return column;
  }

  /** Makes room for `rows` more rows. */
  protected reserve(rows: number): void {
    if (this.length + rows <= this.room) return;
    this.room = Math.max(2 * this.room, this.length + rows);
    const grown = this.#make(this.room);
    // The same constructor made both, which the union of arrays can't say.
    (grown as Uint8Array).set(this.data as Uint8Array);
    this.data = grown;
  }
}

/** The first `length` elements, in a buffer of its own when the present one is mostly empty. */
export function trimmed<Data extends Writable>(
  data: Data,
  length: number,
): Data {
  return (2 * length < data.length
    ? data.slice(0, length)
    : data.subarray(0, length)) as Data;
}
