/**
 * A TEST FIXTURE that speaks PostgREST's protocol over a real PostgreSQL, behind the paths and keys of a Supabase project.
 *
 * It follows PostgREST 13 (12 by a setting) as far as an extractor and a writer use it; every file names the section of
 * PostgREST's documentation it follows. Left out: PUT, relationships of views, computed relationships, spreads of
 * lists, EXPLAIN and GeoJSON output, custom media types, response.* settings, role settings, domain representations.
 */
import { type Auth, makeAuth } from "./auth.ts";
import { type Faults, makeFaults } from "./faults.ts";
import type { Claims } from "./jwt.ts";
import { openPool, type PostgresConfig } from "./pool.ts";
import type { Settings } from "./request.ts";
import { setUpRoles } from "./roles.ts";
import { loadSchemaCache } from "./schema_cache.ts";
import { type RequestRecord, serve } from "./server.ts";
import { listen } from "./wire.ts";

/** What to start with; whatever is left out is as in a new Supabase project. */
export interface StartOptions extends Partial<Settings> {
  /** A running server and someone on it who may create roles; the roles are created if they are missing. */
  postgres: PostgresConfig;
  /** `["public"]` unless given. */
  schemas?: string[];
  /** `anon` unless given. */
  anonRole?: string;
  jwtSecret?: string;
  /** 1000 unless given. */
  maxRows?: number;
  /** Connections to PostgreSQL; 8 unless given. */
  poolSize?: number;
}

/** A running fixture, or a real project in its place. */
export interface Postgrest {
  /** The project's URL, to give to `createClient`. */
  url: string;
  anonKey: string;
  serviceKey: string;
  /** A token with these claims, for the Authorization header; `exp` is an hour from now unless given. */
  makeJwt(claims: Claims): Promise<string>;
  faults: Faults;
  /** Every request so far, oldest first; empty it with `requests.length = 0`. */
  requests: RequestRecord[];
  /** May be changed while the fixture runs. */
  settings: Settings;
  /** Reads the catalogue again, as `NOTIFY pgrst, 'reload schema'` does (docs, "Schema Cache" › Schema Cache Reloading). */
  reloadSchema(): Promise<void>;
  /** True for a real project: faults, settings and the log are without effect then. */
  isReal: boolean;
  close(): Promise<void>;
}

const defaultSecret = "a-secret-of-at-least-thirty-two-characters";

/** Starts the fixture, or takes the project that `OSIRIS_TEST_SUPABASE_URL`, `…_KEY` and `…_ANON_KEY` name. */
export async function startPostgrest(
  options: StartOptions,
): Promise<Postgrest> {
  const url = variable("OSIRIS_TEST_SUPABASE_URL");
  if (url) return realProject(url);
  const settings = settingsOf(options);
  const pool = openPool(
    await setUpRoles(options.postgres, settings.schemas),
    options.poolSize ?? 8,
  );
  const anonRole = options.anonRole ?? "anon";
  const secret = options.jwtSecret ?? defaultSecret;
  const auth: Auth = await makeAuth({
    secret,
    anonRole,
    version: () => settings.version,
  });
  const [faults, requests] = [makeFaults(), [] as RequestRecord[]];

  let cache = await loadSchemaCache(pool, settings.schemas);
  const reloadSchema = async () => {
    cache = await loadSchemaCache(pool, settings.schemas);
  };
  await pool.listen("pgrst", (payload) => {
    if (payload === "" || payload === "reload schema") {
      reloadSchema().catch(() => {});
    }
  }, () => void reloadSchema().catch(() => {}));

  const parts = { pool, auth, faults, settings, cache: () => cache, requests };
  const wire = await listen((request) => serve(parts, request));
  return {
    url: `http://127.0.0.1:${wire.port}`,
    anonKey: auth.anonKey,
    serviceKey: auth.serviceKey,
    makeJwt: auth.makeJwt,
    faults,
    requests,
    settings,
    reloadSchema,
    isReal: false,
    async close() {
      await wire.close();
      await pool.end({ timeout: 2 });
    },
  };
}

function settingsOf(options: StartOptions): Settings {
  return {
    schemas: options.schemas ?? ["public"],
    maxRows: "maxRows" in options ? options.maxRows : 1000,
    statementTimeoutMs: options.statementTimeoutMs ?? 0,
    maxBodyBytes: options.maxBodyBytes,
    isTxAllowed: options.isTxAllowed ?? true,
    isFilterRequired: options.isFilterRequired ?? true,
    areAggregatesAllowed: options.areAggregatesAllowed ?? false,
    version: options.version ?? 13,
  };
}

/** A variable, or undefined where it is unset or may not be read. */
export function variable(name: string): string | undefined {
  const isReadable =
    Deno.permissions.querySync({ name: "env", variable: name }).state ===
      "granted";
  return isReadable ? Deno.env.get(name) || undefined : undefined;
}

function realProject(url: string): Postgrest {
  const serviceKey = variable("OSIRIS_TEST_SUPABASE_KEY") ?? "";
  return {
    url,
    anonKey: variable("OSIRIS_TEST_SUPABASE_ANON_KEY") ?? serviceKey,
    serviceKey,
    makeJwt: () => Promise.reject(new Error("The secret is not ours")),
    faults: makeFaults(),
    requests: [],
    settings: settingsOf({
      postgres: { host: "", port: 0, user: "", database: "" },
    }),
    reloadSchema: () => Promise.resolve(),
    isReal: true,
    close: () => Promise.resolve(),
  };
}
