/**
 * Writes batches as text, a row a line, into one buffer after another.
 *
 * A block of rows is measured and then written column by column, each cell
 * right at its place.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Batch } from "../table/batch.ts";
import type { Cells } from "./column_cells.ts";

/** Bytes of a buffer, unless a block of rows needs more. */
const BUFFER_BYTES = 1 << 20;

/** Bytes up to which a block is written in one go. */
const MOST_BYTES = 256 << 20;

/** What a row is made of. */
export interface RowLayout {
  /** Name of the text's format, for errors. */
  readonly format: string;
  /** The cells in their order: the column's place in the batch, its name, and what writes it. */
  readonly cells: readonly {
    readonly index: number;
    readonly name: string;
    readonly cells: Cells;
  }[];
  /** The byte between two cells. */
  readonly separator: number;
  /** The bytes at the end of a row. */
  readonly end: Uint8Array;
}

/** Writes the text of one table. */
export class TextWriter {
  /** Rows of the batches before the one that is bound, for errors. */
  rowsBefore = 0;
  readonly #layout: RowLayout;
  readonly #cells: readonly Cells[];
  readonly #allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  #buffer: Uint8Array<ArrayBuffer>;
  #end = 0;
  #sizes = new Int32Array(0);

  /** @param allocate Gives buffers; what is in them doesn't matter. */
  constructor(
    layout: RowLayout,
    allocate = (bytes: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(bytes),
  ) {
    this.#allocate = allocate;
    this.#buffer = allocate(BUFFER_BYTES);
    this.#layout = layout;
    this.#cells = layout.cells.map(({ cells }) => cells);
  }

  /** Writes bytes between rows: a header. */
  put(text: Uint8Array): void {
    this.#reserve(text.length);
    this.#buffer.set(text, this.#end);
    this.#end += text.length;
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#end;
  }

  /** Sets the batch that {@linkcode rows} writes from. */
  bind({ columns }: Batch): void {
    for (const { index, cells } of this.#layout.cells) {
      cells.bind(columns[index]);
    }
  }

  /**
   * Writes rows `from` to `to` of the batch that is bound.
   *
   * @returns buffers that were full before: they are the caller's.
   * @throws {OsirisError} of the cells, with row and column.
   */
  rows(from: number, to: number): Uint8Array<ArrayBuffer>[] {
    const cells = this.#cells, rows = to - from;
    if (cells.length === 0 || rows === 0) return NONE;
    const at = this.#measure(from, to);
    const total = at[rows];
    if (total > MOST_BYTES && rows > 1) {
      const middle = from + (rows >> 1);
      return [...this.rows(from, middle), ...this.rows(middle, to)];
    }
    const full = this.#end + total > this.#buffer.length && this.#end > 0
      ? [this.take()]
      : NONE;
    this.#reserve(total);
    for (let i = 0, sum = this.#end; i < rows; i++) {
      const size = at[i];
      at[i] = sum;
      sum += size;
    }
    const out = this.#buffer, { separator, end } = this.#layout;
    const last = cells.length - 1;
    for (let i = 0; i < last; i++) {
      cells[i].writeRows(from, to, out, at);
      for (let row = 0; row < rows; row++) out[at[row]++] = separator;
    }
    cells[last].writeRows(from, to, out, at);
    for (const byte of end) {
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
    sizes.fill(cells.length - 1 + this.#layout.end.length, 0, rows);
    for (let i = 0; i < cells.length; i++) {
      try {
        cells[i].addSizes(from, to, sizes);
      } catch (thrown) {
        throw this.#named(thrown, i);
      }
    }
    let total = 0;
    for (let i = 0; i < rows; i++) total += sizes[i];
    // What doesn't fit the array is too much anyway.
    sizes[rows] = Math.min(total, 0x7fff_ffff);
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
    const column = this.#layout.cells[cell].name;
    const row = this.rowsBefore + Number(thrown.details?.row ?? 0) + 1;
    const state = thrown.message.slice(thrown.message.lastIndexOf(": ") + 2);
    return new OsirisError(
      thrown.code,
      `Cannot write ${this.#layout.format}: row ${row}: column "${column}": ${state}`,
      { hint: thrown.hint, details: { row, column } },
    );
  }
}

const NONE: Uint8Array<ArrayBuffer>[] = [];
