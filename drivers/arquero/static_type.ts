/**
 * What type the value of an expression has, as far as that can be told without
 * running it: so that a result's schema does not depend on the data in it.
 *
 * Null means unknown: then the values decide.
 *
 * @module
 */
import {
  decimal,
  type LogicalType,
  sameType,
  types,
} from "../../src/table/type.ts";

/** A type, or null when it is unknown. */
export type StaticType = LogicalType | null;

/** Digits after the point beyond which products of decimals become float64. */
const MAX_SCALE = 12;

/** Digits that a calculated decimal may have. */
const PRECISION = 38;

/** A decimal as calculations give it. */
export function calculated(scale: number): LogicalType {
  return scale > MAX_SCALE ? types.float64 : decimal(PRECISION, scale);
}

/** The type that takes values of both. */
export function unify(a: StaticType, b: StaticType): StaticType {
  if (a === null || b === null) return null;
  if (a.kind === "null") return b;
  if (b.kind === "null" || sameType(a, b)) return a;
  if (a.kind === "int" && b.kind === "int") return types.int64;
  if (!isNumeric(a) || !isNumeric(b)) return null;
  if (a.kind === "float" || b.kind === "float") return types.float64;
  return calculated(Math.max(scaleOf(a), scaleOf(b)));
}

/** Whether values of the type are numbers in expressions. */
export function isNumeric(type: LogicalType): boolean {
  return type.kind === "int" || type.kind === "float" ||
    type.kind === "decimal";
}

/** Whether values of the type are points in time. */
export function isInstant(type: StaticType): boolean {
  return type?.kind === "date" || type?.kind === "timestamp";
}

/** Whether it is the type of a literal such as `1.25`. */
export function isLiteralDecimal(
  type: StaticType,
): type is LogicalType & { kind: "decimal" } {
  return type?.kind === "decimal" && type.precision === 0;
}

function scaleOf(type: LogicalType): number {
  return type.kind === "decimal" ? type.scale : 0;
}

/** The type of `a operator b`. */
export function binaryType(
  operator: string,
  a: StaticType,
  b: StaticType,
): StaticType {
  if (/^[=!<>]/.test(operator) && !/<<|>>/.test(operator)) return types.bool;
  if (/^(\||&|\^|<<|>>)/.test(operator)) return types.int64;
  if (operator === "+" && (a?.kind === "utf8" || b?.kind === "utf8")) {
    return types.utf8;
  }
  if (operator === "-" && isInstant(a) && isInstant(b)) return types.float64;
  if (operator === "/" || operator === "**") return types.float64;
  if (a === null || b === null || !isNumeric(a) || !isNumeric(b)) return null;
  if (a.kind === "float" || b.kind === "float") return types.float64;
  if (a.kind === "int" && b.kind === "int") return types.int64;
  return calculated(
    operator === "*"
      ? scaleOf(a) + scaleOf(b)
      : Math.max(scaleOf(a), scaleOf(b)),
  );
}

const AS_ARGUMENT = names(
  "min max any mode lag lead first_value last_value nth_value fill_down fill_up compact reverse slice abs",
);
const INTEGER = names(
  "count valid invalid distinct row_number rank dense_rank ntile length indexof lastindexof " +
    "utcyear utcquarter utcmonth utcweek utcdate utcdayofyear utcdayofweek utchours utcminutes utcseconds utcmilliseconds " +
    "timestamp now clz32 sign round floor ceil trunc parse_int",
);
const FLOAT = names(
  "mean average variance variancep stdev stdevp median quantile covariance covariancep corr avg_rank percent_rank cume_dist " +
    "exp expm1 log log10 log1p log2 sqrt cbrt pow random parse_float fround degrees radians " +
    "acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh",
);
const TEXT = names(
  "lower upper trim normalize padend padstart repeat replace substring join osiris_format_date osiris_to_json osiris_text",
);
const BOOL = names(
  "is_nan is_finite includes has startswith endswith equal osiris_equal",
);

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** The type of what an operation of Arquero gives for arguments of these types. */
export function callType(
  name: string,
  args: readonly StaticType[],
): StaticType {
  const first = args[0] ?? null;
  if (INTEGER.has(name)) return types.int64;
  if (FLOAT.has(name)) {
    // The middle of dates is a number, but of what is left open.
    return isInstant(first) ? null : types.float64;
  }
  if (TEXT.has(name)) return types.utf8;
  if (BOOL.has(name)) return types.bool;
  if (AS_ARGUMENT.has(name)) {
    // What stands in where there is no row.
    const other = name === "lag" || name === "lead"
      ? args[2]
      : name.startsWith("fill_")
      ? args[1]
      : undefined;
    return other === undefined ? first : unify(first, other);
  }
  if (name === "osiris_sum") return sumType(first);
  if (name === "greatest" || name === "least") {
    return args.reduce(unify, types.null);
  }
  if (name === "utcdatetime" || name === "osiris_parse_date") {
    return types.timestamp;
  }
  return null;
}

function sumType(type: StaticType): StaticType {
  switch (type?.kind) {
    case "int":
    case "bool":
      return types.int64;
    case "float":
      return types.float64;
    case "decimal":
      return decimal(PRECISION, type.scale);
    default:
      return null;
  }
}
