/**
 * Which column of the input goes into which column of the table, and how.
 *
 * @module
 */
import { requireColumns } from "../../../src/driver/column_names.ts";
import { OsirisError } from "../../../src/error.ts";
import { didYouMean } from "../../../src/suggest.ts";
import {
  type Field,
  formatType,
  type LogicalType,
  type Schema,
  types,
} from "../../../src/table/type.ts";
import type { WriteRequest } from "./config.ts";
import {
  BOOL_AS_NUMBER,
  type Conversion,
  DOUBLE_FOR_SINGLE,
  HEX_AS_BINARY,
  relabel,
  SINGLE_AS_DOUBLE,
  TEXT_AS_INSTANT,
  TEXT_FOR_SINGLE,
  WKB_AS_GEOMETRY,
  WORDS_AS_NUMBER,
} from "./convert.ts";
import { type Rule, ruleFor } from "./rules.ts";
import type { Target, TargetColumn } from "./target.ts";

/** A column of the input on its way into the table. */
export interface ColumnPlan {
  /** Index in the input's schema. */
  readonly index: number;
  /** The input's name for it. */
  readonly name: string;
  readonly column: TargetColumn;
  readonly conversions: readonly Conversion[];
  /** The type after the conversions. */
  readonly type: LogicalType;
  readonly rule: Rule | null;
  /** Whether NULL is refused: the column has none, or it is a key. */
  readonly refusesNull: boolean;
  readonly isKey: boolean;
  /** Whether values may be cut or rounded. */
  readonly isLossy: boolean;
}

/**
 * Plans the columns.
 *
 * @throws {OsirisError} `config/invalid`, `sql/unknown-column`, `data/missing-column`, `data/duplicate-column`, `data/type`
 */
export function planColumns(
  schema: Schema,
  target: Target,
  request: WriteRequest,
): ColumnPlan[] {
  const plans = mapNames(schema, request).map(({ index, field, to }) =>
    planColumn(index, field, findColumn(target, to, field.name), request)
  );
  const names = plans.flatMap(({ name, column }) => [name, column.name]);
  requireColumns("allow_lossy", request.allowLossy, names);
  requireColumns("column_types", Object.keys(request.columnTypes), names);
  refuseTwice(plans, target);
  refuseMissing(plans, target);
  for (const key of request.keys) {
    if (!plans.some((plan) => plan.isKey && isNamed(plan.column, key))) {
      throw missing(target, key, "which is in upsert_keys");
    }
  }
  return plans;
}

interface Mapped {
  readonly index: number;
  readonly field: Field;
  readonly to: string;
}

/** Input columns with the names that the table has for them. */
export function mapNames(
  schema: Schema,
  { columns }: Pick<WriteRequest, "columns">,
): Mapped[] {
  const all = schema.fields.map((field, index) => ({
    index,
    field,
    to: field.name,
  }));
  if (columns === undefined) return all;
  const pairs = Array.isArray(columns)
    ? columns.map((name: string) => [name, name] as const)
    : Object.entries(columns as Record<string, string>);
  return pairs.map(([from, to]) => {
    const found = all.find(({ field }) => field.name === from);
    if (found !== undefined) return { ...found, to };
    throw new OsirisError(
      "data/missing-column",
      `Cannot write: columns: the input has no column "${from}"`,
      {
        hint: didYouMean(from, all.map(({ to }) => to)) ??
          "Name columns of the input",
        details: { column: from },
      },
    );
  });
}

function findColumn(target: Target, name: string, from: string): TargetColumn {
  const column = target.columns.find((other) => other.name === name) ??
    target.columns.find((other) => isNamed(other, name));
  if (column !== undefined && !column.isGenerated) return column;
  throw new OsirisError(
    column === undefined ? "sql/unknown-column" : "sql/constraint",
    `Cannot write: table "${target.name}": ${
      column === undefined
        ? `it has no column "${name}"`
        : `column "${name}" is computed by the server`
    }`,
    {
      hint: column === undefined
        ? didYouMean(name, target.columns.map((other) => other.name)) ??
          `Leave "${from}" out by columns`
        : `Leave "${from}" out by columns`,
      details: { column: name },
    },
  );
}

/** Names of columns don't tell upper from lower case. */
function isNamed(column: TargetColumn, name: string): boolean {
  return column.name.toLowerCase() === name.toLowerCase();
}

function planColumn(
  index: number,
  field: Field,
  column: TargetColumn,
  request: WriteRequest,
): ColumnPlan {
  const conversions = conversionsFor(field, column);
  const type = conversions.at(-1)?.type ?? field.type;
  const isKey = request.keys.some((key) => isNamed(column, key));
  return {
    index,
    name: field.name,
    column,
    conversions,
    type,
    rule: ruleFor(field.type.kind === "float" ? field.type : type, column),
    refusesNull: isKey || !column.nullable,
    isKey,
    // By either name: errors of the server's, and of ours, speak of the table's.
    isLossy: request.allowLossy.has(field.name) ||
      request.allowLossy.has(column.name),
  };
}

const BYTES = new Set([
  ...["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"],
  "vector",
]);
const GEOMETRIES = new Set([
  ...["geometry", "point", "linestring", "polygon", "multipoint"],
  ...[
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
  ],
]);
const TEXTS = new Set([
  ...["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json"],
  ...["enum", "set", "uuid", "inet4", "inet6"],
]);
const NUMBERS = new Set([
  ...["tinyint", "smallint", "mediumint", "int", "bigint", "decimal"],
  ...["float", "double", "bit", "year"],
]);
const FLOATS = new Set(["float", "double"]);
const TIMES = new Set(["date", "datetime", "timestamp", "time"]);

/** What becomes of a field's values before they are written. @throws {OsirisError} `data/type` */
function conversionsFor(field: Field, column: TargetColumn): Conversion[] {
  const { kind } = field.type;
  const { base } = column;
  if (kind === "null") return [];
  if (GEOMETRIES.has(base)) {
    if (kind === "binary") return [WKB_AS_GEOMETRY];
    if (kind === "utf8") return [HEX_AS_BINARY, WKB_AS_GEOMETRY];
    throw unfit(field, column);
  }
  if (BYTES.has(base)) {
    if (kind === "binary") return [];
    if (kind === "utf8") return [HEX_AS_BINARY];
    throw unfit(field, column);
  }
  if (kind === "binary") throw unfit(field, column);
  if (field.type.kind === "float") {
    const isSingle = field.type.bits === 32;
    if (isSingle && FLOATS.has(base)) return [SINGLE_AS_DOUBLE];
    if (base === "float") return [DOUBLE_FOR_SINGLE];
  }
  if (kind === "utf8" && base === "float") return [TEXT_FOR_SINGLE];
  if (kind === "utf8" && base === "timestamp") return [TEXT_AS_INSTANT];
  if (kind === "bool" && NUMBERS.has(base)) return [BOOL_AS_NUMBER];
  if (kind === "utf8" && base === "tinyint") return [WORDS_AS_NUMBER];
  const isTime = kind === "date" || kind === "time" || kind === "timestamp";
  const isNumber = kind === "int" || kind === "decimal" || kind === "float";
  const isUnfit = (TIMES.has(base) && (isNumber || kind === "bool")) ||
    (NUMBERS.has(base) && isTime) ||
    (base === "time" && isTime && kind !== "time") ||
    (kind === "time" && TIMES.has(base) && base !== "time") ||
    // A number would be taken for a member's place in the list.
    ((base === "enum" || base === "set") && kind !== "utf8");
  if (isUnfit || !isKnown(base)) {
    if (kind !== "utf8" && kind !== "json") throw unfit(field, column);
  }
  // Text of an instant ends in Z, which the server doesn't take; the session's clock is UTC.
  return kind === "timestamp" && TIMES.has(base)
    ? [relabel(types.timestamp)]
    : [];
}

function isKnown(base: string): boolean {
  return TEXTS.has(base) || NUMBERS.has(base) || TIMES.has(base);
}

function unfit(field: Field, column: TargetColumn): OsirisError {
  return new OsirisError(
    "data/type",
    `Cannot write: column "${column.name}": ${
      formatType(field.type)
    } doesn't go into ${column.type}`,
    {
      hint: "Convert the column before it is written",
      details: { column: column.name },
    },
  );
}

function refuseTwice(plans: readonly ColumnPlan[], target: Target): void {
  const seen = new Set<string>();
  for (const { column } of plans) {
    if (seen.has(column.name)) {
      throw new OsirisError(
        "data/duplicate-column",
        `Cannot write: table "${target.name}": two columns of the input go into "${column.name}"`,
        { hint: "Choose one by columns", details: { column: column.name } },
      );
    }
    seen.add(column.name);
  }
}

function refuseMissing(plans: readonly ColumnPlan[], target: Target): void {
  for (const column of target.columns) {
    if (column.isOptional || plans.some((plan) => plan.column === column)) {
      continue;
    }
    throw missing(target, column.name, "which must have a value");
  }
}

function missing(target: Target, name: string, why: string): OsirisError {
  return new OsirisError(
    "data/missing-column",
    `Cannot write: table "${target.name}": the input has nothing for "${name}", ${why}`,
    {
      hint: "Add the column to the input, or map one to it by columns",
      details: { column: name },
    },
  );
}
