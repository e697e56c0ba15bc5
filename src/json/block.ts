/**
 * A block of rows on its way from members to columns.
 *
 * @module
 */
import type { ColumnBuilder } from "../table/builder.ts";
import type { ReadColumn } from "../csv/selection.ts";
import { formatType } from "../table/type.ts";
import { type KeyTable, NO_KEY } from "./keys.ts";
import type { JsonRows } from "./rows.ts";
import { hasEscape, NO_TEXT, unescapeString } from "./unescape.ts";

const QUOTE = 34;

/** Collects the values of some rows, and appends them to builders column by column. */
export class JsonBlock {
  readonly #rows: JsonRows;
  readonly #keys: KeyTable;
  readonly #columns: readonly ReadColumn[];
  /** Places in {@linkcode #columns} by the numbers of keys; -1 for those that aren't read. */
  readonly #places: Int32Array;
  /** Start and end of each value, row by row; equal where there is none. */
  readonly #spans: Int32Array;
  readonly #lines: Int32Array;
  /** The row in which each key came up last, counted over the whole text. */
  readonly #seen: Float64Array;

  constructor(
    rows: JsonRows,
    keys: KeyTable,
    columns: readonly ReadColumn[],
    maxRows: number,
  ) {
    this.#rows = rows;
    this.#keys = keys;
    this.#columns = columns;
    this.#places = new Int32Array(keys.names.length).fill(-1);
    columns.forEach(({ index }, place) => this.#places[index] = place);
    this.#spans = new Int32Array(2 * columns.length * maxRows);
    this.#lines = new Int32Array(maxRows);
    this.#seen = new Float64Array(keys.names.length).fill(-1);
  }

  /** Makes all values NULL. */
  clear(): void {
    this.#spans.fill(0);
  }

  /** Takes the present row in as row `row` of the block. */
  readonly take = (row: number): void => {
    const { bytes, object: { count, members }, line, seen } = this.#rows;
    const width = 2 * this.#columns.length;
    this.#lines[row] = line;
    for (let i = 0; i < count; i++) {
      const [start, end] = [members[4 * i], members[4 * i + 1]];
      const key = this.#keys.look(bytes, start, end, i);
      if (key === NO_KEY) {
        throw this.#rows.fault(
          "data/type",
          line,
          "a key that the beginning of the file doesn't have",
          "Read a file that can be opened again, or set infer: full",
        );
      }
      if (this.#seen[key] === seen) {
        throw this.#rows.fault(
          "data/duplicate-column",
          line,
          `key "${this.#keys.names[key]}" is there twice`,
        );
      }
      this.#seen[key] = seen;
      const place = this.#places[key], value = members[4 * i + 2];
      if (place < 0 || bytes[value] === 110) continue;
      this.#spans[row * width + 2 * place] = value;
      this.#spans[row * width + 2 * place + 1] = members[4 * i + 3];
    }
  };

  /**
   * Appends the first `count` rows of the block to the columns' builders.
   *
   * @throws {OsirisError} `data/type`, `data/encoding`
   */
  append(builders: readonly ColumnBuilder[], count: number): void {
    const { bytes } = this.#rows, width = 2 * this.#columns.length;
    builders.forEach((builder, place) => {
      const { kind } = builder.type, first = 2 * place;
      if (kind === "binary") return this.#appendBinary(builder, place, count);
      if (kind !== "json") this.#takeQuotes(place, count, kind === "utf8");
      const spans = this.#spans;
      const done = builder.appendSpans(bytes, spans, first, width, count);
      if (done < count) throw this.#refuse(place, done, count);
    });
  }

  /** Reduces strings to what is in their quotes; as text without its escapes. */
  #takeQuotes(place: number, count: number, isText: boolean): void {
    const spans = this.#spans, width = 2 * this.#columns.length;
    const { bytes } = this.#rows;
    for (let row = 0, at = 2 * place; row < count; row++, at += width) {
      const start = spans[at], end = spans[at + 1];
      if (start === end || bytes[start] !== QUOTE) continue;
      let last = end - 1;
      if (isText && hasEscape(bytes, start + 1, last)) {
        last = unescapeString(bytes, start + 1, last);
        if (last === NO_TEXT) {
          throw this.#fault(
            "data/encoding",
            place,
            row,
            count,
            "half a surrogate pair, which is no text",
          );
        }
      }
      spans[at] = start + 1;
      // The empty text ends before it starts, to differ from NULL.
      spans[at + 1] = last === start + 1 ? start : last;
    }
  }

  #appendBinary(builder: ColumnBuilder, place: number, count: number): void {
    const spans = this.#spans, width = 2 * this.#columns.length;
    const { bytes } = this.#rows;
    for (let row = 0, at = 2 * place; row < count; row++, at += width) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) {
        builder.appendNull();
        continue;
      }
      try {
        const string = new TextDecoder().decode(bytes.subarray(start, end));
        builder.appendValue(
          Uint8Array.fromBase64(JSON.parse(string), {
            lastChunkHandling: "strict",
          }),
        );
      } catch {
        throw this.#refuse(place, row, count);
      }
    }
  }

  #refuse(place: number, row: number, count: number): Error {
    const { name, type } = this.#columns[place];
    return this.#fault(
      "data/type",
      place,
      row,
      count,
      `not exactly a value of type ${formatType(type)}`,
      `Correct the value, or set dtype: { ${name}: json }`,
    );
  }

  #fault(
    code: "data/type" | "data/encoding",
    place: number,
    row: number,
    count: number,
    state: string,
    hint?: string,
  ): Error {
    const { name } = this.#columns[place];
    return this.#rows.fault(
      code,
      this.#lines[row],
      `column "${name}": ${state}`,
      hint,
      // All rows of the block have been passed by now.
      { row: this.#rows.seen - count + row + 1, column: name },
    );
  }
}
