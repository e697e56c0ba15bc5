// The OpenAPI (Swagger 2.0) description, in the form PostgREST gives it (docs, "OpenAPI").
import type {
  Argument,
  Column,
  ForeignKey,
  Routine,
  Table,
} from "./schema_cache.ts";

type Json = Record<string, unknown>;

/** What is described. */
export interface ApiParts {
  tables: Table[];
  routines: Routine[];
  foreignKeys: ForeignKey[];
  description: string | null;
}

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

function swaggerType(format: string): string | undefined {
  if (format in swaggerTypes) return swaggerTypes[format];
  return format.endsWith("[]") ? "array" : "string";
}

/** Leaves out what is undefined, null or an empty list. */
function compact(value: Json): Json {
  const isThere = (item: unknown) =>
    item !== undefined && item !== null &&
    !(Array.isArray(item) && item.length === 0);
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => isThere(item)),
  );
}

function typed(format: string): Json {
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

function definition(table: Table, keys: ForeignKey[]): Json {
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

const refs = (names: string[]) =>
  names.map((name) => ({ $ref: `#/parameters/${name}` }));

function tablePath(table: Table): Json {
  const { name } = table;
  const filters = table.columns.map((column) =>
    `rowFilter.${name}.${column.name}`
  );
  const rows = {
    description: "OK",
    schema: { items: { $ref: `#/definitions/${name}` }, type: "array" },
  };
  const get = {
    tags: [name],
    parameters: refs([
      ...filters,
      "select",
      "order",
      "range",
      "rangeUnit",
      "offset",
      "limit",
      "preferCount",
    ]),
    responses: { "200": rows, "206": { description: "Partial Content" } },
  };
  if (!table.isInsertable && !table.isUpdatable && !table.isDeletable) {
    return { get };
  }
  const done = { "204": { description: "No Content" } };
  return {
    get,
    post: {
      tags: [name],
      parameters: refs([`body.${name}`, "select", "preferPost"]),
      responses: { "201": { description: "Created" } },
    },
    delete: {
      tags: [name],
      parameters: refs([...filters, "preferReturn"]),
      responses: done,
    },
    patch: {
      tags: [name],
      parameters: refs([...filters, `body.${name}`, "preferReturn"]),
      responses: done,
    },
  };
}

function routinePath(routine: Routine): Json {
  const property = (
    argument: Argument,
  ) => [argument.name, compact(typed(argument.type))];
  const schema = compact({
    description: routine.description,
    required: routine.args.filter((argument) => argument.isRequired).map((
      argument,
    ) => argument.name),
    properties: Object.fromEntries(routine.args.map(property)),
    type: "object",
  });
  const common = {
    tags: [`(rpc) ${routine.name}`],
    responses: { "200": { description: "OK" } },
  };
  const body = { required: true, schema, in: "body", name: "args" };
  const post = { ...common, parameters: [body, ...refs(["preferParams"])] };
  if (routine.volatility === "v") return { post };
  const query = (argument: Argument) => {
    const type = swaggerType(argument.type) ?? "string";
    const { name, isRequired: required } = argument;
    return {
      format: argument.type,
      in: "query",
      name,
      required,
      type: type === "array" ? "string" : type,
    };
  };
  return { get: { ...common, parameters: routine.args.map(query) }, post };
}

/** Parameters that paths refer to. */
function parameters(tables: Table[]): Json {
  const text = (name: string, place: string) => ({
    in: place,
    name,
    required: false,
    type: "string",
  });
  const common = {
    preferParams: text("Prefer", "header"),
    preferReturn: text("Prefer", "header"),
    preferCount: text("Prefer", "header"),
    preferPost: text("Prefer", "header"),
    select: text("select", "query"),
    "on_conflict": text("on_conflict", "query"),
    order: text("order", "query"),
    range: text("Range", "header"),
    rangeUnit: text("Range-Unit", "header"),
    offset: text("offset", "query"),
    limit: text("limit", "query"),
  };
  const own = tables.flatMap((table) => [
    [`body.${table.name}`, {
      in: "body",
      name: table.name,
      required: false,
      schema: { $ref: `#/definitions/${table.name}` },
    }],
    ...table.columns.map((
      column,
    ) => [
      `rowFilter.${table.name}.${column.name}`,
      text(column.name, "query"),
    ]),
  ]);
  return { ...common, ...Object.fromEntries(own) };
}

/** The whole description. */
export function describeApi(parts: ApiParts): Json {
  const { tables, routines, foreignKeys, description } = parts;
  const root = {
    get: {
      tags: ["Introspection"],
      summary: "OpenAPI description (this document)",
    },
  };
  return {
    swagger: "2.0",
    info: {
      description: description ??
        "This is a dynamic API generated by PostgREST",
      title: "standard public schema",
      version: "13.0.0 (test fixture)",
    },
    basePath: "/",
    schemes: ["http"],
    consumes: [
      "application/json",
      "application/vnd.pgrst.object+json",
      "text/csv",
    ],
    produces: [
      "application/json",
      "application/vnd.pgrst.object+json",
      "text/csv",
    ],
    paths: {
      "/": root,
      ...Object.fromEntries(
        tables.map((table) => [`/${table.name}`, tablePath(table)]),
      ),
      ...Object.fromEntries(
        routines.map((
          routine,
        ) => [`/rpc/${routine.name}`, routinePath(routine)]),
      ),
    },
    definitions: Object.fromEntries(
      tables.map((table) => [table.name, definition(table, foreignKeys)]),
    ),
    parameters: parameters(tables),
  };
}
