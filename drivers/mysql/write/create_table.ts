/**
 * Writes the CREATE TABLE for a schema: the exact types of the source where it
 * is of this family, else types that hold every value of the logical types.
 *
 * @module
 */
import { requireColumns } from "../../../src/driver/column_names.ts";
import { OsirisError } from "../../../src/error.ts";
import {
  type Field,
  formatType,
  type LogicalType,
  type Schema,
} from "../../../src/table/type.ts";
import { quoteName, quoteNames } from "../quote.ts";
import { mapNames } from "./column_plan.ts";
import type { WriteRequest } from "./config.ts";
import { counts, primaryKey } from "./created_key.ts";

/** What the statement depends on besides the schema. */
export interface CreateOptions {
  /** Quoted name. */
  readonly into: string;
  readonly request: WriteRequest;
  readonly isMariadb: boolean;
}

/**
 * The statement.
 *
 * @throws {OsirisError} `data/type`, `data/missing-column`, `config/invalid`
 */
export function createTableSql(
  schema: Schema,
  { into, request, isMariadb }: CreateOptions,
): string {
  const mapped = mapNames(schema, request);
  if (mapped.length === 0) throw noColumns();
  const keys = primaryKey(mapped, request);
  requireColumns(
    "column_types",
    Object.keys(request.columnTypes),
    mapped.map(({ to }) => to),
  );
  const columns = mapped.map(({ field, to }) => {
    const isKey = keys.includes(to);
    const isCounter = keys[0] === to && counts(field);
    return `${quoteName(to)} ${
      request.columnTypes[to] ??
        columnSql(field, isKey, isMariadb) +
          (isCounter ? " AUTO_INCREMENT" : "")
    }${nullSql(field, to, isKey, request)}`;
  });
  const key = keys.length === 0 ? [] : [`PRIMARY KEY (${quoteNames(keys)})`];
  return `CREATE TABLE ${into} (${
    [...columns, ...key].join(", ")
  }) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4`;
}

function columnSql(field: Field, isKey: boolean, isMariadb: boolean): string {
  const { metadata, name } = field;
  const own = metadata?.["mysql.type"];
  const isComplete = own !== undefined && own !== "enum" && own !== "set" &&
    own !== "null";
  const type = isComplete
    ? portable(own, isMariadb)
    : typeSql(field.type, name, isKey, isMariadb);
  const charset = isComplete ? metadata?.["mysql.charset"] : undefined;
  const collation = isComplete ? metadata?.["mysql.collation"] : undefined;
  const hasCharset = charset !== undefined && !type.startsWith("json");
  return type +
    (hasCharset ? ` CHARACTER SET ${quoteName(charset)}` : "") +
    (hasCharset && collation !== undefined && !isForeign(collation, isMariadb)
      ? ` COLLATE ${quoteName(collation)}`
      : "");
}

/** Types that only one of the two servers has, as what the other holds them in. */
function portable(type: string, isMariadb: boolean): string {
  if (isMariadb) return type;
  if (type === "uuid") return "char(36)";
  if (type === "inet6") return "varchar(45)";
  return type === "inet4" ? "varchar(15)" : type;
}

/** Collations that only the other server has. */
function isForeign(collation: string, isMariadb: boolean): boolean {
  return isMariadb
    ? /_0900_/.test(collation)
    : /uca1400|_nopad_/.test(collation);
}

const INTS = { 8: "TINYINT", 16: "SMALLINT", 32: "INT", 64: "BIGINT" } as const;

/** Digits after the point that a DECIMAL can have. */
const MAX_SCALE = { mariadb: 38, mysql: 30 } as const;

function typeSql(
  type: LogicalType,
  name: string,
  isKey: boolean,
  isMariadb: boolean,
): string {
  switch (type.kind) {
    case "bool":
      return "TINYINT(1)";
    case "int":
      return INTS[type.bits] + (type.signed ? "" : " UNSIGNED");
    case "float":
      return type.bits === 32 ? "FLOAT" : "DOUBLE";
    case "decimal": {
      const most = isMariadb ? MAX_SCALE.mariadb : MAX_SCALE.mysql;
      if (type.precision > 65 || type.scale > most) {
        throw tooPrecise(type, name);
      }
      return `DECIMAL(${type.precision},${type.scale})`;
    }
    case "date":
      return "DATE";
    case "time":
      return "TIME(6)";
    case "timestamp":
      return type.utc ? "TIMESTAMP(6)" : "DATETIME(6)";
    case "json":
      return "JSON";
    case "binary":
      return isKey ? "VARBINARY(255)" : "LONGBLOB";
    default:
      // A key can't be of any length; what is longer is refused when it comes.
      return isKey ? "VARCHAR(255)" : "LONGTEXT";
  }
}

function noColumns(): OsirisError {
  return new OsirisError(
    "data/missing-column",
    "Cannot write: create_table: the input has no columns",
    { hint: "Make the table beforehand, or give the input a header" },
  );
}

function tooPrecise(type: LogicalType, name: string): OsirisError {
  return new OsirisError(
    "data/type",
    `Cannot write: column "${name}": DECIMAL has no room for ${
      formatType(type)
    }`,
    {
      hint: "Give the column a type by column_types, such as VARCHAR(80)",
      details: { column: name },
    },
  );
}

function nullSql(
  field: Field,
  to: string,
  isKey: boolean,
  { columnTypes }: WriteRequest,
): string {
  const type = (columnTypes[to] ?? "").toUpperCase();
  if (/\bNULL\b/.test(type)) return "";
  const isTimestamp = /^timestamp/i.test(
    columnTypes[to] ?? field.metadata?.["mysql.type"] ??
      (field.type.kind === "timestamp" && field.type.utc ? "timestamp" : ""),
  );
  if (!isKey && field.nullable) return isTimestamp ? " NULL DEFAULT NULL" : "";
  // A TIMESTAMP without a default may get one that changes with the row.
  return isTimestamp ? " NOT NULL DEFAULT '1970-01-01 00:00:01'" : " NOT NULL";
}
