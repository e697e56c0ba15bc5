/**
 * Makes more of an error with what the API's description knows: the nearest
 * right name, or that the API's picture of the database is an old one.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import {
  columnHint,
  type Description,
  type TableFacts,
  tableHint,
} from "./description.ts";
import { derive } from "./derive_error.ts";

/** What is known of the table that an error is about. */
export interface ErrorFacts {
  readonly table: string;
  readonly facts: TableFacts | undefined;
  readonly description: Description | undefined;
}

/** The same error with a better hint, or `http/stale-schema`; anything else as it is. */
export function betterError(
  thrown: unknown,
  { table, facts, description }: ErrorFacts,
): unknown {
  if (!(thrown instanceof OsirisError) || description === undefined) {
    return thrown;
  }
  if (thrown.code === "sql/unknown-table") {
    return facts === undefined
      ? withHint(thrown, tableHint(description, table))
      : stale(thrown);
  }
  if (thrown.code !== "sql/unknown-column" || facts === undefined) {
    return thrown;
  }
  const column = columnOf(thrown.message);
  if (column === undefined) return thrown;
  const isThere = facts.columns.some(({ name }) => name === column);
  return isThere ? stale(thrown) : withHint(thrown, columnHint(facts, column));
}

/** The column in `column orders.totl does not exist` or PostgREST's words for it. */
function columnOf(message: string): string | undefined {
  return /the '([^']+)' column/.exec(message)?.[1] ??
    /column "([^"]+)"/.exec(message)?.[1] ??
    /column (?:\S+\.)?"?([^\s".]+)"? does not exist/.exec(message)?.[1];
}

function stale(error: OsirisError): OsirisError {
  return derive(error, {
    code: "http/stale-schema",
    hint:
      "Run NOTIFY pgrst, 'reload schema': the API describes what the database does not have, or the other way round",
  });
}

function withHint(error: OsirisError, hint: string | undefined): OsirisError {
  return hint === undefined ? error : derive(error, { hint });
}
