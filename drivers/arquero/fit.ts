/**
 * Whether a value is exactly one of a type, and what builders take for it.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { Value } from "../../src/table/builder.ts";
import type { LogicalType } from "../../src/table/type.ts";
import { decimalOf, ExactDecimal, Instant } from "./cell.ts";
import { jsonText } from "./json_value.ts";

/** A value as builders take it; undefined when it isn't exactly one of the type. */
export function fit(
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
