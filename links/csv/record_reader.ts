/**
 * Puts records together from lines: a record ends with its line unless a quote
 * is open.
 *
 * @module
 */

/** How fields are told apart. */
export interface ReadOptions {
  /** Between fields. Default: `","`. */
  separator?: string;
  /** First character of lines to skip. Default: none. */
  comment?: string;
  /** Whether white space before a field is dropped. Default: `false`. */
  trimLeadingSpace?: boolean;
  /** Whether stray quotes are taken as they are. Default: `false`. */
  lazyQuotes?: boolean;
  /** Fields in each record; 0 for as many as in the first, negative for any. */
  fieldsPerRecord?: number;
}

const quote = '"';

/** Reads the lines of one CSV text, in order. */
export class RecordReader {
  readonly #separator: string;
  readonly #comment: string | undefined;
  readonly #trim: boolean;
  readonly #lazy: boolean;
  #fields: string[] = [];
  #open: string | undefined; // what a field whose quote is open holds so far
  #line = ""; // the line being read, for error positions
  #lineOffset = 0; // lines since the record began

  constructor(options: ReadOptions = {}) {
    this.#separator = options.separator ?? ",";
    this.#comment = options.comment || undefined;
    this.#trim = options.trimLeadingSpace ?? false;
    this.#lazy = options.lazyQuotes ?? false;
  }

  /**
   * Reads one line, without its line feed.
   *
   * @param record How many records and skipped lines came before, from 0.
   * @returns The record that ends here; an empty one for an empty line or a
   * comment; `undefined` within quotes.
   * @throws {SyntaxError} For a stray quote.
   */
  read(text: string, record: number): string[] | undefined {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    this.#line = line;
    if (this.#open !== undefined) {
      this.#lineOffset++;
      this.#open += "\n";
      return this.#quoted(0, record);
    }
    this.#lineOffset = 0;
    if (line === "" || line[0] === this.#comment) return [];
    if (!this.#trim && !line.includes(quote)) {
      return line.split(this.#separator);
    }
    this.#fields = [];
    return this.#plain(0, record);
  }

  /**
   * Ends the text: with a quote open, that is an error, or the last record.
   *
   * @param knewEnd Whether the end was known when the last line was read; then
   * the error points behind a quote that the line ends in, else to column 1.
   */
  end(record: number, knewEnd: boolean): string[] | undefined {
    if (this.#open === undefined) return undefined;
    if (this.#lazy) return [...this.#fields, this.#open];
    const column = knewEnd && this.#line.endsWith(quote) ? this.#line : "";
    throw this.#error(
      column,
      record,
      'extraneous or missing " in quoted-field',
    );
  }

  /** Fields from `at` on, outside quotes. */
  #plain(at: number, record: number): string[] | undefined {
    const line = this.#line, separator = this.#separator;
    while (true) {
      if (this.#trim) { while (/\s/.test(line[at] ?? "")) at++; }
      if (line[at] === quote) {
        this.#open = "";
        return this.#quoted(at + 1, record);
      }
      const next = line.indexOf(separator, at);
      const field = line.slice(at, next < 0 ? undefined : next);
      if (!this.#lazy && field.includes(quote)) {
        const before = line.slice(0, at + field.indexOf(quote));
        throw this.#error(before, record, 'bare " in non-quoted-field');
      }
      this.#fields.push(field);
      if (next < 0) return this.#fields;
      at = next + separator.length;
    }
  }

  /** The rest of a quoted field from `at` on, and the fields after it. */
  #quoted(at: number, record: number): string[] | undefined {
    const line = this.#line;
    let text = this.#open!;
    while (true) {
      const next = line.indexOf(quote, at);
      if (next < 0) {
        this.#open = text + line.slice(at);
        return undefined;
      }
      text += line.slice(at, next);
      at = next + 1;
      const closes = at === line.length;
      if (closes || line.startsWith(this.#separator, at)) {
        this.#fields.push(text);
        this.#open = undefined;
        if (closes) return this.#fields;
        return this.#plain(at + this.#separator.length, record);
      }
      const doubled = line[at] === quote;
      if (!doubled && !this.#lazy) {
        const before = line.slice(0, next);
        throw this.#error(
          before,
          record,
          'extraneous or missing " in quoted-field',
        );
      }
      text += quote;
      if (doubled) at++;
    }
  }

  #error(before: string, record: number, what: string): SyntaxError {
    const line = record + this.#lineOffset + 1;
    const column = [...before].length + 1;
    return new SyntaxError(
      `Syntax error on line ${
        record + 1
      }; parse error on line ${line}, column ${column}: ${what}`,
    );
  }
}
