/**
 * Turns what PostgreSQL or the way to it says on the direct channel into
 * errors with a code and a hint.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { networkError } from "../../src/network_error.ts";
import { type Attempt, type Details, refusalError } from "./errors.ts";
import type { Refusal } from "./refusal.ts";

/** An error as pg throws it. */
interface PgError {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  /** `COPY orders, line 3, column total: "x"` */
  readonly where?: string;
  readonly column?: string;
  readonly constraint?: string;
}

const TLS_HINT =
  "Give the database's authority as ssl: {ca: …} (the project's settings have it), or set ssl: false for a server without TLS";

/** The error for what pg threw. Server texts are quoted only where they name things. */
export function directError(thrown: unknown, attempt: Attempt): OsirisError {
  if (thrown instanceof OsirisError) return thrown;
  const raw = (thrown ?? {}) as PgError;
  if (/^[0-9A-Z]{5}$/.test(raw.code ?? "") && raw.code !== "EPIPE") {
    const details = detailsOf(raw);
    const { line, column } = details;
    const where = line === undefined
      ? {}
      : { where: column ? `column "${column}", row ${line}` : `row ${line}` };
    return refusalError(refusalOf(raw), attempt, { ...where, details });
  }
  const error = networkError(thrown, attempt.action, attempt.where);
  if (error.code !== "connection/tls") return error;
  return new OsirisError(error.code, error.message, {
    cause: thrown,
    hint: TLS_HINT,
  });
}

function refusalOf(raw: PgError): Refusal {
  return {
    status: 0,
    code: raw.code!,
    message: raw.message ?? "",
    details: raw.detail ?? "",
    hint: raw.hint ?? "",
    retryAfterMs: null,
    isJson: true,
  };
}

function detailsOf({ where, column, constraint }: PgError): Details {
  const copied = /^COPY .*, line (\d+)(?:, column ([^:]+))?/.exec(where ?? "");
  const name = copied?.[2] ?? column;
  return {
    ...(copied && { line: Number(copied[1]), row: Number(copied[1]) }),
    ...(name !== undefined && { column: name }),
    ...(constraint !== undefined && { constraint }),
  };
}
