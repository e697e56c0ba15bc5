/**
 * From a column of the server to a field of ours: its logical type, and the
 * facts that a writer of this family needs to make the same column again.
 *
 * @module
 */
import {
  decimal,
  type Field,
  type LogicalType,
  types,
} from "../../src/table/type.ts";
import {
  columnTypeName,
  decimalPrecision,
  FLAG,
  isBytes,
  WIRE,
} from "./column_type.ts";
import type { ColumnOrigin } from "./origin.ts";
import type { ColumnDefinition } from "./raw.ts";

/** How the user wants certain types to be read. */
export interface ReadPolicy {
  /** What tinyint(1) means. */
  readonly tinyint1: "int" | "bool";
  /** What a date without a day in the calendar becomes. */
  readonly zeroDates: "error" | "null" | "text";
  /** Seconds by which the session's clock is ahead of UTC; null when that changes (daylight saving). */
  readonly utcOffset: number | null;
}

/**
 * The field of a column.
 *
 * @param origin What the catalogue says of the table's column, if the column is one.
 * @param isKey Whether it is part of the rows' primary key.
 */
export function fieldOf(
  column: ColumnDefinition,
  origin: ColumnOrigin | undefined,
  policy: ReadPolicy,
  isKey: boolean,
): Field {
  const isNotNull = (column.flags & FLAG.notNull) !== 0;
  const canBecomeNull = policy.zeroDates === "null" && isDate(column);
  return {
    name: column.name,
    type: logicalType(column, policy),
    nullable: !isNotNull || canBecomeNull,
    metadata: metadataOf(column, origin, isKey),
  };
}

/** The logical type of a column. */
export function logicalType(
  column: ColumnDefinition,
  policy: ReadPolicy,
): LogicalType {
  const signed = (column.flags & FLAG.unsigned) === 0;
  const int = (bits: 8 | 16 | 32 | 64): LogicalType => ({
    kind: "int",
    bits,
    signed,
  });
  const asText = policy.zeroDates === "text";
  switch (column.columnType) {
    case WIRE.tiny:
      return isBool(column, policy) ? types.bool : int(8);
    case WIRE.short:
      return int(16);
    case WIRE.int24:
    case WIRE.long:
      return int(32);
    case WIRE.longlong:
      return int(64);
    case WIRE.year:
      return types.uint16;
    case WIRE.float:
      return types.float32;
    case WIRE.double:
      return types.float64;
    case WIRE.decimal:
    case WIRE.newdecimal:
      return decimal(Math.max(1, decimalPrecision(column)), column.decimals);
    case WIRE.date:
    case WIRE.newdate:
      return asText ? types.utf8 : types.date;
    case WIRE.datetime:
      return asText ? types.utf8 : types.timestamp;
    case WIRE.timestamp:
      if (asText) return types.utf8;
      return policy.utcOffset === null ? types.timestamp : types.timestampUtc;
    case WIRE.time:
      return types.time;
    case WIRE.bit:
      return bitType(column.columnLength);
    case WIRE.json:
      return types.json;
    case WIRE.null:
      return types.null;
    case WIRE.geometry:
    case WIRE.vector:
      return types.binary;
    default:
      if (column.extendedFormat === "json") return types.json;
      return isBytes(column) ? types.binary : types.utf8;
  }
}

/** Whether a column holds dates, which may be zero. */
export function isDate({ columnType }: ColumnDefinition): boolean {
  return columnType === WIRE.date || columnType === WIRE.newdate ||
    columnType === WIRE.datetime || columnType === WIRE.timestamp;
}

function isBool(column: ColumnDefinition, policy: ReadPolicy): boolean {
  return policy.tinyint1 === "bool" && column.columnLength === 1;
}

/** The unsigned integer with room for so many bits. */
function bitType(bits: number): LogicalType {
  if (bits <= 8) return types.uint8;
  if (bits <= 16) return types.uint16;
  return bits <= 32 ? types.uint32 : types.uint64;
}

function metadataOf(
  column: ColumnDefinition,
  origin: ColumnOrigin | undefined,
  isKey: boolean,
): Record<string, string> {
  // MariaDB's catalogue calls JSON what it is made of: a longtext.
  const isJson = column.extendedFormat === "json";
  return {
    "mysql.type": isJson ? "json" : origin?.type ?? columnTypeName(column),
    ...(origin?.charset && { "mysql.charset": origin.charset }),
    ...(origin?.collation && { "mysql.collation": origin.collation }),
    ...(isKey && { "mysql.key": "primary" }),
    ...(isKey && origin?.keyPart && { "mysql.key_part": `${origin.keyPart}` }),
    ...(origin?.extra && { "mysql.extra": origin.extra }),
  };
}
