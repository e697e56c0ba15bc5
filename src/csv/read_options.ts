/**
 * How a CSV file is to be read.
 *
 * @module
 */
import type { LogicalType } from "../table/type.ts";
import type { CompressionOption } from "./compression.ts";
import type { Encoding } from "./encoding.ts";
import type { DateForms } from "./kinds.ts";
import type { RowOptions } from "./rows.ts";

/** How much of a file is looked at to find the types of its columns. */
export type Infer = "full" | "sample" | "none";

/** How a CSV file is to be read. */
export interface ReadOptions extends RowOptions {
  readonly encoding: Encoding;
  readonly compression: CompressionOption;
  /** Names or 0-based places of the columns to give, in their order; null for all. */
  readonly columns: readonly (string | number)[] | null;
  /** Types of columns that are not to be inferred. */
  readonly types: ReadonlyMap<string, LogicalType>;
  readonly infer: Infer;
  /** Which dates and timestamps are inferred. */
  readonly dates: DateForms;
  /** Columns that must be dates or timestamps, of any ISO form. */
  readonly dateColumns: readonly string[];
  /** Texts without quotes that stand for NULL, besides the empty one. */
  readonly nullTexts: readonly string[];
  /** Awaited between blocks of rows, so that what `onBad` took can be put away. */
  readonly settle?: () => Promise<void>;
  /** Most rows to give. */
  readonly limit: number;
  /** Most rows of a batch. */
  readonly batchRows: number;
}
