/**
 * Looks up a table in the database's catalogue.
 *
 * @module
 */
import type { DirectSession } from "./direct.ts";
import { parsePgType } from "./pg_type.ts";
import type { Target, TargetColumn } from "./target.ts";

const COLUMNS = `
  SELECT a.attname, format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid),
      CASE WHEN t.typbasetype = 0 THEN a.atttypmod ELSE t.typtypmod END),
    (a.attnotnull)::text, (a.attgenerated <> '' OR a.attidentity = 'a')::text
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

/** Unique indexes over plain columns of all rows; the primary key first. */
const KEYS = `
  SELECT i.indisprimary::text, (SELECT json_agg(a.attname ORDER BY k.place)
    FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE k.place <= i.indnkeyatts)::text
  FROM pg_index i
  WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid
    AND i.indpred IS NULL AND i.indexprs IS NULL
  ORDER BY i.indisprimary DESC, i.indexrelid`;

const RELATION = `
  SELECT c.oid::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'f')`;

const TABLES = `
  SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'f')`;

/** The table as the catalogue has it; undefined when there is none. */
export async function catalogTarget(
  session: DirectSession,
  schema: string,
  table: string,
): Promise<Target | undefined> {
  const found = await session.query(RELATION, [schema, table]);
  if (found.rows.length === 0) return undefined;
  const oid = [found.rows[0][0]!];
  const columns = await session.query(COLUMNS, oid);
  const keys = (await session.query(KEYS, oid)).rows.map(
    ([isPrimary, names]) => ({
      isPrimary: isPrimary === "true",
      names: JSON.parse(names!) as string[],
    }),
  );
  return {
    schema,
    table,
    columns: columns.rows.map((row) =>
      readColumn(row as readonly [string, string, string, string])
    ),
    key: keys.find(({ isPrimary }) => isPrimary)?.names ?? [],
    uniqueKeys: keys.map(({ names }) => names),
  };
}

/** Names of the tables of a schema, for hints. */
export async function catalogTables(
  session: DirectSession,
  schema: string,
): Promise<string[]> {
  return (await session.query(TABLES, [schema])).rows.map(([name]) => name!);
}

function readColumn(
  [name, typeName, isNotNull, isGenerated]: readonly [
    string,
    string,
    string,
    string,
  ],
): TargetColumn {
  const type = parsePgType(typeName);
  const isText = type.base === "character varying" || type.base === "character";
  return {
    name,
    type,
    typeName,
    isExact: true,
    isNullable: isNotNull !== "true",
    maxLength: isText && !type.isArray ? type.parameters[0] ?? null : null,
    isGenerated: isGenerated === "true",
  };
}
