/**
 * Writes batches as CSV text into one buffer after another.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Batch } from "../table/batch.ts";
import { columnBuilder } from "../table/builder.ts";
import { type Schema, types } from "../table/type.ts";
import { type Cells, cellsOf } from "./cells.ts";
import type { TextOptions } from "./write_options.ts";

/** Bytes of a buffer, unless a block of rows needs more. */
const BUFFER_BYTES = 1 << 20;

/** Writes the text of one table. */
export class TextWriter {
  /** Rows of the batches before the one that is bound, for errors. */
  rowsBefore = 0;
  readonly #schema: Schema;
  readonly #order: readonly number[];
  readonly #options: TextOptions;
  readonly #cells: readonly Cells[];
  readonly #allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  #buffer: Uint8Array<ArrayBuffer>;
  #end = 0;
  #sizes = new Int32Array(0);

  /**
   * @param order Places of the schema's fields, in the order in which they are written.
   * @param allocate Gives buffers; what is in them doesn't matter.
   */
  constructor(
    schema: Schema,
    order: readonly number[],
    options: TextOptions,
    allocate = (bytes: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(bytes),
  ) {
    this.#allocate = allocate;
    this.#buffer = allocate(BUFFER_BYTES);
    this.#schema = schema;
    this.#order = order;
    this.#options = options;
    this.#cells = order.map((index) => cellsOf(schema.fields[index], options));
  }

  /** Writes the row of names. */
  header(): void {
    const { fields } = this.#schema;
    const names = this.#order.map((index) => fields[index].name);
    const columns = names.map((name) => {
      const builder = columnBuilder(types.utf8, 1);
      builder.appendValue(name);
      return builder.finish();
    });
    const schema = {
      fields: names.map((name) => ({
        name,
        type: types.utf8,
        nullable: false,
      })),
    };
    // Names are text, quoted as text is.
    const writer = new TextWriter(
      schema,
      names.map((_, i) => i),
      this.#options,
    );
    writer.rows({ schema, length: 1, columns }, 0, 1);
    const text = writer.take();
    this.#reserve(text.length);
    this.#buffer.set(text, this.#end);
    this.#end += text.length;
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#end;
  }

  /** Sets the batch for {@linkcode rows}. */
  bind(batch: Batch): void {
    this.#order.forEach((index, i) =>
      this.#cells[i].bind(batch.columns[index])
    );
  }

  /**
   * Writes rows `from` to `to` of the batch that is bound.
   *
   * @returns the buffer that was full before, if that was so: it is the caller's.
   * @throws {OsirisError} `data/lossy` with row and column of a cell that can't be written.
   */
  rows(
    batch: Batch,
    from: number,
    to: number,
  ): Uint8Array<ArrayBuffer> | undefined {
    if (from === 0) this.bind(batch);
    const cells = this.#cells, rows = to - from;
    if (cells.length === 0) return undefined;
    const at = this.#measure(from, to);
    const total = at[rows];
    const full = this.#end + total > this.#buffer.length && this.#end > 0
      ? this.take()
      : undefined;
    this.#reserve(total);
    for (let i = 0, sum = this.#end; i < rows; i++) {
      const size = at[i];
      at[i] = sum;
      sum += size;
    }
    const out = this.#buffer, { delimiter, newline } = this.#options;
    const last = cells.length - 1;
    for (let i = 0; i < last; i++) {
      cells[i].writeRows(from, to, out, at);
      for (let row = 0; row < rows; row++) out[at[row]++] = delimiter;
    }
    cells[last].writeRows(from, to, out, at);
    for (const byte of newline) {
      for (let row = 0; row < rows; row++) out[at[row]++] = byte;
    }
    this.#end += total;
    return full;
  }

  /** Takes what was written so far. */
  take(): Uint8Array<ArrayBuffer> {
    const text = this.#buffer.subarray(0, this.#end);
    this.#buffer = this.#allocate(BUFFER_BYTES);
    this.#end = 0;
    return text;
  }

  /** Bytes of each row, and of all in the last place. */
  #measure(from: number, to: number): Int32Array {
    const rows = to - from;
    if (this.#sizes.length < rows + 1) this.#sizes = new Int32Array(rows + 1);
    const sizes = this.#sizes, cells = this.#cells;
    sizes.fill(cells.length - 1 + this.#options.newline.length, 0, rows);
    for (let i = 0; i < cells.length; i++) {
      try {
        cells[i].addSizes(from, to, sizes);
      } catch (thrown) {
        throw this.#named(thrown, i);
      }
    }
    let total = 0;
    for (let i = 0; i < rows; i++) total += sizes[i];
    sizes[rows] = total;
    return sizes;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(
      Math.max(this.#end + bytes, BUFFER_BYTES),
    );
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }

  /** Adds row and column to an error of the cells. */
  #named(thrown: unknown, cell: number): unknown {
    if (!(thrown instanceof OsirisError)) return thrown;
    const column = this.#schema.fields[this.#order[cell]].name;
    const row = this.rowsBefore + Number(thrown.details?.row ?? 0) + 1;
    const state = thrown.message.slice(thrown.message.lastIndexOf(": ") + 2);
    return new OsirisError(
      thrown.code,
      `Cannot write CSV: row ${row}: column "${column}": ${state}`,
      { hint: thrown.hint, details: { row, column } },
    );
  }
}
