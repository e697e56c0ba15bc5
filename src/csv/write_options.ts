/**
 * How a CSV file is to be written.
 *
 * @module
 */
import type { Encoding } from "./encoding.ts";

/** Which fields are put in quotes. */
export type Quoting = "minimal" | "all" | "nonnumeric" | "none";

/** How a CSV text is to be written. */
export interface TextOptions {
  /** Byte between fields. */
  readonly delimiter: number;
  /** Byte around fields. */
  readonly quote: number;
  /** Byte that takes the meaning from the next; -1 for none. */
  readonly escape: number;
  /** Which fields are put in quotes, NULL never. With `none`, the empty text can't be told from NULL. */
  readonly quoting: Quoting;
  /** The bytes at the end of a row. */
  readonly newline: Uint8Array;
  /** How bytes are written. */
  readonly binary: "hex" | "base64";
}

/** How a CSV file is to be written. */
export interface WriteOptions extends TextOptions {
  /** Whether the first row has the names. */
  readonly header: boolean;
  readonly encoding: Encoding;
  /** Whether columns are put in the order of their names, by code points. */
  readonly sortColumns: boolean;
  /** Rows that are formatted at a time. */
  readonly blockRows: number;
}
