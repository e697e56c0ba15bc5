/**
 * PostgreSQL's SQLSTATEs and PostgREST's codes, each with the code, the words
 * and the hint that it gets.
 *
 * @module
 */
import type { ErrorCode } from "../../src/error.ts";

/** What an SQLSTATE or a code of PostgREST means here. */
export interface Known {
  readonly code: ErrorCode;
  /** Said in place of the server's own text, which may quote values. */
  readonly state?: string;
  readonly hint?: string;
}

const group = (
  names: string,
  code: ErrorCode,
  state?: string,
  hint?: string,
): Record<string, Known> =>
  Object.fromEntries(
    names.split(" ").map((
      name,
    ) => [name, { code, ...(state && { state }), ...(hint && { hint }) }]),
  );

const STALE =
  "Reload the API's schema cache: NOTIFY pgrst, 'reload schema', or check the name";

/** By SQLSTATE or PGRST code. */
export const KNOWN: Readonly<Record<string, Known>> = {
  ...group(
    "23505",
    "sql/duplicate-key",
    undefined,
    "Use write_mode: upsert, or remove the row that is there already",
  ),
  ...group(
    "23502",
    "sql/not-null",
    undefined,
    "Fill the column, or give it a default",
  ),
  ...group(
    "23503",
    "sql/foreign-key",
    undefined,
    "Write the rows that are referred to first",
  ),
  ...group(
    "23514",
    "sql/check",
    undefined,
    "Correct the value, or the constraint that refuses it",
  ),
  ...group("23P01", "sql/constraint", "an exclusion constraint is violated"),
  ...group(
    "22001",
    "sql/data-too-long",
    "a text is too long for its column",
    "Widen the column, or shorten the text",
  ),
  ...group(
    "22003",
    "sql/out-of-range",
    "a number is out of its column's range",
    "Widen the column's type",
  ),
  ...group(
    "22P02 22007 22008 22023 22P03 22P04 22018 42804 22000 22030 22032",
    "data/type",
    "a value is none of its column's type",
    "Convert the column, or change its type in the table",
  ),
  ...group(
    "22P05 22021",
    "data/encoding",
    "a text holds a character that PostgreSQL can't hold (NUL)",
    "Remove NUL characters from the text",
  ),
  ...group(
    "21000",
    "data/duplicate-key",
    "two rows of one batch have the same key",
    "Remove rows with the same key",
  ),
  ...group(
    "428C9",
    "sql/constraint",
    "a value is given for a generated column",
    "Leave the generated column out",
  ),
  ...group(
    "42703 PGRST204",
    "sql/unknown-column",
    undefined,
    "Check the column's name; after a change of the table run NOTIFY pgrst, 'reload schema'",
  ),
  ...group("42P01 PGRST205", "sql/unknown-table", undefined, STALE),
  ...group(
    "42883 PGRST202 PGRST203",
    "sql/unknown-function",
    undefined,
    "Check the function's name and the names of its arguments",
  ),
  ...group(
    "PGRST200 PGRST201",
    "sql/unknown-column",
    undefined,
    "Name the relationship in select: target!foreign_key(columns)",
  ),
  ...group(
    "42501",
    "sql/denied",
    undefined,
    "Grant the key's role the right on the table, or use the service key",
  ),
  ...group(
    "57014",
    "sql/statement-timeout",
    "the server's statement timeout ran out",
    "Use smaller batches, an index, or a direct channel; or raise statement_timeout for the role",
  ),
  ...group("40P01 40001", "sql/deadlock", undefined, "Run the step again"),
  ...group(
    "55P03",
    "sql/lock-timeout",
    undefined,
    "Find who holds the lock, or run the step later",
  ),
  ...group(
    "25006",
    "sql/read-only",
    "the database takes no writes",
    "Write to the primary, or free space if the project is read-only for lack of it",
  ),
  ...group(
    "53100 53200",
    "sql/table-full",
    "the server is out of space or memory",
    "Free space on the database's disk",
  ),
  ...group(
    "53300",
    "connection/too-many",
    "the server has no connection left",
    "Use the pooler, or wait until others have closed theirs",
  ),
  ...group(
    "57P01 57P02 57P03 PGRST000 PGRST001 PGRST002 PGRST003",
    "http/unavailable",
    "the API can't reach its database",
    "Wait until the database is up and run the step again",
  ),
  ...group(
    "28P01 28000",
    "connection/auth",
    "user or password is wrong",
    "Check user and password of the direct channel",
  ),
  ...group(
    "3D000",
    "connection/unknown-database",
    "there is no such database",
    "Check the database of the direct channel",
  ),
  ...group(
    "42P10",
    "sql/constraint",
    "no unique constraint matches the columns of primary_key",
    "Name the columns of a unique constraint under primary_key, or create one",
  ),
  ...group(
    "PGRST106 3F000",
    "sql/unknown-table",
    "the API does not expose the schema",
    "Add the schema to the API's exposed schemas",
  ),
  ...group(
    "PGRST301",
    "http/auth",
    "the token is not valid for this project",
    "Check the key and the jwt of the connection",
  ),
  ...group(
    "PGRST303",
    "http/expired-token",
    "the token has expired",
    "Get a new token or key",
  ),
  ...group(
    "42601 42P02 PGRST100 PGRST102 PGRST108 PGRST118 PGRST120 PGRST127",
    "sql/syntax",
    undefined,
    "Check select, filter and order",
  ),
};
