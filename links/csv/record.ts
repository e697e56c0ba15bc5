/**
 * What becomes of a record: its length is checked, and with a header it turns
 * into an object.
 *
 * @module
 */

/** How records come back. */
export interface RecordOptions {
  /** Whether the first record is no data; without `columns` it is the header. */
  skipFirstRow?: boolean;
  /** Names of the fields. */
  columns?: readonly string[];
}

/** Rows as objects if there are names for the fields, else as arrays. */
export type ParseResult<TOptions, T> = T extends
  TOptions & { columns: readonly (infer C extends string)[] }
  ? Record<C, string>[]
  : T extends TOptions & { skipFirstRow: true } ? Record<string, string>[]
  : T extends
    TOptions & { columns?: undefined; skipFirstRow?: false | undefined }
    ? string[][]
  : Record<string, string>[] | string[][];

/** How many fields a record may have: a number, any, or as many as the first. */
export type FieldCount = number | "any" | "first";

/** Reads the option `fieldsPerRecord`. */
export function fieldCount(option: number | undefined): FieldCount {
  if (option === undefined || option < 0) return "any";
  return option === 0 ? "first" : option;
}

/** @throws {SyntaxError} Unless the record on this line has so many fields. */
export function checkCount(
  record: readonly string[],
  count: FieldCount,
  line: number,
): void {
  if (typeof count !== "number" || record.length === count) return;
  throw new SyntaxError(
    `Syntax error on line ${line}: expected ${count} fields but got ${record.length}`,
  );
}

/** @throws {Error} Unless there are as many fields as names. */
export function toObject(
  record: readonly string[],
  header: readonly string[],
  line: number,
): Record<string, string> {
  if (record.length === header.length) {
    return Object.fromEntries(header.map((name, i) => [name, record[i]]));
  }
  throw new Error(
    `Syntax error on line ${line}: The record has ${record.length} fields, but the header has ${header.length} fields`,
  );
}
