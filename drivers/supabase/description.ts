/**
 * What the API says of a schema: tables with columns, types and keys, and
 * functions.
 *
 * @module
 */
import { didYouMean } from "../../src/suggest.ts";
import type { Api } from "./client.ts";
import { exchange, outcomeError, type Patience } from "./retry.ts";

/** A column as the API describes it. */
export interface ColumnFacts {
  readonly name: string;
  /** PostgreSQL's name of the type, mostly without its parameters. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly isKey: boolean;
  readonly hasDefault: boolean;
  /** Characters it takes at most. */
  readonly maxLength: number | null;
  /** The table that it refers to. */
  readonly refersTo: string | null;
}

/** A table or view as the API describes it. */
export interface TableFacts {
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  /** Columns of the primary key, in the table's order; a view shows that of a table behind it. */
  readonly key: readonly string[];
  /** Whether rows can be inserted: a table, or a view over one. */
  readonly isWritable: boolean;
}

/** A function as the API describes it. */
export interface FunctionFacts {
  readonly name: string;
  /** Whether calling it changes nothing, so that it can be called again. */
  readonly isStable: boolean;
  readonly args: readonly string[];
}

/** What a schema holds. */
export interface Description {
  readonly schema: string;
  readonly tables: ReadonlyMap<string, TableFacts>;
  readonly functions: ReadonlyMap<string, FunctionFacts>;
}

/**
 * Asks the API for its description. Undefined when it gives none: some
 * projects keep it from all but the service key.
 *
 * @throws {OsirisError} when the project can't be reached or refuses the key.
 */
export async function describe(
  api: Api,
  schema: string,
  patience: Patience,
): Promise<Description | undefined> {
  const sending = { action: `read the description of schema "${schema}"` };
  const outcome = await exchange(
    api,
    () => api.root(schema),
    sending,
    patience,
  );
  if (outcome.kind === "done") {
    return parseDescription(schema, outcome.answer.body);
  }
  if (outcome.kind === "lost") throw outcome.error;
  const { status, code, isJson } = outcome.refusal;
  const isKept = code === "PGRST126" || code === "42501" ||
    (isJson && (status === 403 || status === 404));
  if (isKept && code !== "PGRST106") return undefined;
  throw outcomeError(api, outcome, sending);
}

/** Reads a description; undefined for anything that is none. */
export function parseDescription(
  schema: string,
  body: Uint8Array,
): Description | undefined {
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const paths = record(record(root).paths);
  const tables = Object.entries(record(record(root).definitions)).map(
    ([name, definition]) =>
      [
        name,
        readTable(name, record(definition), record(paths[`/${name}`])),
      ] as const,
  );
  if (record(root).swagger === undefined) return undefined;
  const functions = Object.entries(paths).flatMap(([path, operations]) =>
    path.startsWith("/rpc/")
      ? [[path.slice(5), readFunction(path.slice(5), record(operations))]]
      : []
  ) as [string, FunctionFacts][];
  return {
    schema,
    tables: new Map(tables),
    functions: new Map(functions),
  };
}

/** The nearest name of a table, or the list of them, as a hint. */
export function tableHint(
  description: Description | undefined,
  name: string,
): string | undefined {
  return description && didYouMean(name, description.tables.keys());
}

/** The nearest name of a column, as a hint. */
export function columnHint(
  table: TableFacts | undefined,
  name: string,
): string | undefined {
  return table && didYouMean(name, table.columns.map((column) => column.name));
}

type Json = Record<string, unknown>;

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function readTable(name: string, definition: Json, path: Json): TableFacts {
  const required = Array.isArray(definition.required)
    ? definition.required
    : [];
  const columns = Object.entries(record(definition.properties)).map(
    ([column, value]) =>
      readColumn(column, record(value), required.includes(column)),
  );
  return {
    name,
    columns,
    key: columns.filter(({ isKey }) => isKey).map((column) => column.name),
    isWritable: "post" in path,
  };
}

function readColumn(
  name: string,
  property: Json,
  isRequired: boolean,
): ColumnFacts {
  const notes = typeof property.description === "string"
    ? property.description
    : "";
  return {
    name,
    type: typeof property.format === "string" ? property.format : "unknown",
    isNullable: !isRequired,
    isKey: notes.includes("<pk/>"),
    hasDefault: "default" in property,
    maxLength: typeof property.maxLength === "number"
      ? property.maxLength
      : null,
    refersTo: /<fk table='([^']+)'/.exec(notes)?.[1] ?? null,
  };
}

function readFunction(name: string, operations: Json): FunctionFacts {
  const post = record(operations.post);
  const parameters = Array.isArray(post.parameters) ? post.parameters : [];
  const body = parameters.map(record).find(({ name }) => name === "args");
  const args = Object.keys(record(record(body?.schema).properties));
  return { name, isStable: "get" in operations, args };
}
