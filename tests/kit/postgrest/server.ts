// Puts the parts together: gateway, authentication, handlers, faults and the log of requests.
import type { Auth } from "./auth.ts";
import { answerInstead, htmlPage, refusalAnswer } from "./fault_answer.ts";
import type { Faults } from "./faults.ts";
import { handle } from "./handle.ts";
import { fromPgError } from "./pg_error.ts";
import type { Pool } from "./pool.ts";
import { parsePrefer } from "./prefer.ts";
import { Refusal } from "./refusal.ts";
import { activeSchema, type Answer, type Settings } from "./request.ts";
import type { SchemaCache } from "./schema_cache.ts";
import type { Session } from "./transaction.ts";
import type { Outgoing, WireRequest } from "./wire.ts";

/** One request as it came and what became of it, for tests to look at. */
export interface RequestRecord {
  method: string;
  /** The path below /rest/v1. */
  path: string;
  /** The query string, decoded, without `?`. */
  query: string;
  headers: Record<string, string>;
  /** The body as text. */
  body: string;
  bodyBytes: number;
  /** The status answered; 0 for an answer that was never sent. */
  status: number;
  fault?: string;
  durationMs: number;
}

/** What the server works with; `cache()` is the one in force. */
export interface ServerParts {
  pool: Pool;
  auth: Auth;
  faults: Faults;
  settings: Settings;
  cache(): SchemaCache;
  requests: RequestRecord[];
}

const prefix = "/rest/v1";

/** Answers one request, faults and all, and writes it down. */
export async function serve(
  parts: ServerParts,
  request: WireRequest,
): Promise<Outgoing> {
  const started = performance.now();
  const path = request.url.pathname.startsWith(`${prefix}/`)
    ? request.url.pathname.slice(prefix.length)
    : undefined;
  const fault = parts.faults.take(request.method, path ?? request.url.pathname);
  if (fault?.kind === "latency") {
    await new Promise((resolve) => setTimeout(resolve, fault.ms));
  }
  const instead = answerInstead(fault);
  const isDone = fault?.kind !== "refuse" &&
    (!instead || fault?.kind === "proxy-page" && fault.isDone);
  const done = isDone ? await answer(parts, request, path) : undefined;
  const out = {
    answer: instead ?? done ?? { status: 0, headers: {}, body: "" },
    fault,
  };
  const isSent = fault?.kind !== "refuse" && fault?.kind !== "lost-answer";
  parts.requests.push({
    method: request.method,
    path: path ?? request.url.pathname,
    query: decodeQuery(request.url.search),
    headers: request.headers,
    body: request.body,
    bodyBytes: request.bodyBytes,
    status: isSent ? out.answer.status : 0,
    fault: fault?.kind,
    durationMs: performance.now() - started,
  });
  return out;
}

function decodeQuery(search: string): string {
  try {
    return decodeURIComponent(search.slice(1).replaceAll("+", " "));
  } catch {
    return search.slice(1);
  }
}

async function answer(
  parts: ServerParts,
  request: WireRequest,
  path: string | undefined,
): Promise<Answer> {
  const { auth, settings } = parts;
  if (request.method === "OPTIONS") return preflight();
  const refused = auth.refuseKey(request.headers, request.url.searchParams);
  if (refused) return refused;
  if (path === undefined) return htmlPage(404, "Not Found");
  if (
    settings.maxBodyBytes !== undefined &&
    request.bodyBytes > settings.maxBodyBytes
  ) {
    return htmlPage(413, "Request Entity Too Large");
  }
  let session: Session | undefined;
  try {
    session = await auth.session(request.headers);
    const prefer = parsePrefer(request.headers.prefer, settings.isTxAllowed);
    return await handle({
      pool: parts.pool,
      cache: parts.cache(),
      settings,
      session,
      schema: activeSchema(settings, request.method, request.headers),
      prefer,
      method: request.method,
      path,
      params: request.url.searchParams,
      headers: request.headers,
      body: request.body,
    });
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    return refusalAnswer(fromPgError(error, session?.isAuthenticated ?? false));
  }
}

/** The gateway's answer to a browser's question (docs, "CORS"). */
function preflight(): Answer {
  const headers = {
    "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS",
  };
  return {
    status: 200,
    headers: { ...headers, "Access-Control-Allow-Headers": "*" },
    body: "",
  };
}
