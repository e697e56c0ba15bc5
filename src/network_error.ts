/**
 * Tells from what `fetch` throws what went wrong on the way to a server: each
 * kind has its own code and hint.
 *
 * Why from text: `fetch` gives one TypeError for all of them, and only its
 * chain of causes, as text, says more.
 *
 * @module
 */
import { type ErrorCode, OsirisError, toOsirisError } from "./error.ts";

/** Code, state and hint of a kind of failure. */
interface Kind {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly state: string;
  readonly hint: string;
}

const KINDS: readonly Kind[] = [
  {
    pattern:
      /dns error|failed to lookup address|getaddrinfo|ENOTFOUND|EAI_AGAIN/i,
    code: "connection/unknown-host",
    state: "the name of the host can't be resolved",
    hint: "Check the host in the connection",
  },
  {
    pattern:
      /certificate|UnknownIssuer|NotValidForName|invalid peer|InvalidContentType|handshake|\btls\b|\bssl\b/i,
    code: "connection/tls",
    state: "no secure connection could be made",
    hint:
      "Check that the server speaks TLS on this port and that its certificate is valid for this host",
  },
  {
    pattern: /connection refused|ECONNREFUSED|os error 111/i,
    code: "connection/refused",
    state: "the connection was refused",
    hint: "Check host and port, and that the server runs",
  },
  {
    pattern:
      /connection reset|ECONNRESET|EPIPE|broken pipe|closed before|unexpected eof|incomplete|connection closed|connection error|body (stream|read)|os error (104|32)/i,
    code: "connection/lost",
    state: "the connection was lost",
    hint: "Run the step again",
  },
  {
    pattern: /timed? ?out|ETIMEDOUT/i,
    code: "connection/timeout",
    state: "no answer came in time",
    hint: "Check that the server can be reached, or raise the timeout",
  },
];

/**
 * The error for what `fetch`, or the reading of its body, threw.
 *
 * @param action What was being done: `read table "orders"`.
 * @param where Host and port.
 */
export function networkError(
  thrown: unknown,
  action: string,
  where: string,
): OsirisError {
  if (thrown instanceof OsirisError) return thrown;
  const known = toOsirisError(thrown, "connection/lost", action);
  if (known.code === "driver/permission") return known;
  const text = chainText(thrown);
  const kind = KINDS.find(({ pattern }) => pattern.test(text));
  return new OsirisError(
    kind?.code ?? "connection/lost",
    `Cannot ${action}: ${where}: ${kind?.state ?? "the request failed"}`,
    { cause: thrown, hint: kind?.hint ?? "Run the step again" },
  );
}

/** The messages of an error and all its causes. */
function chainText(thrown: unknown): string {
  const parts: string[] = [];
  for (
    let error = thrown, depth = 0;
    error instanceof Error && depth < 8;
    depth++
  ) {
    parts.push(error.message, String((error as { code?: string }).code ?? ""));
    error = error.cause;
  }
  return parts.join(" ");
}
