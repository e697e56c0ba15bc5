// The definitions of tables in the OpenAPI description (docs, "OpenAPI").
import type { Column, ForeignKey, Table } from "./schema_cache.ts";

/** An object of JSON. */
export type Json = Record<string, unknown>;

const swaggerTypes: Record<string, string | undefined> = {
  "character varying": "string",
  character: "string",
  text: "string",
  boolean: "boolean",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  numeric: "number",
  real: "number",
  "double precision": "number",
  json: undefined,
  jsonb: undefined,
};

/** The Swagger type of a PostgreSQL type; undefined for JSON, which may be anything. */
export function swaggerType(format: string): string | undefined {
  if (format in swaggerTypes) return swaggerTypes[format];
  return format.endsWith("[]") ? "array" : "string";
}

/** Leaves out what is undefined, null or an empty list. */
export function compact(value: Json): Json {
  const isThere = (item: unknown) =>
    item !== undefined && item !== null &&
    !(Array.isArray(item) && item.length === 0);
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => isThere(item)),
  );
}

/** Format, type and, for arrays, what the items are. */
export function typed(format: string): Json {
  const type = swaggerType(format);
  const element = type === "array"
    ? swaggerType(format.slice(0, -2))
    : undefined;
  return {
    format,
    type,
    items: type === "array" ? compact({ type: element }) : undefined,
  };
}

/** A default as JSON if it can be one: a literal's text, a number, or an expression in quotes for text-like types. */
function defaultOf(column: Column): unknown {
  if (column.default === null) return undefined;
  const isText = swaggerType(column.format) === "string";
  const suffix = `::${column.format}`;
  const text = column.default.endsWith(suffix)
    ? column.default.slice(0, -suffix.length).replaceAll(/^'+|'+$/g, "")
    : column.default;
  try {
    return JSON.parse(isText ? `"${text}"` : column.default);
  } catch {
    return undefined; // an expression such as nextval(…) has no JSON form and is left out
  }
}

/** The note by which clients learn of keys: `<pk/>` and `<fk table='t' column='c'/>`. */
function descriptionOf(
  table: Table,
  column: Column,
  keys: ForeignKey[],
): string | undefined {
  const notes: string[] = [];
  if (table.primaryKey.includes(column.name)) {
    notes.push("This is a Primary Key.<pk/>");
  }
  const key = keys.find((item) =>
    item.schema === table.schema && item.table === table.name &&
    item.columns.length === 1 && item.columns[0] === column.name
  );
  if (key) {
    const [target, name] = [key.target, key.targetColumns[0]];
    notes.push(
      `This is a Foreign Key to \`${target}.${name}\`.<fk table='${target}' column='${name}'/>`,
    );
  }
  if (notes.length === 0) return column.description ?? undefined;
  const own = column.description === null ? "" : `${column.description}\n\n`;
  return `${own}${["Note:", ...notes].join("\n")}`;
}

/** The definition of a table: its columns with format, length, default and the notes about keys. */
export function definition(table: Table, keys: ForeignKey[]): Json {
  const property = (column: Column) =>
    compact({
      default: defaultOf(column),
      description: descriptionOf(table, column, keys),
      enum: column.enum,
      ...typed(column.format),
      maxLength: column.maxLength,
    });
  return compact({
    description: table.description,
    required: table.columns.filter((column) => !column.isNullable).map((
      column,
    ) => column.name),
    properties: Object.fromEntries(
      table.columns.map((column) => [column.name, property(column)]),
    ),
    type: "object",
  });
}
