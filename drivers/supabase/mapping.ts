/**
 * How a column of ours goes into a column of PostgreSQL: in which form, and
 * with which check, so that nothing is rounded or guessed on the way.
 *
 * @module
 */
import {
  decimalBits,
  type Field,
  formatType,
  type LogicalType,
} from "../../src/table/type.ts";
import {
  all,
  fitsFloat,
  fitsReal,
  isBit,
  isHexText,
  isJsonList,
  isJsonText,
  isMidnight,
  isTimeOfDay,
  maxCharacters,
  maxFraction,
  type TextCheck,
  wholeBetween,
} from "./checks.ts";
import type { TargetColumn } from "./target.ts";

/** How a value is written. */
export type Form =
  /** A number or word that stands for itself. */
  | "plain"
  /** A text that needs no escape: a date, an instant. */
  | "quoted"
  /** Any text. */
  | "text"
  | "bytes"
  /** Bytes that come as text of hex digits. */
  | "hex"
  /** JSON as it is. */
  | "json"
  /** A list, in JSON or in PostgreSQL's own form, for a column of a list type. */
  | "list";

/** How a column goes. */
export interface Mapping {
  readonly form: Form;
  /** Undefined where every value fits. */
  readonly check?: TextCheck;
  /** Whether the database would round where the check says no, so that `allow_lossy` may let it. */
  readonly isRounding?: boolean;
  /** Whether digits may get lost that nothing here knows of: seen from what comes back. */
  readonly isUnproven?: boolean;
  /** Written after the value: a zone. */
  readonly suffix?: string;
  /** Only the whole part is written; the check has seen that it is all. */
  readonly isWhole?: boolean;
  /** Something to tell people about. */
  readonly note?: string;
}

/** How `field` goes into `column`; a text says why it can't. */
export function mapColumn(
  field: Field,
  column: TargetColumn,
): Mapping | string {
  const { type } = field;
  if (type.kind === "null") return { form: "plain" };
  if (column.type.isArray) return mapToList(type, column);
  const map = MAPS[column.type.base];
  const mapping = map === undefined
    ? mapToText(type, column)
    : map(type, column);
  return mapping ??
    `${formatType(type)} can't go into a column of type ${column.typeName}`;
}

type Map = (type: LogicalType, column: TargetColumn) => Mapping | undefined;

function mapToList(type: LogicalType, column: TargetColumn): Mapping | string {
  if (type.kind === "json") return { form: "list", check: isJsonList };
  // Either way of writing a list: JSON, or PostgreSQL's own in braces.
  if (type.kind === "utf8") return { form: "list" };
  return `${
    formatType(type)
  } can't go into a column of type ${column.typeName}`;
}

function mapToText(
  type: LogicalType,
  { maxLength }: TargetColumn,
): Mapping | undefined {
  if (type.kind === "binary") return undefined;
  const check = maxLength === null ? {} : { check: maxCharacters(maxLength) };
  if (type.kind === "utf8" || type.kind === "json") {
    return { form: "text", ...check };
  }
  return { form: type.kind === "int" ? "plain" : "quoted", ...check };
}

function mapToInt(bits: 16 | 32 | 64): Map {
  const [low, high] = rangeOf(bits, true);
  return (type) => {
    if (type.kind === "utf8") return { form: "text" };
    if (type.kind === "int") {
      const [from, to] = rangeOf(type.bits, type.signed);
      const fits = from >= low && to <= high;
      return {
        form: "plain",
        ...(!fits && { check: wholeBetween(low, high) }),
      };
    }
    if (type.kind !== "decimal" && type.kind !== "float") return undefined;
    return { form: "plain", check: wholeBetween(low, high), isWhole: true };
  };
}

const mapToNumeric: Map = (type, { type: { parameters }, isExact }) => {
  if (type.kind === "utf8") return { form: "text" };
  if (type.kind === "int") return { form: "plain" };
  if (type.kind !== "decimal" && type.kind !== "float") return undefined;
  const form = type.kind === "float" ? "quoted" : "plain";
  if (!isExact) return { form, isUnproven: true };
  const [precision, scale = 0] = parameters;
  const isKept = precision === undefined ||
    (type.kind === "decimal" && type.scale <= scale);
  return isKept
    ? { form }
    : { form, check: maxFraction(scale), isRounding: true };
};

function mapToFloat(bits: 32 | 64): Map {
  return (type) => {
    switch (type.kind) {
      case "utf8":
        return { form: "text" };
      case "float":
        return type.bits > bits
          ? { form: "quoted", check: fitsReal, isRounding: true }
          : { form: "quoted" };
      case "int":
        return type.bits * 2 <= bits
          ? { form: "plain" }
          : { form: "plain", check: fitsFloat(bits), isRounding: true };
      case "decimal":
        return { form: "plain", check: fitsFloat(bits), isRounding: true };
    }
  };
}

const mapToBoolean: Map = (type) => {
  if (type.kind === "bool") return { form: "plain" };
  if (type.kind === "utf8") return { form: "text" };
  return type.kind === "int" ? { form: "plain", check: isBit } : undefined;
};

const mapToDate: Map = (type) => {
  if (type.kind === "date") return { form: "quoted" };
  if (type.kind === "utf8") return { form: "text" };
  return type.kind === "timestamp"
    ? { form: "quoted", check: isMidnight, isRounding: true }
    : undefined;
};

const mapToTime: Map = (type, column) => {
  if (type.kind === "utf8") return { form: "text" };
  if (type.kind !== "time") return undefined;
  const fraction = fractionOf(column);
  return {
    form: "quoted",
    ...fraction,
    check: fraction.check ? all(isTimeOfDay, fraction.check) : isTimeOfDay,
  };
};

function mapToTimestamp(utc: boolean): Map {
  return (type, column) => {
    if (type.kind === "utf8") return { form: "text" };
    if (type.kind === "date") {
      return { form: "quoted", ...(utc && { suffix: " 00:00:00Z" }) };
    }
    if (type.kind !== "timestamp") return undefined;
    const mapping: Mapping = { form: "quoted", ...fractionOf(column) };
    if (type.utc === utc) return mapping;
    return utc
      ? { ...mapping, suffix: "Z", note: "has no zone and is taken as UTC" }
      : { ...mapping, note: "loses its zone: UTC is written" };
  };
}

/** Digits of a second that the column holds. */
function fractionOf(
  { type: { parameters }, isExact }: TargetColumn,
): Pick<Mapping, "check" | "isRounding" | "isUnproven"> {
  if (!isExact) return { isUnproven: true };
  const [digits = 6] = parameters;
  return digits >= 6 ? {} : { check: maxFraction(digits), isRounding: true };
}

const mapToInterval: Map = (type) =>
  type.kind === "time"
    ? { form: "quoted" }
    : type.kind === "utf8"
    ? { form: "text" }
    : undefined;

const mapToBytes: Map = (type) =>
  type.kind === "binary"
    ? { form: "bytes" }
    : type.kind === "utf8"
    ? { form: "hex", check: isHexText }
    : undefined;

const mapToJson: Map = (type) => {
  switch (type.kind) {
    case "json":
      return { form: "json" };
    case "utf8":
      return { form: "json", check: isJsonText };
    case "binary":
    case "float":
      // NaN and the infinities are no JSON.
      return type.kind === "float"
        ? { form: "json", check: isJsonText }
        : undefined;
    case "int":
    case "decimal":
    case "bool":
      return { form: "json" };
    default:
      return undefined;
  }
};

const MAPS: Readonly<Record<string, Map>> = {
  smallint: mapToInt(16),
  integer: mapToInt(32),
  bigint: mapToInt(64),
  numeric: mapToNumeric,
  real: mapToFloat(32),
  "double precision": mapToFloat(64),
  boolean: mapToBoolean,
  date: mapToDate,
  "time without time zone": mapToTime,
  "timestamp without time zone": mapToTimestamp(false),
  "timestamp with time zone": mapToTimestamp(true),
  interval: mapToInterval,
  bytea: mapToBytes,
  json: mapToJson,
  jsonb: mapToJson,
};

function rangeOf(bits: number, signed: boolean): [bigint, bigint] {
  const all = 1n << BigInt(bits);
  return signed ? [-all / 2n, all / 2n - 1n] : [0n, all - 1n];
}

/** The type in which a column of ours is made. */
export function columnTypeFor({ type, metadata }: Field): string {
  const own = metadata?.["postgres.type"];
  if (own !== undefined && isPlainTypeName(own)) return own;
  switch (type.kind) {
    case "null":
    case "utf8":
      return "text";
    case "bool":
      return "boolean";
    case "int":
      return intType(type.bits, type.signed);
    case "float":
      return type.bits === 32 ? "real" : "double precision";
    case "decimal":
      // The API hides a numeric's precision; what was read with room to spare is made without a limit.
      return own === "numeric" || decimalBits(type.precision) > 128
        ? "numeric"
        : `numeric(${type.precision},${type.scale})`;
    case "binary":
      return "bytea";
    case "date":
      return "date";
    case "time":
      return "time";
    case "timestamp":
      return type.utc ? "timestamptz" : "timestamp";
    case "json":
      return "jsonb";
  }
}

function intType(bits: number, signed: boolean): string {
  const needed = signed ? bits : bits + 1;
  if (needed <= 16) return "smallint";
  if (needed <= 32) return "integer";
  return needed <= 64 ? "bigint" : "numeric(20,0)";
}

/** Names of types that every PostgreSQL has; others may not exist where a table is made. */
function isPlainTypeName(name: string): boolean {
  // The API leaves lengths out, and without one these two have length 1.
  if (/^(character|bit)(\[\])?$/.test(name)) return false;
  return /^(smallint|integer|bigint|numeric|real|double precision|boolean|text|character varying|character|uuid|date|time with(out)? time zone|timestamp with(out)? time zone|interval|bytea|json|jsonb|inet|cidr|macaddr8?|bit|bit varying|money|xml|point|(int[48]|num|ts|tstz|date)(multi)?range|tsvector|tsquery)(\(\d+(,\s*-?\d+)?\))?(\[\])?$/
    .test(name);
}
