/**
 * The cells of one column of a CSV text: what a formatter writes, in quotes
 * where they belong.
 *
 * Cells work as column formatters do: bytes of all rows first, then the texts
 * at their places.
 *
 * @module
 */
import type { Column } from "../table/batch.ts";
import { isValid } from "../table/format/base.ts";
import { FloatFormatter } from "../table/format/float.ts";
import { columnFormatter } from "../table/formatter.ts";
import type { Field } from "../table/type.ts";
import { Base64Formatter } from "./base64.ts";
import { FLOAT_STYLE, PYTHON, pythonFloat } from "./python_float.ts";
import type { Cells } from "./column_cells.ts";
import { TextCells } from "./text_cells.ts";
import type { TextOptions } from "./write_options.ts";

/** Characters that texts of numbers, dates and bytes are made of. */
const PLAIN = /[-+.:0-9A-Za-z/= ]/;

/** The cells of a field. */
export function cellsOf(field: Field, options: TextOptions): Cells {
  const { type } = field;
  if (type.kind === "utf8" || type.kind === "json") {
    return new TextCells(options);
  }
  const isNumber = type.kind === "int" || type.kind === "float" ||
    type.kind === "decimal";
  const isClash = PLAIN.test(String.fromCharCode(options.delimiter));
  const needsQuotes = options.quoting !== "none" &&
    (isClash || options.quoting === "all" ||
      (options.quoting === "nonnumeric" && !isNumber));
  const plain = formatterOf(field, options);
  if (needsQuotes) return new QuotedCells(plain, options.quote);
  // Bytes there are none of must not look like NULL.
  return type.kind === "binary" && options.quoting !== "none"
    ? new QuotedCells(plain, options.quote)
    : plain;
}

function formatterOf(
  { type, metadata }: Field,
  { binary }: TextOptions,
): Cells {
  if (type.kind === "binary" && binary === "base64") {
    return new Base64Formatter(type);
  }
  if (type.kind === "float" && metadata?.[FLOAT_STYLE] === PYTHON) {
    return new FloatFormatter(type, pythonFloat);
  }
  return columnFormatter(type);
}

/** Puts quotes around cells that hold none themselves. */
class QuotedCells implements Cells {
  readonly #plain: Cells;
  readonly #quote: number;
  #validity: Uint8Array | null = null;
  #isNull = false;

  constructor(plain: Cells, quote: number) {
    this.#plain = plain;
    this.#quote = quote;
  }

  bind(column: Column): void {
    this.#plain.bind(column);
    this.#validity = column.validity;
    this.#isNull = column.type.kind === "null";
  }

  addSizes(from: number, to: number, sizes: Int32Array): void {
    this.#plain.addSizes(from, to, sizes);
    for (let row = from; row < to; row++) {
      if (this.#hasValue(row)) sizes[row - from] += 2;
    }
  }

  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void {
    this.#putQuotes(from, to, out, at);
    this.#plain.writeRows(from, to, out, at);
    this.#putQuotes(from, to, out, at);
  }

  #putQuotes(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    for (let row = from; row < to; row++) {
      if (this.#hasValue(row)) out[at[row - from]++] = this.#quote;
    }
  }

  #hasValue(row: number): boolean {
    return !this.#isNull && isValid(this.#validity, row);
  }
}
