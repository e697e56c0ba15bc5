/**
 * Finds what a table would lose if another took its place under its name.
 *
 * @module
 */
import { quoteText } from "../quote.ts";
import type { Session } from "../session.ts";

/** What hangs on a table itself rather than on its name, such as triggers. */
export async function findTies(
  session: Session,
  schema: string,
  name: string,
): Promise<string[]> {
  const own = (prefix: string): string =>
    `${prefix}_schema = ${quoteText(schema)} AND ${prefix}_table = ${
      quoteText(name)
    }`;
  const triggers = await session.value(
    `SELECT COUNT(*) FROM information_schema.triggers WHERE ${
      own("event_object")
    }`,
    "look at the table",
  );
  const isBlind = Number(triggers) === 0 && !session.isMariadb &&
    !await maySeeTriggers(session, schema, name);
  const keys = await session.value(
    "SELECT COUNT(*) FROM information_schema.key_column_usage " +
      "WHERE referenced_table_name IS NOT NULL AND (" +
      `(table_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(name)
      }) OR (referenced_table_schema = ${
        quoteText(schema)
      } AND referenced_table_name = ${quoteText(name)}))`,
    "look at the table",
  );
  return [
    ...Number(triggers) > 0 ? ["triggers"] : [],
    ...isBlind ? ["triggers that the user may not see"] : [],
    ...Number(keys) > 0 ? ["foreign keys"] : [],
  ];
}

/** Other tables whose rows go or change when rows of this one are deleted: by CASCADE, SET NULL or SET DEFAULT. */
export async function findDependents(
  session: Session,
  schema: string,
  name: string,
): Promise<string[]> {
  const { rows } = await session.run(
    "SELECT DISTINCT table_name FROM information_schema.referential_constraints " +
      `WHERE unique_constraint_schema = ${quoteText(schema)} ` +
      `AND referenced_table_name = ${quoteText(name)} ` +
      `AND NOT (constraint_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(name)
      }) AND delete_rule NOT IN ('RESTRICT', 'NO ACTION') ` +
      // Without checks nothing of the kind happens.
      "AND @@foreign_key_checks = 1 ORDER BY table_name",
    "look at the table",
  );
  return rows.map(([table]) => table!);
}

/**
 * Whether a table without visible triggers has none. MySQL shows them only to
 * who has the right TRIGGER; rights that come by a role count as missing.
 */
export async function maySeeTriggers(
  session: Session,
  schema: string,
  name: string,
): Promise<boolean> {
  const host = "SUBSTRING_INDEX(CURRENT_USER(), '@', -1)";
  const mine = "privilege_type = 'TRIGGER' AND grantee = CONCAT('''', " +
    `LEFT(CURRENT_USER(), LENGTH(CURRENT_USER()) - LENGTH(${host}) - 1), ` +
    `'''@''', ${host}, '''')`;
  // The schema of a grant may be a pattern.
  const inSchema = `${mine} AND ${quoteText(schema)} LIKE table_schema`;
  const found = await session.value(
    `SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE ${mine})
       OR EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE ${inSchema})
       OR EXISTS (SELECT 1 FROM information_schema.table_privileges
         WHERE ${inSchema} AND table_name = ${quoteText(name)})`,
    "look at the rights",
  );
  return found === "1";
}
