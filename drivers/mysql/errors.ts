/**
 * Turns what MySQL, the network or the client library says into errors with a
 * code and a hint.
 *
 * The server's own text is quoted only where it names things of the user's SQL;
 * where it would show a value of a row, column and row number stand instead.
 *
 * @module
 */
import { type ErrorCode, OsirisError, toOsirisError } from "../../src/error.ts";
import { NODE_ERRORS, SERVER_ERRORS } from "./error_table.ts";

/** An error as mysql2 and node:net throw it. */
export interface RawError {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlMessage?: string;
  readonly sqlState?: string;
  readonly message: string;
}

/** What was tried, for the message: `Cannot <action>: <where>: <state>`. */
export interface Attempt {
  /** `connect`, `read`, `write`, … */
  readonly action: string;
  /** Host and port, table or query. */
  readonly where: string;
}

/** Turns an error of mysql2, node:net or Deno into an {@linkcode OsirisError}. */
export function mysqlError(thrown: unknown, attempt: Attempt): OsirisError {
  if (thrown instanceof OsirisError) return thrown;
  const raw = thrown as RawError;
  const number = typeof raw?.errno === "number" ? raw.errno : 0;
  if (number > 0 && raw.sqlMessage !== undefined) {
    return serverError(number, raw.sqlMessage, attempt, thrown);
  }
  const wrapped = toOsirisError(thrown, "sql/failed", attempt.action);
  if (wrapped.code === "driver/permission") return wrapped;
  // What mysql2 says when the connection went between two statements.
  const isClosed = /connection is in closed state/.test(raw?.message ?? "");
  const known = NODE_ERRORS[isClosed ? "ECONNRESET" : raw?.code ?? ""];
  const code: ErrorCode = known?.code ??
    (isTls(raw?.message) ? "connection/tls" : "sql/failed");
  const state = known?.state ?? raw?.message ?? String(thrown);
  return new OsirisError(
    code,
    `Cannot ${attempt.action}: ${attempt.where}: ${state}`,
    { cause: thrown, ...hintOf(known?.hint ?? NODE_HINTS[code]) },
  );
}

/** An error for a number and text that the server sent, in an error packet or a warning. */
export function serverError(
  number: number,
  text: string,
  attempt: Attempt,
  cause?: unknown,
): OsirisError {
  const known = SERVER_ERRORS[number];
  const code = isReadOnlyOption(number, text)
    ? "sql/read-only"
    : isDiskFull(number, text)
    ? "sql/table-full"
    : known?.code ?? "sql/failed";
  const shown = VALUE_BEARING.has(number) ? withoutValue(text) : oneLine(text);
  const column = /for column (?:`[^`]*`\.`[^`]*`\.)?[`'](.+?)[`']/.exec(text)
    ?.[1];
  const row = /at row (\d+)/.exec(text)?.[1];
  return new OsirisError(
    code,
    `Cannot ${attempt.action}: ${attempt.where}: ${shown}`,
    {
      // The cause crosses threads with its message, which holds the value.
      ...(cause !== undefined && !VALUE_BEARING.has(number) && { cause }),
      ...hintOf(
        code === "sql/read-only" ? SERVER_ERRORS[1836].hint : known?.hint,
      ),
      details: {
        errno: number,
        ...(column !== undefined && { column }),
        ...(row !== undefined && { row: Number(row) }),
      },
    },
  );
}

/** Whether trying again may help, as long as nothing was committed. */
export function isTransient(error: OsirisError): boolean {
  return TRANSIENT.has(error.code);
}

const TRANSIENT: ReadonlySet<ErrorCode> = new Set(
  [
    "connection/lost",
    "connection/timeout",
    "connection/too-many",
    "sql/lock-timeout",
    "sql/deadlock",
  ] satisfies ErrorCode[],
);

/** Errors whose text quotes the value at fault. */
const VALUE_BEARING = new Set([
  ...[1062, 1586, 1264, 1265, 1292, 1366, 1367, 1406, 1411, 1416, 1525, 1690],
  ...[3140, 3141, 3156, 1210, 1215, 1526, 4025, 3819, 1366, 1288, 1441],
]);

/** Drops quoted values from a server's text, keeping the names of column and key. */
function withoutValue(text: string): string {
  const key = /for key '(.+?)'/.exec(text)?.[1];
  if (key !== undefined) return `duplicate value for key "${key}"`;
  const kept = oneLine(text)
    .replace(
      /(incorrect [\w ()]+? value): '.*' (for column)/i,
      (_all, what, rest) => `${what} ${rest}`,
    )
    .replace(/(incorrect [\w ]+ value): '.*'$/i, "$1")
    .replace(/'.*?' (?=value)/, "");
  return kept.replace(/`([^`]*)`\.`([^`]*)`\.`([^`]*)`/, "`$3`");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 500);
}

function isReadOnlyOption(number: number, text: string): boolean {
  return number === 1290 && /read[-_]only/.test(text);
}

function isDiskFull(number: number, text: string): boolean {
  return [3, 11, 1026, 1030, 1033].includes(number) &&
    /(errno|error):? ?\(?(28|122|136)\b/i.test(text);
}

function isTls(message: string | undefined): boolean {
  return /certificate|\btls\b|\bssl\b|handshake failure|fatal alert|UnknownIssuer/i
    .test(
      message ?? "",
    );
}

const NODE_HINTS: Partial<Record<ErrorCode, string>> = {
  "connection/tls":
    "Give the authority's certificate as ssl.ca, or check that the server's certificate names this host",
};

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
