/**
 * Builds columns of a type, from text or from values, one after another.
 *
 * Text is taken only when it is exactly a value of the type, so that nothing
 * is rounded, wrapped or guessed on the way in: `appendText` says no instead.
 * Nothing is allocated a value.
 *
 * @module
 */
import { BoolBuilder } from "./build/bool.ts";
import { BytesBuilder } from "./build/bytes.ts";
import { DateBuilder } from "./build/date.ts";
import { DecimalBuilder } from "./build/decimal.ts";
import { FloatBuilder } from "./build/float.ts";
import { IntBuilder } from "./build/int.ts";
import { Int64Builder } from "./build/int64.ts";
import { NullBuilder } from "./build/null.ts";
import { TimeBuilder } from "./build/time.ts";
import { TimestampBuilder } from "./build/timestamp.ts";
import type {
  BytesColumnBuilder,
  ColumnBuilder,
  GatheredText,
  GatherText,
  Value,
} from "./column_builder.ts";
import type { LogicalType } from "./type.ts";

export type {
  BytesColumnBuilder,
  ColumnBuilder,
  GatheredText,
  GatherText,
  Value,
};

/** A builder for a type. @param rows Rows to make room for at first. */
export function columnBuilder(
  type: LogicalType & { readonly kind: "utf8" | "binary" | "json" },
  rows?: number,
): BytesColumnBuilder;
/** A builder for a type. @param rows Rows to make room for at first. */
export function columnBuilder(type: LogicalType, rows?: number): ColumnBuilder;
export function columnBuilder(type: LogicalType, rows = 1024): ColumnBuilder {
  switch (type.kind) {
    case "null":
      return new NullBuilder(type);
    case "bool":
      return new BoolBuilder(type, rows);
    case "int":
      return type.bits === 64
        ? new Int64Builder(type, rows)
        : new IntBuilder(type, rows);
    case "float":
      return new FloatBuilder(type, rows);
    case "decimal":
      return new DecimalBuilder(type, rows);
    case "date":
      return new DateBuilder(type, rows);
    case "time":
      return new TimeBuilder(type, rows);
    case "timestamp":
      return new TimestampBuilder(type, rows);
    default:
      return new BytesBuilder(type, rows);
  }
}
