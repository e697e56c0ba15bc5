/**
 * Names of types as people know them from elsewhere.
 *
 * @module
 */
import { type LogicalType, parseType, types } from "../table/type.ts";

const ALIASES: Readonly<Record<string, LogicalType>> = {
  int: types.int64,
  integer: types.int64,
  bigint: types.int64,
  long: types.int64,
  float: types.float64,
  double: types.float64,
  number: types.float64,
  boolean: types.bool,
  str: types.utf8,
  string: types.utf8,
  text: types.utf8,
  varchar: types.utf8,
  object: types.utf8,
  category: types.utf8,
  bytes: types.binary,
  blob: types.binary,
  datetime: types.timestamp,
  "datetime64": types.timestamp,
  "datetime64[ns]": types.timestamp,
  timestamptz: types.timestampUtc,
};

/** Every name that {@linkcode typeByName} knows, those of decimals by example. */
export const TYPE_NAMES: readonly string[] = [
  ...Object.values(types).map((type) =>
    type.kind === "int"
      ? `${type.signed ? "" : "u"}int${type.bits}`
      : type.kind === "float"
      ? `float${type.bits}`
      : type.kind === "timestamp" && type.utc
      ? "timestamp_utc"
      : type.kind
  ),
  "decimal(18,2)",
  ...Object.keys(ALIASES),
];

/** The type of a name such as `int64`, `decimal(10,2)`, `Int64`, `string`; undefined for other text. */
export function typeByName(name: string): LogicalType | undefined {
  const plain = name.trim().toLowerCase();
  return parseType(plain) ?? ALIASES[plain];
}
