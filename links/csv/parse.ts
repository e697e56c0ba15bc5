/**
 * `parse` of `@std/csv`: a whole CSV text into rows.
 *
 * @module
 */
import { type ReadOptions, RecordReader } from "./record_reader.ts";
import {
  checkCount,
  fieldCount,
  type ParseResult,
  type RecordOptions,
  toObject,
} from "./record.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions extends ReadOptions, RecordOptions {}

/**
 * Reads a CSV text.
 *
 * Empty lines and comments are skipped, a byte-order mark too.
 *
 * @throws {SyntaxError} For a stray quote or a wrong number of fields, with
 * its line.
 */
export function parse(input: string, options?: undefined): string[][];
export function parse<const T extends ParseOptions>(
  input: string,
  options: T,
): ParseResult<ParseOptions, T>;
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  checkSeparators(options);
  const rows = readRows(input.replace(/^\ufeff/, ""), options);
  const first = options.skipFirstRow ? rows.shift() : undefined;
  if (options.skipFirstRow && !first) {
    throw new TypeError("Cannot parse input: headers must be defined");
  }
  const header = options.columns ?? first;
  if (!header) return rows;
  const line = options.skipFirstRow ? 2 : 1;
  return rows.map((row, i) => toObject(row, header, line + i));
}

function readRows(text: string, options: ParseOptions): string[][] {
  const reader = new RecordReader(options);
  const rows: string[][] = [];
  let count = fieldCount(options.fieldsPerRecord);
  let line = 0;
  const add = (row: string[]) => {
    line++;
    if (count === "first") count = row.length;
    if (row.length === 0) return;
    checkCount(row, count, line);
    rows.push(row);
  };
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const row = reader.read(text.slice(at, end < 0 ? undefined : end), line);
    if (row) add(row);
    at = end < 0 ? text.length : end + 1;
  }
  const last = reader.end(line, true);
  if (last) add(last);
  return rows;
}

function checkSeparators({ separator, comment }: ParseOptions): void {
  const invalid = ["\r", "\n", '"'];
  if (
    invalid.includes(separator ?? ",") || invalid.includes(comment ?? "") ||
    (separator ?? ",") === comment
  ) throw new Error("Cannot parse input: invalid delimiter");
}
