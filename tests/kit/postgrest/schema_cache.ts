// What the fixture knows of the database until it is told to look again (docs, "Schema Cache").
import { arrayLiteral } from "./ident.ts";
import { foreignKeysSql, routinesSql, tablesSql } from "./schema_sql.ts";
import type { Pool } from "./pool.ts";

/** A column. `type` has the modifiers (`character varying(20)`), `format` has none and looks through domains. */
export interface Column {
  name: string;
  type: string;
  format: string;
  isNullable: boolean;
  isGenerated: boolean;
  default: string | null;
  maxLength: number | null;
  enum: string[] | null;
  description: string | null;
}

/** A table or view; `kind` is PostgreSQL's relkind. */
export interface Table {
  schema: string;
  name: string;
  kind: string;
  description: string | null;
  isInsertable: boolean;
  isUpdatable: boolean;
  isDeletable: boolean;
  primaryKey: string[];
  columns: Column[];
}

export interface ForeignKey {
  name: string;
  schema: string;
  table: string;
  columns: string[];
  targetSchema: string;
  target: string;
  targetColumns: string[];
  isUnique: boolean;
}

export interface Argument {
  name: string;
  type: string;
  isRequired: boolean;
  isVariadic: boolean;
}

/** A function; `volatility` is PostgreSQL's letter: i, s or v. */
export interface Routine {
  schema: string;
  name: string;
  description: string | null;
  volatility: "i" | "s" | "v";
  isSet: boolean;
  shape: "void" | "scalar" | "composite";
  returnSchema: string;
  returnType: string;
  args: Argument[];
}

/** One reading of the catalogue. */
export interface SchemaCache {
  tables: Table[];
  foreignKeys: ForeignKey[];
  routines: Routine[];
}

/** Reads the catalogue; names are qualified in it, since the search path is empty while it is read. */
export async function loadSchemaCache(
  pool: Pool,
  schemas: string[],
): Promise<SchemaCache> {
  return await pool.begin("read only", async (tx) => {
    await tx.unsafe("SET LOCAL search_path TO ''");
    const lists = [];
    for (const sql of [tablesSql, foreignKeysSql, routinesSql]) {
      const [row] = await tx.unsafe(sql, [arrayLiteral(schemas)]);
      lists.push(JSON.parse(row.list));
    }
    return { tables: lists[0], foreignKeys: lists[1], routines: lists[2] };
  }) as SchemaCache;
}

/** The table of that name in the cache. */
export function findTable(
  cache: SchemaCache,
  schema: string,
  name: string,
): Table | undefined {
  return cache.tables.find((table) =>
    table.schema === schema && table.name === name
  );
}

/** The column of that name in a table. */
export function findColumn(
  table: Table | undefined,
  name: string,
): Column | undefined {
  return table?.columns.find((column) => column.name === name);
}
