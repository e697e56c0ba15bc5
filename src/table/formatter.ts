/**
 * Writes values of columns as text bytes, the exact inverse of `ColumnBuilder.appendText`.
 *
 * Besides value by value, a formatter works down a whole column: lengths first,
 * then the texts right at their places in the rows. That way each loop sees one
 * type only, and every byte is written once.
 *
 * @module
 */
import type { Column } from "./batch.ts";
import { BoolFormatter } from "./format/bool.ts";
import { BytesFormatter } from "./format/bytes.ts";
import { DateFormatter } from "./format/date.ts";
import { DecimalFormatter } from "./format/decimal.ts";
import { FloatFormatter } from "./format/float.ts";
import { HexFormatter } from "./format/hex.ts";
import { IntFormatter } from "./format/int.ts";
import { Int64Formatter } from "./format/int64.ts";
import { NullFormatter } from "./format/null.ts";
import { TimeFormatter } from "./format/time.ts";
import { TimestampFormatter } from "./format/timestamp.ts";
import type { LogicalType } from "./type.ts";

/**
 * Writes the values of one column after another as text:
 * ints and decimals in full (`-12`, `1.50`), floats as the shortest text that
 * reads back the same, `true`/`false`, `2024-02-29`, `-838:59:59`,
 * `2024-02-29 12:00:00.000001` (six digits of fraction, or none when it is
 * zero; `Z` at the end for UTC), utf8 and json as they are, binary as hex.
 */
export interface ColumnFormatter {
  readonly type: LogicalType;
  /** Sets the column that is read from, of this formatter's type. */
  bind(column: Column): void;
  /**
   * Most bytes that the value in `row` can take.
   *
   * @throws {OsirisError} `data/lossy` when a date lies outside the years 1 to 9999.
   */
  size(row: number): number;
  /** Writes the value in `row` (not NULL) at `at`, where `size(row)` bytes are free. @returns where it ended. */
  write(row: number, out: Uint8Array, at: number): number;
  /**
   * Adds the exact bytes of the values in rows `from` to `to` to `sizes[0…]`; a NULL has none.
   *
   * @throws {OsirisError} as `size`.
   */
  addSizes(from: number, to: number, sizes: Int32Array): void;
  /**
   * Writes the values in rows `from` to `to` (the range of the last `addSizes`)
   * at `at[0…]`, and moves those on to where they ended; a NULL writes nothing.
   */
  writeRows(from: number, to: number, out: Uint8Array, at: Int32Array): void;
}

/** A formatter for a type. binary is written as lower-case hex unless the caller handles it. */
export function columnFormatter(type: LogicalType): ColumnFormatter {
  switch (type.kind) {
    case "null":
      return new NullFormatter(type);
    case "bool":
      return new BoolFormatter(type);
    case "int":
      return type.bits === 64
        ? new Int64Formatter(type)
        : new IntFormatter(type);
    case "float":
      return new FloatFormatter(type);
    case "decimal":
      return new DecimalFormatter(type);
    case "date":
      return new DateFormatter(type);
    case "time":
      return new TimeFormatter(type);
    case "timestamp":
      return new TimestampFormatter(type);
    case "binary":
      return new HexFormatter(type);
    default:
      return new BytesFormatter(type);
  }
}
