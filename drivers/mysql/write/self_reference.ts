/**
 * Replaces the rows of a table whose foreign key refers to the table itself.
 *
 * The server checks each row at once: it neither deletes a row before those that
 * refer to it, nor takes one before that to which it refers. So references among
 * the old rows are undone first, and the new rows go in unchecked and are then
 * checked all together. Deleting stays checked, since foreign keys of other
 * tables, and such as nobody sees, may refer to the old rows.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { quoteName, quoteTable, quoteText } from "../quote.ts";
import type { Session } from "../session.ts";
import { type Target, targetSql } from "./target.ts";

/** A foreign key of the table. */
export interface ForeignKey {
  readonly columns: readonly string[];
  /** The table that it refers to, and the columns there. */
  readonly schema: string;
  readonly table: string;
  readonly parents: readonly string[];
  /** Whether that is the table itself. */
  readonly isOwn: boolean;
}

/** The foreign keys of a table. */
export async function findForeignKeys(
  session: Session,
  { schema, name }: Target,
): Promise<ForeignKey[]> {
  const { rows } = await session.run(
    "SELECT constraint_name, column_name, referenced_table_schema, referenced_table_name, " +
      "referenced_column_name, referenced_table_schema = table_schema AND referenced_table_name = table_name " +
      "FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL " +
      `AND table_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(name)
      } ORDER BY constraint_name, ordinal_position`,
    "look at the table",
  );
  const byName = Map.groupBy(rows, ([constraint]) => constraint);
  return [...byName.values()].map((parts) => ({
    columns: parts.map(([, column]) => column!),
    schema: parts[0][2]!,
    table: parts[0][3]!,
    parents: parts.map(([, , , , column]) => column!),
    isOwn: parts[0][5] === "1",
  }));
}

/**
 * Whether a table can be replaced this way. Triggers could tell, and what they
 * write elsewhere would go unchecked; a history would have one more state in it.
 */
export function isReplaceable(target: Target): boolean {
  return target.ties.length === 1 && target.ties[0] === "foreign keys";
}

/** Undoes the references among the rows, where they can be undone. */
export async function undoReferences(
  session: Session,
  target: Target,
  keys: readonly ForeignKey[],
): Promise<void> {
  for (const { columns } of keys.filter(({ isOwn }) => isOwn)) {
    const column = target.columns.find(({ name, nullable, isGenerated }) =>
      columns.includes(name) && nullable && !isGenerated
    );
    if (column === undefined) continue;
    const name = quoteName(column.name);
    await session.run(
      `UPDATE ${
        targetSql(target)
      } SET ${name} = NULL WHERE ${name} IS NOT NULL`,
      "empty the table",
      `table "${target.name}"`,
    );
  }
}

/** Runs `action` without checks of foreign keys, and checks those of the table afterwards. */
export async function checkedAfter<T>(
  session: Session,
  target: Target,
  keys: readonly ForeignKey[],
  action: () => Promise<T>,
): Promise<T> {
  // When it fails the session is only used to undo all of it.
  await session.run("SET SESSION foreign_key_checks = 0");
  const result = await action();
  await session.run("SET SESSION foreign_key_checks = 1");
  for (const key of keys) await requireParents(session, target, key);
  return result;
}

async function requireParents(
  session: Session,
  target: Target,
  { columns, schema, table, parents }: ForeignKey,
): Promise<void> {
  const names = columns.map((column) => `row_in.${quoteName(column)}`);
  const others = parents.map((column) => `parent.${quoteName(column)}`);
  const same = names.map((name, index) => `${name} = ${others[index]}`);
  const given = names.map((name) => `${name} IS NOT NULL`);
  // What is found is locked, so that nobody takes it away before the commit.
  const { rows } = await session.run(
    `SELECT 1 FROM ${targetSql(target)} AS row_in LEFT JOIN ${
      quoteTable(table, schema)
    } AS parent ON ${same.join(" AND ")} WHERE ${given.join(" AND ")} AND ${
      others[0]
    } IS NULL LIMIT 1 LOCK IN SHARE MODE`,
    "check the foreign keys",
    `table "${target.name}"`,
  );
  if (rows.length === 0) return;
  const columnList = columns.map((column) => `"${column}"`).join(", ");
  throw new OsirisError(
    "sql/constraint",
    `Cannot replace the rows of table "${target.name}": rows refer by ${columnList} to rows of "${table}" that aren't there`,
    {
      hint: "Correct the rows at fault, or the constraint",
      details: { column: columns[0] },
    },
  );
}
