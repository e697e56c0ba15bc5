/**
 * Looks up in the catalogue what the columns of a query really are: members of
 * ENUM and SET, character sets and keys aren't sent with the rows.
 *
 * @module
 */
import { quoteText } from "./quote.ts";
import type { ColumnDefinition } from "./raw.ts";
import type { Session } from "./session.ts";

/** What the catalogue says of a column. */
export interface ColumnOrigin {
  /** `varchar(40)`, `enum('a','b')`, … */
  readonly type: string;
  readonly charset: string | null;
  readonly collation: string | null;
  /** `auto_increment`, or empty. */
  readonly extra: string;
  readonly isPrimary: boolean;
  /** Place in a primary key of several columns, from 1; 0 in others. */
  readonly keyPart: number;
}

/** Origins by {@linkcode originKey}. */
export type Origins = ReadonlyMap<string, ColumnOrigin>;

/** The key under which a column's origin is found. */
export function originKey(column: ColumnDefinition): string {
  return JSON.stringify([column.schema, column.orgTable, column.orgName]);
}

/** Most tables that are looked up for one query. */
const MAX_TABLES = 64;

/**
 * Looks up the tables that these columns come from. Computed columns have
 * none; for tables that the user may not look up there is nothing either, and
 * the columns' definitions have to do.
 */
export async function findOrigins(
  session: Session,
  columns: readonly ColumnDefinition[],
): Promise<Origins> {
  const tables = new Map<string, string>();
  for (const { schema, orgTable, orgName } of columns) {
    if (schema === "" || orgTable === "" || orgName === "") continue;
    tables.set(
      JSON.stringify([schema, orgTable]),
      `(table_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(orgTable)
      })`,
    );
  }
  if (tables.size === 0 || tables.size > MAX_TABLES) return new Map();
  const where = [...tables.values()].join(" OR ");
  const { rows } = await session.run(
    "SELECT table_schema, table_name, column_name, column_type, " +
      "character_set_name, collation_name, extra, column_key " +
      `FROM information_schema.columns WHERE ${where}`,
    "look up columns",
  );
  const keyColumns = rows.filter((row) => row[7] === "PRI").length;
  const parts = keyColumns > tables.size
    ? await findKeyParts(session, where)
    : new Map<string, number>();
  const origins = new Map<string, ColumnOrigin>();
  for (const row of rows) {
    const [schema, table, name, type, charset, collation, extra, key] = row;
    const place = JSON.stringify([schema, table, name]);
    origins.set(place, {
      type: type ?? "",
      charset,
      collation,
      extra: extra === "auto_increment" ? "auto_increment" : "",
      isPrimary: key === "PRI",
      keyPart: parts.get(place) ?? 0,
    });
  }
  return origins;
}

/** Places of columns in their tables' primary keys, which need not be the columns' own order. */
async function findKeyParts(
  session: Session,
  where: string,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await session.run(
    "SELECT table_schema, table_name, column_name, seq_in_index " +
      `FROM information_schema.statistics WHERE index_name = 'PRIMARY' AND (${where})`,
    "look up keys",
  );
  return new Map(
    rows.map(([schema, table, name, part]) => [
      JSON.stringify([schema, table, name]),
      Number(part),
    ]),
  );
}

/** Whether these columns of one table hold its whole primary key, so that rows of it stay unique. */
export function holdsPrimaryKey(
  origins: Origins,
  columns: readonly ColumnDefinition[],
): boolean {
  const keys = [...origins].filter(([, origin]) => origin.isPrimary);
  const chosen = new Set(columns.map(originKey));
  return keys.length > 0 && keys.every(([key]) => chosen.has(key));
}
