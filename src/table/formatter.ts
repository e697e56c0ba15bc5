/**
 * Writes values of columns as text bytes, the exact inverse of `ColumnBuilder.appendText`.
 *
 * Besides value by value, a formatter works down a whole column: lengths first,
 * then the texts right at their places in the rows. That way each loop sees one
 * type only, and every byte is written once.
 *
 * @module
 */
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
import type { ColumnFormatter } from "./column_formatter.ts";
import type { LogicalType } from "./type.ts";

export type { ColumnFormatter };

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
