// deno-lint-ignore-file camelcase -- fields are named as in connections and configs
/**
 * A Supabase connection's fields, and what is read from them.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";

/** A connection of family `supabase`: checked against `SUPABASE_CONNECTION`. */
export interface SupabaseConnection {
  readonly url?: string;
  readonly project_id?: string;
  readonly service_role_key?: string;
  readonly anon_key?: string;
  readonly key?: string;
  readonly jwt?: string;
  readonly schema?: string;
  readonly dsn?: string;
  readonly sql_dsn?: string;
  readonly pg_dsn?: string;
  readonly sql_url?: string;
  readonly sql_endpoint?: string;
  readonly pg_host?: string;
  readonly pg_port?: number | string;
  readonly pg_database?: string;
  readonly pg_user?: string;
  readonly pg_password?: string;
  readonly host?: string;
  readonly port?: number | string;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly ssl?: boolean | {
    readonly ca?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/** Where a project is and what it is asked with. */
export interface Project {
  /** Without a slash at the end. */
  readonly url: string;
  /** Host and port, for messages. */
  readonly host: string;
  /** The key, or the host's placeholder for it. */
  readonly key: string;
  /** The connection's field that the key is from. */
  readonly keyField: "service_role_key" | "anon_key" | "key";
  /** A user's token in place of the key's own role. */
  readonly jwt: string | undefined;
  /** The connection's schema. */
  readonly schema: string;
}

/** Where the direct channel leads and as whom. */
export interface DirectLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: boolean | {
    readonly ca?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/**
 * Reads the project from a connection.
 *
 * @throws {OsirisError} `connection/invalid` without a key or with a URL that is none.
 */
export function projectOf(fields: SupabaseConnection): Project {
  const url = (fields.url || `https://${fields.project_id}.supabase.co`)
    .replace(/\/+$/, "").replace(/\/rest\/v1$/, "");
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new OsirisError(
      "connection/invalid",
      "Cannot use connection: url: it is no http or https URL",
      { hint: "Write it as https://<project id>.supabase.co" },
    );
  }
  const keyField = (["service_role_key", "anon_key", "key"] as const)
    .find((name) => fields[name]);
  if (keyField === undefined) {
    throw new OsirisError(
      "connection/invalid",
      "Cannot use connection: it has no key",
      { hint: "Set service_role_key, anon_key or key" },
    );
  }
  return {
    url,
    host: new URL(url).host,
    key: fields[keyField]!,
    keyField,
    jwt: fields.jwt || undefined,
    schema: fields.schema || "public",
  };
}

/**
 * Reads the direct channel from a connection; undefined when there is none.
 *
 * @throws {OsirisError} `connection/invalid` for a dsn that is no URL of PostgreSQL.
 */
export function directLogin(
  fields: SupabaseConnection,
): DirectLogin | undefined {
  const dsn = fields.dsn || fields.sql_dsn || fields.pg_dsn;
  if (dsn) return fromDsn(dsn, fields.ssl);
  const host = fields.pg_host || fields.host;
  if (!host) return undefined;
  return {
    host,
    port: Number((fields.pg_host ? fields.pg_port : fields.port) || 5432),
    database: fields.pg_database || fields.database || "postgres",
    user: fields.pg_user || fields.user || "postgres",
    password: fields.pg_password || fields.password || "",
    ssl: fields.ssl ?? !isLoopback(host),
  };
}

function fromDsn(dsn: string, ssl: SupabaseConnection["ssl"]): DirectLogin {
  const invalid = new OsirisError(
    "connection/invalid",
    "Cannot use connection: dsn: it is no postgres:// URL",
    { hint: "Write it as postgres://user:password@host:5432/database" },
  );
  // The parser keeps host and port only for schemes that it knows.
  const text = dsn.replace(/^postgres(ql)?:/i, "http:");
  if (text === dsn || !URL.canParse(text)) throw invalid;
  const url = new URL(text);
  const mode = url.searchParams.get("sslmode");
  // The http parser drops port 80, which nobody gives a database.
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || "postgres",
    user: decodeURIComponent(url.username) || "postgres",
    password: decodeURIComponent(url.password),
    ssl: ssl ??
      (mode === null
        ? !isLoopback(url.hostname)
        : mode === "disable"
        ? false
        : { rejectUnauthorized: mode.startsWith("verify") }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
