// A request as the handlers see it, and the answer they give.
import { bodyRefusal, Refusal } from "./refusal.ts";
import type { Pool } from "./pool.ts";
import type { Preferences } from "./prefer.ts";
import type { SchemaCache } from "./schema_cache.ts";
import type { Session } from "./transaction.ts";

/** What can be set when the fixture starts and changed while it runs. */
export interface Settings {
  /** Schemas shown, the default one first (docs, "Schemas"). */
  schemas: string[];
  /** Most rows a read gives (docs, "Configuration" › db-max-rows); undefined for no cap. */
  maxRows: number | undefined;
  /** Milliseconds a statement may take; 0 for no limit. */
  statementTimeoutMs: number;
  /** Largest request body, in bytes, before the gateway says 413; undefined for no limit. */
  maxBodyBytes: number | undefined;
  /** Whether `Prefer: tx=` is honoured (docs, "Configuration" › db-tx-end). */
  isTxAllowed: boolean;
  /** Whether PATCH and DELETE need a filter, as on Supabase (the extension safeupdate); true unless set. */
  isFilterRequired: boolean;
  /** docs, "Aggregate Functions": off unless switched on, as on Supabase. */
  areAggregatesAllowed: boolean;
  /** Whose behaviour where majors differ: 12 leaves unknown tables to PostgreSQL and calls an expired JWT PGRST301. */
  version: 12 | 13;
}

/** Everything a handler may use. */
export interface Context {
  pool: Pool;
  cache: SchemaCache;
  settings: Settings;
  session: Session;
  schema: string;
  prefer: Preferences;
  method: string;
  /** The path below /rest/v1. */
  path: string;
  params: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

/** What is sent back. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * The schema a request is about: Accept-Profile for reads, Content-Profile for writes (docs, "Schemas" › Multiple schemas).
 *
 * @throws {Refusal} PGRST106 for one that is not exposed.
 */
export function activeSchema(
  settings: Settings,
  method: string,
  headers: Record<string, string>,
): string {
  const isRead = method === "GET" || method === "HEAD";
  const wanted = headers[isRead ? "accept-profile" : "content-profile"];
  if (wanted === undefined) return settings.schemas[0];
  if (settings.schemas.includes(wanted)) return wanted;
  const list = settings.schemas.join(", ");
  if (settings.version === 12) {
    throw new Refusal(
      406,
      "PGRST106",
      `The schema must be one of the following: ${list}`,
    );
  }
  throw new Refusal(406, "PGRST106", `Invalid schema: ${wanted}`, {
    hint: `Only the following schemas are exposed: ${list}`,
  });
}

/** Content-Profile of an answer, where there is a choice of schemas. */
export function profileHeader(context: Context): Record<string, string> {
  return context.settings.schemas.length > 1
    ? { "Content-Profile": context.schema }
    : {};
}

/** @throws {Refusal} PGRST102 for a body that must be there and is not. */
export function requireBody(context: Context): string {
  if (context.body.trim() === "") throw bodyRefusal("Empty or invalid json");
  return context.body;
}
