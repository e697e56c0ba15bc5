/**
 * Writes names and values into SQL.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";

/**
 * Refuses a name that the server can't hold, which it would tell in words about
 * character sets, or at the end of a load.
 *
 * @throws {OsirisError} `config/invalid`
 */
export function requireName(name: string): void {
  // With the flag u a surrogate pair is one character.
  const state = /[\u{10000}-\u{10ffff}\0]/u.test(name)
    ? "names take no NUL and no characters beyond U+FFFF, such as emoji"
    : [...name].length > MAX_NAME
    ? `names have at most ${MAX_NAME} characters`
    : null;
  if (state === null) return;
  throw new OsirisError(
    "config/invalid",
    `Cannot use a name: "${name}": ${state}`,
    { hint: "Choose another name; a writer renames columns by columns" },
  );
}

/** Characters of the longest name of a database, table or column. */
const MAX_NAME = 64;

/**
 * Quotes a name: back-ticks, doubled inside.
 *
 * @throws {OsirisError} `config/invalid` for a name that no table or column can have.
 */
export function quoteName(name: string): string {
  requireName(name);
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
