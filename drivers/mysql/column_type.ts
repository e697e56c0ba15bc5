/**
 * Numbers and flags of the protocol's column types, and the SQL name of a
 * column's type as far as its definition tells.
 *
 * @module
 */
import type { ColumnDefinition } from "./raw.ts";

/** Type numbers of the protocol. */
export const WIRE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  varchar: 15,
  bit: 16,
  vector: 242,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

/** Flags of a column definition. */
export const FLAG = {
  notNull: 1,
  primaryKey: 2,
  unsigned: 32,
  zerofill: 64,
  enum: 256,
  autoIncrement: 512,
  set: 2048,
} as const;

/** Number of the collation that means bytes. */
const BINARY = 63;

/** Bytes of a character in utf8mb4, which all text is sent in. */
const CHARACTER_BYTES = 4;

/** Whether a column's values are bytes rather than text. */
export function isBytes(column: ColumnDefinition): boolean {
  return column.characterSet === BINARY;
}

/** Digits of a decimal in all, from its length with sign and point. */
export function decimalPrecision(column: ColumnDefinition): number {
  const sign = column.flags & FLAG.unsigned ? 0 : 1;
  return column.columnLength - sign - (column.decimals > 0 ? 1 : 0);
}

/** The type as SQL writes it; members of ENUM and SET are not known here. */
export function columnTypeName(column: ColumnDefinition): string {
  if (column.extendedFormat === "json") return "json";
  if (column.extendedTypeName !== undefined) return column.extendedTypeName;
  const name = plainName(column);
  const isUnsigned = (column.flags & FLAG.unsigned) !== 0;
  const hasSign = NUMERIC.has(column.columnType);
  return name + (hasSign && isUnsigned ? " unsigned" : "") +
    (hasSign && column.flags & FLAG.zerofill ? " zerofill" : "");
}

const NUMERIC = new Set<number>([
  ...[WIRE.tiny, WIRE.short, WIRE.int24, WIRE.long, WIRE.longlong],
  ...[WIRE.float, WIRE.double, WIRE.decimal, WIRE.newdecimal],
]);

/** Decimals that say that a float has no fixed number of them. */
const FLOATING = 31;

function plainName(column: ColumnDefinition): string {
  const { columnLength: length, decimals } = column;
  const fraction = decimals > 0 && decimals <= 6 ? `(${decimals})` : "";
  const digits = decimals < FLOATING ? `(${length},${decimals})` : "";
  switch (column.columnType) {
    case WIRE.tiny:
      return length === 1 ? "tinyint(1)" : "tinyint";
    case WIRE.short:
      return "smallint";
    case WIRE.int24:
      return "mediumint";
    case WIRE.long:
      return "int";
    case WIRE.longlong:
      return "bigint";
    case WIRE.float:
      return `float${digits}`;
    case WIRE.double:
      return `double${digits}`;
    case WIRE.decimal:
    case WIRE.newdecimal:
      return `decimal(${decimalPrecision(column)},${decimals})`;
    case WIRE.date:
    case WIRE.newdate:
      return "date";
    case WIRE.time:
      return `time${fraction}`;
    case WIRE.datetime:
      return `datetime${fraction}`;
    case WIRE.timestamp:
      return `timestamp${fraction}`;
    case WIRE.year:
      return "year";
    case WIRE.bit:
      return `bit(${length})`;
    case WIRE.json:
      return "json";
    case WIRE.geometry:
      return "geometry";
    case WIRE.null:
      return "null";
    case WIRE.vector:
      return `vector(${length / 4})`;
    default:
      return textName(column);
  }
}

function textName(column: ColumnDefinition): string {
  const { columnLength: length, columnType, flags } = column;
  if (flags & FLAG.enum) return "enum";
  if (flags & FLAG.set) return "set";
  const bytes = isBytes(column);
  const characters = bytes ? length : Math.ceil(length / CHARACTER_BYTES);
  if (columnType === WIRE.string) {
    return `${bytes ? "binary" : "char"}(${characters})`;
  }
  const isShort = columnType === WIRE.varString || columnType === WIRE.varchar;
  // A varchar has 65 535 bytes at most, which is 16 383 characters of any kind.
  if (isShort && characters <= (bytes ? 65_532 : 16_383)) {
    return `${bytes ? "varbinary" : "varchar"}(${characters})`;
  }
  return blobSize(characters) + (bytes ? "blob" : "text");
}

function blobSize(length: number): string {
  if (length <= 255) return "tiny";
  if (length <= 65_535) return "";
  return length <= 16_777_215 ? "medium" : "long";
}
