/**
 * Error numbers of MySQL and MariaDB, and error names of the network, with the
 * code and hint that each gets.
 *
 * @module
 */
import type { ErrorCode } from "../../src/error.ts";

interface Known {
  readonly code: ErrorCode;
  readonly hint?: string;
}

const group = (
  numbers: readonly number[],
  code: ErrorCode,
  hint?: string,
): Record<number, Known> =>
  Object.fromEntries(
    numbers.map((number) => [number, { code, ...(hint && { hint }) }]),
  );

/** Errors that the server reports, by number. */
export const SERVER_ERRORS: Readonly<Record<number, Known>> = {
  ...group(
    [1040, 1203, 1226],
    "connection/too-many",
    "Wait until others have closed theirs, or raise max_connections",
  ),
  ...group(
    [1045, 1698, 1251, 1130, 1862, 3118, 1524, 1820, 4151],
    "connection/auth",
    "Check user and password of the connection, and from which hosts the user may connect; the account may be locked, or its password have to be renewed",
  ),
  ...group(
    [1049],
    "connection/unknown-database",
    "Check the database of the connection, or create it",
  ),
  ...group(
    [1044, 1142, 1143, 1227, 1370, 1095],
    "sql/denied",
    "Grant the user the right that the message names",
  ),
  ...group(
    [1193, 1231, 1232, 1238, 1298, 1115, 1273],
    "connection/invalid",
    "Correct the session variables or the time zone of the connection",
  ),
  ...group(
    [3159],
    "connection/tls",
    "Set ssl: true in the connection: the server takes encrypted connections only",
  ),
  ...group(
    [1146, 1051, 1109],
    "sql/unknown-table",
    "Check the table's name and schema; a writer makes it with create_table: true",
  ),
  ...group([1054], "sql/unknown-column", "Check the column's name"),
  ...group([1064, 1149], "sql/syntax", "Correct the SQL near the place quoted"),
  ...group(
    [1205],
    "sql/lock-timeout",
    "Find who holds the lock, or raise session.innodb_lock_wait_timeout (for rows) or session.lock_wait_timeout (for tables)",
  ),
  ...group([1213, 1614], "sql/deadlock", "Run the step again"),
  ...group(
    [1836, 1792, 3989],
    "sql/read-only",
    "Write to the primary server, or switch read_only off",
  ),
  ...group(
    [1114, 1021],
    "sql/table-full",
    "Make room on the server's disk",
  ),
  ...group(
    [1062, 1586, 1022, 1169],
    "sql/duplicate-key",
    "Take the duplicates out, or use mode: upsert with the key that the message names",
  ),
  ...group(
    [1406],
    "sql/data-too-long",
    "Widen the column, or name it in allow_lossy",
  ),
  ...group(
    [1264, 1690, 1916],
    "sql/out-of-range",
    "Widen the column's type",
  ),
  ...group(
    [1366, 1292, 1411, 1416, 1367, 1525, 3140, 3141, 3144, 3156],
    "data/type",
    "Convert the column before it is written, or change the column's type",
  ),
  ...group(
    [1265, 1261, 1262],
    "data/lossy",
    "Widen the column's type, or name it in allow_lossy",
  ),
  ...group(
    [
      ...[1048, 1263, 1364, 1451, 1452, 1216, 1217, 3819, 4025, 1526, 1748],
      // 1644 is what a trigger says of its own accord.
      ...[1906, 3105, 3730, 1644],
    ],
    "sql/constraint",
    "Correct the rows at fault, or the constraint",
  ),
  ...group(
    [3750],
    "sql/constraint",
    "Name the table's key in primary_key: the server takes no table without one",
  ),
  ...group(
    [1153],
    "sql/packet-too-large",
    "Raise max_allowed_packet on the server, or lower batch_size",
  ),
  ...group(
    [1148, 3948, 4166, 3950],
    "sql/local-infile-off",
    "Set local_infile=1 on the server, or use bulk: insert",
  ),
  ...group(
    [1969, 3024],
    "sql/statement-timeout",
    "Make the query cheaper, or raise the statement deadline",
  ),
  ...group(
    [1317],
    "sql/failed",
    "Find out who stopped the statement, and run the step again",
  ),
  ...group(
    [1927, 1053, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 2006, 2013, 4031],
    "connection/lost",
    "Run the step again; look in the server's log for why it ended the connection",
  ),
};

const NOT_GRANTED: Known & { state: string } = {
  code: "driver/permission",
  state: "the step may not reach it",
  hint: "Grant the step's permissions, as the plan lists them",
};

/** Errors of the network and of the client library, by name. */
export const NODE_ERRORS: Readonly<Record<string, Known & { state: string }>> =
  {
    ECONNREFUSED: {
      code: "connection/refused",
      state: "the port refuses connections",
      hint: "Check host and port of the connection, and that the server runs",
    },
    ENOENT: {
      code: "connection/refused",
      state: "there is no such socket",
      hint: "Check the socket of the connection, and that the server runs",
    },
    EHOSTUNREACH: {
      code: "connection/refused",
      state: "the host can't be reached",
      hint: "Check the network between here and the server",
    },
    ENETUNREACH: {
      code: "connection/refused",
      state: "the network can't be reached",
      hint: "Check the network between here and the server",
    },
    ENOTFOUND: {
      code: "connection/unknown-host",
      state: "no address is known for the host",
      hint: "Check the host of the connection",
    },
    EAI_AGAIN: {
      code: "connection/unknown-host",
      state: "the host's address can't be looked up now",
      hint: "Check the host of the connection and the name server",
    },
    ETIMEDOUT: {
      code: "connection/timeout",
      state: "no answer in time",
      hint: "Check host and port, or raise connect_timeout",
    },
    EPERM: NOT_GRANTED,
    EACCES: NOT_GRANTED,
    ...lost(["ECONNRESET", "EPIPE", "ECONNABORTED", "ECANCELED"]),
    ...lost(["PROTOCOL_CONNECTION_LOST", "ERR_STREAM_DESTROYED"]),
    ...lost(["PROTOCOL_UNEXPECTED_PACKET", "EOF"]),
    HANDSHAKE_NO_SSL_SUPPORT: {
      code: "connection/tls",
      state: "the server offers no TLS",
      hint: "Switch TLS on at the server, or take ssl out of the connection",
    },
    AUTH_SWITCH_PLUGIN_ERROR: {
      code: "connection/auth",
      state: "the server asks for a way to log in that isn't supported",
      hint: "Give the user a password plugin such as caching_sha2_password",
    },
    AUTH_SWITCH_PLUGIN_NOT_FOUND: {
      code: "connection/auth",
      state: "the server asks for a way to log in that isn't supported",
      hint: "Give the user a password plugin such as caching_sha2_password",
    },
  };

function lost(
  names: readonly string[],
): Record<string, Known & { state: string }> {
  return Object.fromEntries(names.map((name) => [name, {
    code: "connection/lost" as const,
    state: "the connection was lost",
    hint: "Run the step again; look in the server's log for why it ended",
  }]));
}
