/**
 * Writes portions of rows as text, row after row.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { formatType } from "../../src/table/type.ts";
import { type Cell, Misfit } from "./cell.ts";
import type { Portion, Slice } from "./row_feed.ts";

/** Bytes around and between rows and their fields. */
export interface Frame {
  readonly start: string;
  readonly rowStart: string;
  readonly between: string;
  readonly rowEnd: string;
  readonly betweenRows: string;
  readonly end: string;
}

/** A list of JSON objects. */
export const JSON_FRAME: Frame = {
  start: "[",
  rowStart: "{",
  between: ",",
  rowEnd: "}",
  betweenRows: ",",
  end: "]",
};

/** COPY's text format. */
export const COPY_FRAME: Frame = {
  start: "",
  rowStart: "",
  between: "\t",
  rowEnd: "\n",
  betweenRows: "",
  end: "",
};

/** Text of rows. */
export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Rows of the portion that were looked at; the rest had no room. */
  readonly rows: number;
}

const encoder = new TextEncoder();

/** Writes rows with one cell writer a column. */
export class RowEncoder {
  readonly #cells: readonly Cell[];
  /** Index of each cell's column in the input. */
  readonly #columns: readonly number[];
  readonly #frame: Record<keyof Frame, Uint8Array>;
  readonly #table: string;
  #out = new Uint8Array(1 << 16);

  constructor(
    cells: readonly Cell[],
    columns: readonly number[],
    frame: Frame,
    table: string,
  ) {
    this.#cells = cells;
    this.#columns = columns;
    this.#table = table;
    this.#frame = Object.fromEntries(
      Object.entries(frame).map(([name, text]) => [name, encoder.encode(text)]),
    ) as Record<keyof Frame, Uint8Array>;
  }

  /**
   * Writes rows until `maxBytes` are reached, at least one.
   *
   * @param skipped Rows of the portion to leave out: one byte each, 1 for those.
   * @throws {OsirisError} `data/lossy`, `data/type` with table, column and row.
   */
  encode(
    portion: Portion,
    maxBytes: number,
    skipped: Uint8Array | null = null,
  ): Encoded {
    let at = this.#put(this.#frame.start, 0);
    let row = 0, written = 0;
    for (const slice of portion.slices) {
      this.#bind(slice);
      for (let i = slice.from; i < slice.to; i++, row++) {
        if (skipped !== null && skipped[row] === 1) continue;
        if (written > 0) {
          if (at >= maxBytes) return this.#finish(at, row);
          at = this.#put(this.#frame.betweenRows, at);
        }
        at = this.#row(i, at, portion.first + row);
        written++;
      }
    }
    return this.#finish(at, row);
  }

  #bind(slice: Slice): void {
    this.#cells.forEach((cell, index) =>
      cell.bind(slice.batch.columns[this.#columns[index]])
    );
  }

  #row(index: number, at: number, number: number): number {
    const cells = this.#cells, { rowStart, between, rowEnd } = this.#frame;
    let room = cells.length + 4;
    for (const cell of cells) room += cell.size(index);
    this.#reserve(at + room);
    const out = this.#out;
    at = put(rowStart, out, at);
    try {
      for (let i = 0; i < cells.length; i++) {
        if (i > 0) at = put(between, out, at);
        at = cells[i].write(index, out, at);
      }
    } catch (thrown) {
      throw thrown instanceof Misfit ? this.#misfit(thrown, number) : thrown;
    }
    return put(rowEnd, out, at);
  }

  #finish(at: number, rows: number): Encoded {
    const end = this.#put(this.#frame.end, at);
    return { bytes: this.#out.slice(0, end), rows };
  }

  #put(bytes: Uint8Array, at: number): number {
    this.#reserve(at + bytes.length);
    return put(bytes, this.#out, at);
  }

  #reserve(length: number): void {
    if (length <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#out.length));
    larger.set(this.#out);
    this.#out = larger;
  }

  #misfit({ column }: Misfit, row: number): OsirisError {
    const cell = this.#cells.find(({ field }) => field.name === column)!;
    const isText = cell.field.type.kind === "utf8" ||
      cell.field.type.kind === "json";
    return new OsirisError(
      isText ? "data/type" : "data/lossy",
      `Cannot write to table "${this.#table}": column "${column}", row ${row}: a ${
        formatType(cell.field.type)
      } that the column's type can't hold exactly`,
      {
        hint: cell.mapping.isRounding
          ? `Widen the column's type, or list "${column}" under allow_lossy`
          : "Widen the column's type, or convert the values before",
        details: { table: this.#table, column, row },
      },
    );
  }
}

function put(bytes: Uint8Array, out: Uint8Array, at: number): number {
  for (let i = 0; i < bytes.length; i++) out[at + i] = bytes[i];
  return at + bytes.length;
}
