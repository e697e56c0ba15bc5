/**
 * Answers that say no: what a server, the gateway before it or a proxy sent in
 * place of what was asked for, read without trusting its form.
 *
 * @module
 */

/** A refused request. Texts may quote values of rows: they never go into messages as they are. */
export interface Refusal {
  readonly status: number;
  /** PostgREST's or PostgreSQL's code; empty when somebody else answered. */
  readonly code: string;
  readonly message: string;
  readonly details: string;
  readonly hint: string;
  /** What Retry-After asks for, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** Whether the body is JSON, as the API's own answers are. */
  readonly isJson: boolean;
}

/** Reads an answer whose status is no success. */
export function readRefusal(
  status: number,
  headers: Headers,
  body: string,
): Refusal {
  const parsed = parseObject(body);
  const text = (name: string): string =>
    typeof parsed?.[name] === "string" ? parsed[name] as string : "";
  return {
    status,
    code: text("code"),
    message: text("message") || text("error") || text("msg"),
    details: text("details"),
    hint: text("hint"),
    retryAfterMs: retryAfter(headers.get("retry-after")),
    isJson: parsed !== undefined,
  };
}

/** Retry-After, seconds or an HTTP date, in milliseconds from now. */
export function retryAfter(
  header: string | null,
  now: number = Date.now(),
): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/**
 * Whether a refused write has certainly changed nothing: an error of the
 * database or its API ends the transaction. A proxy's word says nothing about
 * what happened behind it, and PGRST001 is a database that went away.
 */
export function isCertainlyUndone({ status, code }: Refusal): boolean {
  if (code === "PGRST001") return false;
  return status < 500 || /^(PGRST\d{3}|[0-9A-Z]{5})$/.test(code);
}

/** Whether the same request may succeed later. */
export function isPassing({ status, code, isJson }: Refusal): boolean {
  if (status === 429) return true;
  // A serialization failure, a deadlock, a lock not had in time, a server that stops or starts.
  if (/^(40001|40P01|55P03|57P0[123]|53300|08\w{3})$/.test(code)) return true;
  if (/^PGRST00[0123]$/.test(code)) return true;
  if (code !== "") return false;
  return [408, 425, 502, 503, 504].includes(status) ||
    (status >= 520 && status <= 530) || (status === 500 && !isJson);
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined;
  }
}
