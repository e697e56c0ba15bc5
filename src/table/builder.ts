/**
 * PLACEHOLDER CONTRACT - being implemented by the codec helper.
 * Builds one column after another of a type.
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

/** Builds one column after another of a type. */
export interface ColumnBuilder {
  readonly type: LogicalType;
  /** Rows so far. */
  readonly length: number;
  /** Bytes of values so far. */
  readonly byteLength: number;
  appendNull(): void;
  /**
   * Appends the value written in `bytes[start, end)` (ASCII/UTF-8: `-12`, `1.50`, `2024-02-29`,
   * `2024-02-29 12:00:00.000001`, `-838:59:59.000000`, `true`/`false`).
   *
   * @returns false, with nothing appended, when the text is not exactly a value of the type.
   */
  appendText(bytes: Uint8Array, start: number, end: number): boolean;
  /** Appends a value. @throws {OsirisError} `data/type` when it isn't one of the type, `data/lossy` when it doesn't fit exactly. */
  appendValue(value: Value): void;
  /** Hands the column over and starts an empty one. */
  finish(): Column;
}

/** A builder for a type. @param rows Rows to make room for at first. */
export declare function columnBuilder(
  type: LogicalType,
  rows?: number,
): ColumnBuilder;
