/**
 * Reads what `SHOW GRANTS` answers: the rights that reading and writing need, as
 * far as they hold in one database.
 *
 * @module
 */

/** Rights that some mode of the writer, or reading, needs. */
const WANTED = [
  ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER"],
  ...["CREATE TEMPORARY TABLES", "LOCK TABLES", "TRIGGER"],
];

/**
 * The rights in words: `all`, `none`, or a list in which rights on single tables
 * or columns say so.
 *
 * @param lines As the server answers.
 * @param database The connection's; null when it names none, so that rights anywhere count.
 */
export function describeGrants(
  lines: readonly string[],
  database: string | null,
): string {
  const whole = new Set<string>(), some = new Set<string>();
  for (const line of lines) {
    const parts = GRANT.exec(line);
    if (parts === null) continue; // a role
    const [, list, schema, table] = parts;
    if (database !== null && !covers(unquote(schema), database)) continue;
    const isWhole = table === "*";
    for (const [, right, columns] of list.matchAll(RIGHT)) {
      const set = isWhole && columns === undefined ? whole : some;
      set.add(right.trim().toUpperCase());
    }
  }
  if (whole.has("ALL PRIVILEGES")) return "all";
  const isSome = (right: string): boolean =>
    some.has(right) || some.has("ALL PRIVILEGES");
  const told = WANTED.flatMap((right) =>
    whole.has(right)
      ? [right]
      : isSome(right)
      ? [`${right} (not on all tables)`]
      : []
  );
  return told.join(", ") || "none";
}

/** Rights, schema and table; procedures and proxies are of no interest. */
const GRANT =
  /^GRANT (.+?) ON (?:TABLE )?(`(?:[^`]|``)+`|\*)\.(`(?:[^`]|``)+`|\*) TO /s;

/** A right, perhaps with the columns for which it holds. */
const RIGHT = /([A-Za-z ]+)(\([^)]*\))?/g;

function unquote(name: string): string {
  return name.startsWith("`") ? name.slice(1, -1).replaceAll("``", "`") : name;
}

/** Whether a schema of a grant, which may be a pattern, is for a database. */
function covers(schema: string, database: string): boolean {
  if (schema === "*" || schema === database) return true;
  const pattern = schema.replace(
    /\\([\\%_])|[%_]|[^\w]/g,
    (part, plain) =>
      plain !== undefined
        ? escape(plain)
        : part === "%"
        ? ".*"
        : part === "_"
        ? "."
        : escape(part),
  );
  return new RegExp(`^${pattern}$`, "s").test(database);
}

function escape(character: string): string {
  return /\w/.test(character) ? character : `\\${character}`;
}
