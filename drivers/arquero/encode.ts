/**
 * Values that expressions gave, as columns: the type that was told beforehand
 * when every value fits it exactly, otherwise the one that the values have.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import {
  type Column,
  type ColumnData,
  dataArray,
  dataLength,
} from "../../src/table/batch.ts";
import { columnBuilder, type Value } from "../../src/table/builder.ts";
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import { decimalOf, ExactDecimal, Instant } from "./cell.ts";
import type { Cells } from "./decode.ts";
import { jsonText } from "./json_value.ts";
import type { StaticType } from "./static_type.ts";

/**
 * The values with NULL where a calculation gave none: arithmetic with NULL is
 * NaN in JavaScript, and so are 0 / 0 and the number in "abc".
 */
export function withoutNaN(cells: Cells): Cells {
  for (let row = 0; row < cells.length; row++) {
    if (Number.isNaN(cells[row])) {
      return Array.from(
        cells,
        (cell) => Number.isNaN(cell) ? undefined : cell,
      );
    }
  }
  return cells;
}

/**
 * The type for a column of these values.
 *
 * @throws {OsirisError} `data/type` when no type takes them all, `data/lossy` when a number lost digits.
 */
export function chooseType(
  cells: Cells,
  hint: StaticType,
  column: string,
): LogicalType {
  if (hint !== null && everyFits(cells, hint, column)) return hint;
  const kinds = new Set<Kind>();
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (cell !== null && cell !== undefined) kinds.add(kindOf(cell, column));
  }
  if (kinds.size === 0) return hint ?? types.null;
  const type = typeOf(kinds, cells);
  if (type !== null && everyFits(cells, type, column)) return type;
  throw new OsirisError(
    "data/type",
    `Cannot give column "${column}" a type: it holds ${
      [...kinds].join(" and ")
    }`,
    {
      hint: "Make its values alike, with op.parse_float(…) or `${…}`",
      details: { column },
    },
  );
}

function everyFits(cells: Cells, type: LogicalType, column: string): boolean {
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (
      cell !== null && cell !== undefined &&
      fit(cell, type, column) === undefined
    ) return false;
  }
  return true;
}

/** Rows `from` to `to` of the values as a column; they must fit `type`. */
export function encodeCells(
  cells: Cells,
  from: number,
  to: number,
  type: LogicalType,
  column: string,
): Column {
  const isWide = type.kind === "decimal" ||
    (type.kind === "int" && type.bits === 64);
  const fast = isWide ? encodeWide(cells, from, to, type, column) : null;
  if (fast !== null) return fast;
  const builder = columnBuilder(type, to - from);
  for (let row = from; row < to; row++) {
    const cell = cells[row];
    if (cell === null || cell === undefined) builder.appendNull();
    else builder.appendValue(fit(cell, type, column)!);
  }
  return builder.finish();
}

/**
 * 64-bit integers and decimals from numbers, word by word: builders would make
 * a bigint of each. Null when a value is more than a number holds.
 */
function encodeWide(
  cells: Cells,
  from: number,
  to: number,
  type: LogicalType,
  column: string,
): Column | null {
  const length = to - from;
  const words = 2 * dataLength(type, 1);
  const data = new BigInt64Array(dataLength(type, length));
  const halves = new Int32Array(data.buffer);
  const validity = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    const cell = cells[from + i];
    if (cell === null || cell === undefined) {
      nullCount++;
      continue;
    }
    const value = fit(cell, type, column);
    if (typeof value !== "number") return null;
    validity[i >> 3] |= 1 << (i & 7);
    const high = Math.floor(value / 4294967296);
    halves[i * words] = value - high * 4294967296;
    halves[i * words + 1] = high;
    if (value < 0) halves.fill(-1, i * words + 2, (i + 1) * words);
  }
  return {
    type,
    length,
    nullCount,
    validity: nullCount === 0 ? null : validity,
    data: new (dataArray(type))(data.buffer) as ColumnData,
    offsets: null,
  };
}

/** A value as builders take it; undefined when it isn't exactly one of the type. */
function fit(
  cell: unknown,
  type: LogicalType,
  column: string,
): Value | undefined {
  switch (type.kind) {
    case "bool":
      return typeof cell === "boolean" ? cell : undefined;
    case "int":
      return fitInteger(cell, type, column);
    case "float":
      return typeof cell === "number" &&
          (type.bits === 64 || Object.is(Math.fround(cell), cell))
        ? cell
        : undefined;
    case "decimal":
      return fitDecimal(cell, type, column);
    case "utf8":
      return typeof cell === "string" ? cell : undefined;
    case "json":
      return typeof cell === "string" ? validJson(cell) : jsonText(cell);
    case "binary":
      return cell instanceof Uint8Array ? cell : undefined;
    case "time":
      return typeof cell === "number" ? micros(cell) : undefined;
    case "date":
    case "timestamp":
      return cell instanceof Date ? fitInstant(cell, type, column) : undefined;
    case "null":
      return undefined;
  }
}

function fitInteger(
  cell: unknown,
  { bits, signed }: LogicalType & { readonly kind: "int" },
  column: string,
): Value | undefined {
  if (typeof cell === "number") {
    if (!Number.isInteger(cell)) return undefined;
    if (!Number.isSafeInteger(cell)) {
      throw lossy(column, "an integer beyond 2^53 was calculated as a number");
    }
    const limit = bits === 64 ? Infinity : 2 ** (signed ? bits - 1 : bits);
    return cell < limit && cell >= (signed ? -limit : 0) ? cell : undefined;
  }
  if (typeof cell !== "bigint" || bits < 64) return undefined;
  const held = signed ? BigInt.asIntN(64, cell) : BigInt.asUintN(64, cell);
  return held === cell ? cell : undefined;
}

/** Decimals of fewer digits than this one come from their number exactly. */
const MAX_EXACT = 1e15;

/** Integers below this have room for the rounding errors of a few operations. */
const ROOMY = 2 ** 49;

function fitDecimal(
  cell: unknown,
  { precision, scale }: LogicalType & { readonly kind: "decimal" },
  column: string,
): Value | undefined {
  if (typeof cell === "number") {
    const unscaled = decimalOfNumber(cell, scale, column);
    return unscaled !== undefined &&
        Math.abs(Number(unscaled)) < 10 ** precision
      ? unscaled
      : undefined;
  }
  const unscaled = typeof cell === "bigint"
    ? cell * 10n ** BigInt(scale)
    : cell instanceof ExactDecimal
    ? decimalOf(cell.text, scale)
    : null;
  if (unscaled === null) return undefined;
  const limit = 10n ** BigInt(precision);
  return unscaled > -limit && unscaled < limit ? unscaled : undefined;
}

/** The decimal that a calculated number stands for: the nearest one, if nothing but rounding errors lies between. */
function decimalOfNumber(
  value: number,
  scale: number,
  column: string,
): number | bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  const unit = 10 ** scale;
  const scaled = value * unit;
  const nearest = Math.round(scaled);
  // Both are exact up to 10^22: the quotient is the number nearest to the decimal.
  if (
    scale <= 22 && Math.abs(nearest) < MAX_EXACT && nearest / unit === value
  ) return nearest;
  if (Number.isSafeInteger(value)) return BigInt(value) * 10n ** BigInt(scale);
  const size = Math.abs(scaled);
  if (size >= ROOMY) {
    throw lossy(
      column,
      "a decimal of more than 15 digits was calculated as a number",
    );
  }
  return Math.abs(scaled - nearest) <= Math.min(0.1, size * 2 ** -44 + 1e-9)
    ? nearest
    : undefined;
}

function micros(ms: number): bigint | undefined {
  const rounded = Math.round(ms * 1000);
  return Number.isSafeInteger(rounded) && rounded / 1000 === ms
    ? BigInt(rounded)
    : undefined;
}

function fitInstant(
  cell: Date,
  type: LogicalType,
  column: string,
): Value | undefined {
  if (Number.isNaN(cell.getTime())) {
    throw new OsirisError(
      "data/type",
      `Cannot write column "${column}": a value is not a valid date`,
      { details: { column } },
    );
  }
  const micros = cell instanceof Instant
    ? cell.micros
    : BigInt(cell.getTime()) * 1000n;
  if (type.kind === "timestamp") return micros;
  const day = 86_400_000_000n;
  return micros % day === 0n ? Number(micros / day) : undefined;
}

function validJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

type Kind =
  | "booleans"
  | "integers"
  | "numbers"
  | "integers beyond 2^53"
  | "decimals of more than 15 digits"
  | "texts"
  | "dates"
  | "timestamps"
  | "timestamps in UTC"
  | "bytes"
  | "lists or objects";

function kindOf(cell: unknown, column: string): Kind {
  switch (typeof cell) {
    case "boolean":
      return "booleans";
    case "number":
      return Number.isSafeInteger(cell) ? "integers" : "numbers";
    case "bigint":
      return "integers beyond 2^53";
    case "string":
      return "texts";
  }
  if (cell instanceof Instant) {
    return cell.type.kind === "date"
      ? "dates"
      : cell.type.kind === "timestamp" && cell.type.utc
      ? "timestamps in UTC"
      : "timestamps";
  }
  if (cell instanceof Date) return "timestamps";
  if (cell instanceof Uint8Array) return "bytes";
  if (cell instanceof ExactDecimal) return "decimals of more than 15 digits";
  if (typeof cell === "object") return "lists or objects";
  throw new OsirisError(
    "data/type",
    `Cannot write column "${column}": a value is a ${typeof cell}`,
    { details: { column } },
  );
}

/** Types by the kinds of values that they take; the first that takes all is it. */
const CHOICES: readonly (readonly [LogicalType, readonly Kind[]])[] = [
  [types.bool, ["booleans"]],
  [types.int64, ["integers", "integers beyond 2^53"]],
  [types.float64, ["integers", "numbers"]],
  [types.utf8, ["texts"]],
  [types.date, ["dates"]],
  [types.timestampUtc, ["timestamps in UTC"]],
  [types.timestamp, ["dates", "timestamps"]],
  [types.binary, ["bytes"]],
  [types.json, ["lists or objects"]],
];

function typeOf(kinds: ReadonlySet<Kind>, cells: Cells): LogicalType | null {
  const found = CHOICES.find(([, takes]) =>
    [...kinds].every((kind) => takes.includes(kind))
  )?.[0];
  if (found === types.int64 && !int64Holds(cells)) return types.uint64;
  if (found !== undefined) return found;
  return kinds.has("decimals of more than 15 digits")
    ? decimalType(cells)
    : null;
}

function int64Holds(cells: Cells): boolean {
  const max = 2n ** 63n - 1n;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === "bigint" && cell > max) return false;
  }
  return true;
}

/** A decimal with the most digits after the point that any value has. */
function decimalType(cells: Cells): LogicalType {
  let scale = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (cell === null || cell === undefined) continue;
    const [, fraction = ""] = String(cell).split(".");
    scale = Math.max(scale, fraction.length);
  }
  return decimal(76, Math.min(scale, 76));
}

function lossy(column: string, state: string): OsirisError {
  return new OsirisError(
    "data/lossy",
    `Cannot write column "${column}": ${state}`,
    {
      hint:
        "Calculate with smaller numbers, or multiply by 1.0 to ask for a rounded one",
      details: { column },
    },
  );
}
