/**
 * What builds a column, whatever its type.
 *
 * @module
 */
import type { Column } from "./batch.ts";
import type { LogicalType } from "./type.ts";

/**
 * A value of a column in JavaScript's terms: int up to 32 bits and float as number; 64-bit int, decimal (unscaled), time, timestamp as bigint
 * (numbers accepted when they are safe integers); date as number of days; utf8 and json as string; binary as bytes.
 */
export type Value = number | bigint | string | boolean | Uint8Array | null;

/** Texts of a column, one after another. */
export interface GatheredText {
  /** Their bytes, in UTF-8. */
  readonly data: Uint8Array;
  /** Where each ends. */
  readonly ends: Int32Array;
  /** Whether some are NULL. */
  readonly hasNull: boolean;
}

/** Gathers the texts of a column of spans; the first starts at `base`. Null when it can't. */
export type GatherText = (
  first: number,
  step: number,
  rows: number,
  base: number,
) => GatheredText | null;

/** Builds one column after another of a type. */
export interface ColumnBuilder {
  /** Type of the columns it builds. */
  readonly type: LogicalType;
  /** Rows so far. */
  readonly length: number;
  /** Bytes of values so far. */
  readonly byteLength: number;
  /** Appends a row that is NULL. */
  appendNull(): void;
  /**
   * Appends the value written in `bytes[start, end)` (ASCII/UTF-8: `-12`, `1.50`, `2024-02-29`,
   * `2024-02-29 12:00:00.000001`, `-838:59:59.000000`, `true`/`false`). For utf8 the bytes must be
   * valid UTF-8, which isn't checked; for binary they are hex digits.
   *
   * @returns false, with nothing appended, when the text is not exactly a value of the type.
   */
  appendText(bytes: Uint8Array, start: number, end: number): boolean;
  /** Appends a value. @throws {OsirisError} `data/type` when it isn't one of the type, `data/lossy` when it doesn't fit exactly. */
  appendValue(value: Value): void;
  /**
   * Appends one column of a block of rows: for each of `rows` rows the text at
   * `spans[at]` (start) to `spans[at + 1]` (end), where `at` starts at `first`
   * and grows by `step`. An end equal to its start is NULL; an end before its
   * start is the empty text.
   *
   * @param gather Gives the texts of these spans, for columns that take them as they are.
   * @returns Rows appended: fewer than `rows` when the next one isn't exactly a value of the type.
   */
  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
    gather?: GatherText,
  ): number;
  /** Hands the column over and starts an empty one. */
  finish(): Column;
}

/** A builder of utf8, binary or json columns, which takes bytes as they are. */
export interface BytesColumnBuilder extends ColumnBuilder {
  /** Appends `bytes[start, end)` as the value itself, unchecked: valid UTF-8 (utf8), one JSON value (json). */
  appendBytes(bytes: Uint8Array, start: number, end: number): void;
}
