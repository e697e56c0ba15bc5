/**
 * Logical types of columns, fields and schemas: plain data that crosses between
 * threads as it is.
 *
 * @module
 */

/**
 * What a column's values mean. How they lie in memory is in `batch.ts`.
 *
 * - `int`: two's complement, 8 to 64 bits, signed or not
 * - `decimal`: exact, `precision` digits of which `scale` after the point; at most 76 digits
 * - `date`: days since 1970-01-01, proleptic Gregorian
 * - `time`: microseconds, negative and over 24 h allowed (MySQL's TIME is a duration)
 * - `timestamp`: microseconds since 1970-01-01T00:00:00; `utc` an instant, otherwise naive
 * - `json`: utf8 holding one JSON value, kept byte for byte
 */
export type LogicalType =
  | { readonly kind: "null" }
  | { readonly kind: "bool" }
  | {
    readonly kind: "int";
    readonly bits: 8 | 16 | 32 | 64;
    readonly signed: boolean;
  }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  | {
    readonly kind: "decimal";
    readonly precision: number;
    readonly scale: number;
  }
  | { readonly kind: "utf8" }
  | { readonly kind: "binary" }
  | { readonly kind: "date" }
  | { readonly kind: "time" }
  | { readonly kind: "timestamp"; readonly utc: boolean }
  | { readonly kind: "json" };

/** The name of a kind of {@linkcode LogicalType}. */
export type TypeKind = LogicalType["kind"];

/** A named column of a schema. */
export interface Field {
  /** Name of the column, as it is in the source. */
  readonly name: string;
  /** What the column's values mean. */
  readonly type: LogicalType;
  /** Whether NULL may occur. `false` is a promise. */
  readonly nullable: boolean;
  /**
   * Facts a driver keeps for a driver of the same family, such as
   * `mysql.type: "varchar(40)"`, `mysql.key: "primary"`. Survives IPC.
   */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The fields of a table, in order. */
export interface Schema {
  /** One field per column, in the order of the columns. */
  readonly fields: readonly Field[];
}

/** The types without parameters, and the usual ones with them, ready to use. */
export const types = {
  null: { kind: "null" },
  bool: { kind: "bool" },
  int8: { kind: "int", bits: 8, signed: true },
  int16: { kind: "int", bits: 16, signed: true },
  int32: { kind: "int", bits: 32, signed: true },
  int64: { kind: "int", bits: 64, signed: true },
  uint8: { kind: "int", bits: 8, signed: false },
  uint16: { kind: "int", bits: 16, signed: false },
  uint32: { kind: "int", bits: 32, signed: false },
  uint64: { kind: "int", bits: 64, signed: false },
  float32: { kind: "float", bits: 32 },
  float64: { kind: "float", bits: 64 },
  utf8: { kind: "utf8" },
  binary: { kind: "binary" },
  date: { kind: "date" },
  time: { kind: "time" },
  timestamp: { kind: "timestamp", utc: false },
  timestampUtc: { kind: "timestamp", utc: true },
  json: { kind: "json" },
} as const satisfies Record<string, LogicalType>;

/** Most digits a decimal can have: what 256 bits hold. */
export const MAX_DECIMAL_PRECISION = 76;

/**
 * A decimal type.
 *
 * @throws {RangeError} if the precision isn't 1 to 76 or the scale isn't 0 to the precision.
 */
export function decimal(precision: number, scale: number): LogicalType {
  const isValid = Number.isInteger(precision) && Number.isInteger(scale) &&
    precision >= 1 && precision <= MAX_DECIMAL_PRECISION && scale >= 0 &&
    scale <= precision;
  if (!isValid) {
    throw new RangeError(
      `Cannot make decimal(${precision},${scale}): out of range`,
    );
  }
  return { kind: "decimal", precision, scale };
}

/** Bits in which a decimal of this precision is held: 64 (to 18 digits), 128 (to 38) or 256. */
export function decimalBits(precision: number): 64 | 128 | 256 {
  return precision <= 18 ? 64 : precision <= 38 ? 128 : 256;
}

/** Writes a type as text: `int64`, `uint8`, `decimal(10,2)`, `timestamp`, `timestamp_utc`, … */
export function formatType(type: LogicalType): string {
  switch (type.kind) {
    case "int":
      return `${type.signed ? "int" : "uint"}${type.bits}`;
    case "float":
      return `float${type.bits}`;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "timestamp":
      return type.utc ? "timestamp_utc" : "timestamp";
    default:
      return type.kind;
  }
}

/** Undoes {@linkcode formatType}; undefined when `text` names no type. */
export function parseType(text: string): LogicalType | undefined {
  const number = /^(u?)(int|float)(8|16|32|64)$/.exec(text);
  if (number?.[2] === "int") {
    return {
      kind: "int",
      bits: Number(number[3]) as 8,
      signed: number[1] === "",
    };
  }
  if (number?.[2] === "float" && number[1] === "" && Number(number[3]) >= 32) {
    return { kind: "float", bits: Number(number[3]) as 32 };
  }
  const exact = /^decimal\((\d{1,2}), ?(\d{1,2})\)$/.exec(text);
  if (exact) {
    const [precision, scale] = [Number(exact[1]), Number(exact[2])];
    if (
      precision >= 1 && precision <= MAX_DECIMAL_PRECISION && scale <= precision
    ) {
      return { kind: "decimal", precision, scale };
    }
    return undefined;
  }
  if (text === "timestamp_utc") return types.timestampUtc;
  const plain = [
    "null",
    "bool",
    "utf8",
    "binary",
    "date",
    "time",
    "timestamp",
    "json",
  ] as const;
  return plain.some((name) => name === text)
    ? types[text as typeof plain[number]]
    : undefined;
}

/** Whether two types are the same, parameters included. */
export function sameType(a: LogicalType, b: LogicalType): boolean {
  return formatType(a) === formatType(b);
}
