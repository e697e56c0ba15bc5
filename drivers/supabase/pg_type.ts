/**
 * PostgreSQL's types by name, and what their values are here.
 *
 * @module
 */
import { decimal, type LogicalType, types } from "../../src/table/type.ts";

/** How a value comes in the API's JSON: as its text, as JSON kept whole, or as `\x` and hex digits. */
export type Carriage = "text" | "json" | "hex";

/** A type's name taken apart: `numeric(10,2)`, `character varying(20)[]`. */
export interface PgType {
  /** The canonical long name without parameters and brackets: `bigint`, `timestamp with time zone`. */
  readonly base: string;
  readonly isArray: boolean;
  /** `[10, 2]`, `[20]`; empty without parameters. */
  readonly parameters: readonly number[];
}

/** Short names and their long ones. */
const ALIASES: Readonly<Record<string, string>> = {
  int2: "smallint",
  smallserial: "smallint",
  int: "integer",
  int4: "integer",
  serial: "integer",
  int8: "bigint",
  bigserial: "bigint",
  decimal: "numeric",
  float4: "real",
  float8: "double precision",
  float: "double precision",
  bool: "boolean",
  varchar: "character varying",
  char: "character",
  bpchar: "character",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
  varbit: "bit varying",
};

/** Reads a type's name as PostgreSQL writes it, or as people do. */
export function parsePgType(name: string): PgType {
  const brackets = /(\[\d*\])+$/.exec(name.trim());
  const bare = name.trim().slice(0, brackets?.index ?? undefined);
  const parameters = /\(([\d\s,-]+)\)/.exec(bare)?.[1].split(",").map(Number) ??
    [];
  const word = bare.replace(/\s*\([\d\s,-]+\)/, "").toLowerCase().trim();
  return {
    base: ALIASES[word] ?? word,
    isArray: brackets !== null || word.startsWith("_"),
    parameters,
  };
}

/** Types whose values have a type of ours. `numeric` depends on its parameters. */
const LOGICAL: Readonly<Record<string, LogicalType>> = {
  smallint: types.int16,
  integer: types.int32,
  bigint: types.int64,
  oid: types.uint32,
  real: types.float32,
  "double precision": types.float64,
  boolean: types.bool,
  date: types.date,
  "time without time zone": types.time,
  "timestamp without time zone": types.timestamp,
  "timestamp with time zone": types.timestampUtc,
  bytea: types.binary,
  json: types.json,
  jsonb: types.json,
};

/** Types whose JSON form is always a text. */
const TEXTS: ReadonlySet<string> = new Set([
  ...["text", "character varying", "character", '"char"', "name", "uuid"],
  ...["interval", "time with time zone", "money", "xml", "citext"],
  ...["inet", "cidr", "macaddr", "macaddr8", "bit", "bit varying"],
  ...["point", "line", "lseg", "box", "path", "polygon", "circle"],
  ...["tsvector", "tsquery", "int4range", "int8range", "numrange"],
  ...["tsrange", "tstzrange", "daterange", "pg_lsn", "ltree"],
  ...["int4multirange", "int8multirange", "nummultirange"],
  ...["tsmultirange", "tstzmultirange", "datemultirange"],
]);

/**
 * The logical type of a type of PostgreSQL.
 *
 * Undefined when the name alone does not tell: a `numeric` without parameters,
 * whose values tell their scale, and types that extensions and users make,
 * whose JSON may be anything.
 */
export function logicalType(type: PgType): LogicalType | undefined {
  if (type.isArray) return types.json;
  if (type.base === "numeric") return numericType(type.parameters);
  return LOGICAL[type.base] ?? (TEXTS.has(type.base) ? types.utf8 : undefined);
}

/** `numeric(p,s)`; undefined without parameters, or where no decimal of ours is the same. */
function numericType(parameters: readonly number[]): LogicalType | undefined {
  const [precision, scale = 0] = parameters;
  if (precision === undefined) return undefined;
  if (scale < 0) {
    return precision - scale <= 76 ? decimal(precision - scale, 0) : types.utf8;
  }
  const digits = Math.max(precision, scale);
  return digits <= 76 ? decimal(digits, scale) : types.utf8;
}

/** How values of a logical type come in the API's JSON. */
export function carriageOf(type: LogicalType): Carriage {
  return type.kind === "json"
    ? "json"
    : type.kind === "binary"
    ? "hex"
    : "text";
}
