/**
 * Writes names and values into SQL.
 *
 * @module
 */

/** Quotes a name: back-ticks, doubled inside. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** Quotes a table's name with its schema, where one is given. */
export function quoteTable(table: string, schema?: string | null): string {
  return schema === undefined || schema === null || schema === ""
    ? quoteName(table)
    : `${quoteName(schema)}.${quoteName(table)}`;
}

/** Quotes several names, separated by commas. */
export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

/**
 * Writes a text as a literal. As hex digits, since what a backslash means in
 * quotes depends on the session's `sql_mode`.
 */
export function quoteText(text: string): string {
  if (/^[\w .:+/,-]*$/.test(text)) return `'${text}'`;
  const hex = Array.from(
    new TextEncoder().encode(text),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `_utf8mb4 x'${hex.join("")}'`;
}
