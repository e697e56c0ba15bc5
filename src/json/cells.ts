/**
 * The members of JSON objects: a key and the values of one column.
 *
 * @module
 */
import { Base64Formatter } from "../csv/base64.ts";
import type { Cells } from "../csv/column_cells.ts";
import { OsirisError } from "../error.ts";
import type { Column } from "../table/batch.ts";
import { BaseFormatter, isValid } from "../table/format/base.ts";
import { columnFormatter } from "../table/formatter.ts";
import { isJson } from "../table/json_text.ts";
import type { Field } from "../table/type.ts";
import { StringCells, stringText } from "./text_cells.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const QUOTE = encoder.encode('"');
const NOTHING = new Uint8Array(0);

/** How values are written that JSON has no form of its own for. */
export interface ValueOptions {
  /** Whether decimals are strings, for readers to whom every number is a double. */
  readonly decimals: "number" | "string";
}

/** The member of a column, after `{` or a comma. */
export function memberCells(
  field: Field,
  before: string,
  options: ValueOptions,
): Cells {
  const key = stringText(field.name);
  const start = new Uint8Array(before.length + key.length + 1);
  start.set(encoder.encode(before));
  start.set(key, before.length);
  start[start.length - 1] = 58;
  return new MemberCells(start, valueCells(field, options));
}

/** The values of a column, without NULLs. */
function valueCells({ type }: Field, options: ValueOptions): Cells {
  switch (type.kind) {
    case "utf8":
      return new StringCells();
    case "json":
      return new JsonFormatter(type);
    case "float":
      return new FiniteCells(columnFormatter(type));
    case "decimal":
      return options.decimals === "string"
        ? new BracedCells(columnFormatter(type), QUOTE, QUOTE)
        : columnFormatter(type);
    case "date":
    case "time":
      return new BracedCells(columnFormatter(type), QUOTE, QUOTE);
    case "timestamp":
      return new BracedCells(columnFormatter(type), QUOTE, QUOTE, 11);
    case "binary":
      return new BracedCells(new Base64Formatter(type), QUOTE, QUOTE);
    default:
      return columnFormatter(type);
  }
}

/** Puts bytes before and after each value. */
class BracedCells implements Cells {
  readonly #cells: Cells;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  /** Where in the value, brace included, a `T` is written over a space; 0 for nowhere. */
  readonly #letterT: number;
  #validity: Uint8Array | null = null;

  constructor(
    cells: Cells,
    before: Uint8Array,
    after: Uint8Array,
    letterT = 0,
  ) {
    this.#cells = cells;
    this.#before = before;
    this.#after = after;
    this.#letterT = letterT;
  }

  bind(column: Column): void {
    this.#cells.bind(column);
    this.#validity = column.validity;
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    this.#cells.addSizes(from, to, sizes);
    const extra = this.#before.length + this.#after.length;
    for (let row = from; row < to; row++) {
      if (isValid(this.#validity, row)) sizes[row - from] += extra;
    }
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    this.#put(this.#before, from, to, out, at);
    const letter = this.#letterT - this.#before.length;
    // The places of the letter, from which the formatter moves on.
    const places = letter > 0 ? at.slice(0, to - from) : at;
    this.#cells.writeRows(from, to, out, at);
    if (letter > 0) {
      for (let row = from; row < to; row++) {
        if (isValid(this.#validity, row)) {
          out[places[row - from] + letter] = 84;
        }
      }
    }
    this.#put(this.#after, from, to, out, at);
  }

  #put(
    text: Uint8Array,
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    for (let row = from; row < to; row++) {
      if (!isValid(this.#validity, row)) continue;
      for (const byte of text) out[at[row - from]++] = byte;
    }
  }
}

/** Puts the key before each value, and `null` where there is none. */
class MemberCells implements Cells {
  readonly #key: Uint8Array;
  readonly #values: Cells;
  #validity: Uint8Array | null = null;
  #isNull = false;

  constructor(key: Uint8Array, values: Cells) {
    this.#key = key;
    this.#values = values;
  }

  bind(column: Column): void {
    this.#values.bind(column);
    this.#validity = column.validity;
    this.#isNull = column.type.kind === "null";
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    const key = this.#key.length;
    for (let row = from; row < to; row++) {
      sizes[row - from] += key + (this.#hasValue(row) ? 0 : NULL.length);
    }
    this.#values.addSizes(from, to, sizes);
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    const key = this.#key;
    for (let row = from, i = 0; row < to; row++, i++) {
      let place = at[i];
      for (let j = 0; j < key.length; j++) out[place++] = key[j];
      if (!this.#hasValue(row)) {
        for (let j = 0; j < NULL.length; j++) out[place++] = NULL[j];
      }
      at[i] = place;
    }
    this.#values.writeRows(from, to, out, at);
  }

  #hasValue(row: number): boolean {
    return !this.#isNull && isValid(this.#validity, row);
  }
}

/** Refuses floats that JSON has no number for. */
class FiniteCells implements Cells {
  readonly #cells: Cells;
  #column: Column | undefined;

  constructor(cells: Cells) {
    this.#cells = cells;
  }

  bind(column: Column): void {
    this.#column = column;
    this.#cells.bind(column);
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    const { data, validity } = this.#column!;
    for (let row = from; row < to; row++) {
      if (Number.isFinite(data[row]) || !isValid(validity, row)) continue;
      throw unwritable(
        "data/lossy",
        row,
        "NaN and infinities have no form in JSON",
        "Make NULL of them before",
      );
    }
    this.#cells.addSizes(from, to, sizes);
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    this.#cells.writeRows(from, to, out, at);
  }
}

/** Writes JSON as it is, but on one line. */
class JsonFormatter extends BaseFormatter {
  #data: Uint8Array = NOTHING;
  #offsets: Int32Array = new Int32Array(1);

  override size(row: number): number {
    const start = this.#offsets[row], end = this.#offsets[row + 1];
    if (!isJson(this.#data, start, end)) {
      throw unwritable("data/type", row, "it is no JSON");
    }
    return end - start;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const end = this.#offsets[row + 1];
    for (let i = this.#offsets[row]; i < end; i++) {
      // Outside strings only, since in them line ends are escaped.
      const byte = this.#data[i];
      out[at++] = byte === 10 || byte === 13 ? 32 : byte;
    }
    return at;
  }

  protected override take(column: Column): void {
    this.#data = column.data as Uint8Array;
    this.#offsets = column.offsets!;
  }
}

/** The error for a cell that can't be written. Its column is for the caller to add. */
function unwritable(
  code: "data/lossy" | "data/type",
  row: number,
  state: string,
  hint?: string,
): OsirisError {
  return new OsirisError(code, `Cannot write JSON: ${state}`, {
    ...(hint && { hint }),
    details: { row },
  });
}
