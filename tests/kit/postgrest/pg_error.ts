// Turns an error of PostgreSQL, or of the way to it, into the answer PostgREST gives (docs, "Errors" › HTTP Status Codes).
import { Refusal } from "./refusal.ts";

/** Status by whole SQLSTATE; looked at before the classes. */
const byCode: Record<string, number> = {
  "23503": 409,
  "23505": 409,
  "25006": 405,
  "21000": 500,
  "53400": 500,
  "57P01": 503,
  "P0001": 400,
  "42883": 404,
  "42P01": 404,
  "42P17": 500,
};

/** Status by SQLSTATE class (its first two characters); what is in neither table is 400. */
const byClass: Record<string, number> = {
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  "25": 500,
  "28": 403,
  "2D": 500,
  "38": 500,
  "39": 500,
  "3B": 500,
  "40": 500,
  "53": 503,
  "54": 500,
  "55": 500,
  "57": 500,
  "58": 500,
  "F0": 500,
  "HV": 500,
  "P0": 500,
  "XX": 500,
};

/** Failures of the client library before or instead of an answer from the server. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "CONNECT_TIMEOUT",
  "ECONNRESET",
  "EPIPE",
]);
const dropped = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
]);

interface PgErrorFields {
  code?: string;
  message?: string;
  detail?: string;
  hint?: string;
}

/** The status for an SQLSTATE. `isAuthenticated` is false while the role is the anonymous one. */
function statusOf(
  code: string,
  message: string,
  isAuthenticated: boolean,
): number {
  if (code === "42501") return isAuthenticated ? 403 : 401;
  if (code === "22023" && /^role .* does not exist$/.test(message)) return 401;
  if (/^PT\d{3}$/.test(code)) return Number(code.slice(2)); // "Errors" › RAISE errors with HTTP Status Codes
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 400;
}

/** The answer to a failed query; an error that is no database error is thrown on as it is. */
export function fromPgError(error: unknown, isAuthenticated: boolean): Refusal {
  if (error instanceof Refusal) return error;
  const { code = "", message = "", detail, hint } = error as PgErrorFields;
  if (unreachable.has(code)) {
    return new Refusal(
      503,
      "PGRST000",
      "Database connection error. Retrying the connection.",
      {
        details: message,
      },
    );
  }
  if (dropped.has(code)) {
    return new Refusal(
      503,
      "PGRST001",
      "Database client error. Retrying the connection.",
      {
        details: "no connection to the server\n",
      },
    );
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) throw error;
  const status = statusOf(code, message, isAuthenticated);
  const headers: Record<string, string> = status === 401
    ? { "WWW-Authenticate": "Bearer" }
    : {};
  return new Refusal(status, code, message, { details: detail, hint, headers });
}
