/**
 * The fields of a MySQL connection, and what mysql2 is told of them.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { quoteName, quoteText } from "./quote.ts";

/** TLS options of a connection. Certificates and keys are PEM text, not paths. */
export interface TlsFields {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: boolean;
  readonly verifyIdentity?: boolean;
  readonly minVersion?: string;
}

/** A connection of family `mysql`: checked against `CONNECTION_FIELDS`. */
export interface MysqlConnection {
  readonly host?: string;
  readonly port?: number | string;
  readonly socket?: string;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly ssl?: boolean | TlsFields;
  readonly compress?: boolean;
  /** Seconds. */
  readonly "connect_timeout"?: number;
  /** Seconds. */
  readonly "read_timeout"?: number;
  readonly "time_zone"?: string;
  readonly session?: Readonly<Record<string, string | number | boolean>>;
}

/** Where a connection leads, for messages: `host:port` or the socket's path. */
export function placeOf(fields: MysqlConnection): string {
  return fields.socket ??
    `${fields.host ?? "localhost"}:${fields.port ?? 3306}`;
}

/** The options for mysql2's `createConnection`. */
export function clientOptions(
  fields: MysqlConnection,
  connectMs: number,
): Record<string, unknown> {
  return {
    ...(fields.socket === undefined
      ? { host: fields.host ?? "localhost", port: Number(fields.port ?? 3306) }
      : { socketPath: fields.socket }),
    user: fields.user ?? "root",
    password: fields.password ?? "",
    database: fields.database || undefined,
    charset: "utf8mb4",
    compress: fields.compress === true,
    connectTimeout: connectMs,
    ...tlsOption(fields),
    // Counting found rows as changed and taking spaces before "(" would change what SQL means;
    // query attributes would lengthen each command that we write ourselves.
    flags: [
      "-FOUND_ROWS",
      "-IGNORE_SPACE",
      "-ODBC",
      "-CLIENT_QUERY_ATTRIBUTES",
    ],
    // Answers to small queries come as arrays of the raw bytes.
    rowsAsArray: true,
    typeCast: false,
    supportBigNumbers: true,
    connectAttributes: { program_name: "osiris" },
  };
}

function tlsOption(fields: MysqlConnection): Record<string, unknown> {
  const { ssl } = fields;
  if (ssl === undefined || ssl === false) return {};
  return {
    ssl: {
      ...ssl === true ? {} : ssl,
      rejectUnauthorized: tlsFields(ssl).rejectUnauthorized !== false,
      verifyIdentity: verifiesIdentity(fields),
    },
  };
}

function tlsFields(ssl: MysqlConnection["ssl"]): TlsFields {
  return typeof ssl === "object" ? ssl : {};
}

/** Whether the server's certificate has to name the host. */
export function verifiesIdentity({ ssl }: MysqlConnection): boolean {
  if (ssl === undefined || ssl === false) return false;
  const { verifyIdentity, rejectUnauthorized } = tlsFields(ssl);
  return verifyIdentity ?? rejectUnauthorized !== false;
}

/** How long the server's silence is borne, unless the connection says otherwise. */
export function idleMs(fields: MysqlConnection, fallback: number): number {
  return fields.read_timeout === undefined
    ? fallback
    : fields.read_timeout * 1000;
}

/** A day: for the server's patience with us, who wait for disks and other servers. */
const PATIENCE_SECONDS = 86_400;

/** The greatest number of rows, which is what the server takes for all of them. */
const ALL_ROWS = 2n ** 64n - 1n;

/**
 * What every statement relies on. A server may greet its clients with other
 * defaults, or overlook what they ask for (`skip-character-set-client-handshake`).
 */
const RELIED_ON = {
  "character_set_client": "utf8mb4",
  "character_set_results": "utf8mb4",
  // A commit ends the transaction, and neither begins another nor hangs up.
  "autocommit": 1,
  "completion_type": "NO_CHAIN",
};

/**
 * The statement that sets up a session: text in UTF-8; UTC, so that instants have
 * one reading; patience with a reader that waits; and what the user sets on top.
 *
 * @param ours What must hold, whatever the user sets.
 *
 * @throws {OsirisError} `connection/invalid` for a name that isn't one of a variable.
 */
export function sessionSetup(
  fields: MysqlConnection,
  ours: Readonly<Record<string, string | number>> = {},
): string {
  const variables: Record<string, Value> = {
    "time_zone": fields.time_zone ?? "+00:00",
    // A server's own bound would leave rows out without a word.
    "sql_select_limit": ALL_ROWS,
    "net_write_timeout": PATIENCE_SECONDS,
    "net_read_timeout": PATIENCE_SECONDS,
    "wait_timeout": PATIENCE_SECONDS,
    // The server's own patience for table locks is a day to a year.
    "lock_wait_timeout": 60,
    ...fields.session,
    ...RELIED_ON,
    ...ours,
  };
  const parts = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new OsirisError(
        "connection/invalid",
        `Cannot set up a session: session.${name}: no name of a variable`,
        { hint: "Name server variables such as innodb_lock_wait_timeout" },
      );
    }
    return `SESSION ${quoteName(name)} = ${literal(value)}`;
  });
  // The names first, so that a collation of the user's holds.
  return `SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, ${parts.join(", ")}`;
}

type Value = string | number | bigint | boolean;

function literal(value: Value): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "string" ? quoteText(value) : String(value);
}

/** Seconds by which the session's clock is ahead of UTC; null when that isn't fixed. */
export function utcOffset(fields: MysqlConnection): number | null {
  const zone = String(fields.session?.time_zone ?? fields.time_zone ?? "UTC");
  if (/^(utc|\+?-?0?0:00)$/i.test(zone)) return 0;
  const parts = /^([+-])(\d{1,2}):(\d{2})$/.exec(zone);
  if (parts === null) return null;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60;
  return parts[1] === "-" ? -seconds : seconds;
}
