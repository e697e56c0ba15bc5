/**
 * Speaks SQL with a MariaDB for the tests; every value comes as the server's own text.
 *
 * @module
 */

import {
  type Connection,
  createConnection,
  type FieldPacket,
} from "../deps/mysql2.ts";

/** Where and as whom to connect. */
export interface MariadbLogin {
  /** Host name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** User name. */
  readonly user: string;
  /** The user's password. */
  readonly password: string;
  /** The database to use. */
  readonly database?: string;
}

/** One value: NULL, the server's text for it, or the bytes of a binary column. */
export type SqlValue = null | string | Uint8Array;
/** One row by column name. */
export type SqlRow = Record<string, SqlValue>;

/** A connection of its own, for tests about locks, transactions and killed connections. */
export interface SqlSession extends AsyncDisposable {
  /** The server's number for the connection, as `KILL` takes it. */
  readonly id: number;
  /** Runs statements; returns the rows of the last one that has rows. */
  sql(text: string): Promise<SqlRow[]>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** Connects, runs `text` (one statement or several), closes; returns the rows of the last statement that has any. */
export async function queryMariadb(
  login: MariadbLogin,
  text: string,
): Promise<SqlRow[]> {
  await using session = await openMariadb(login);
  return await session.sql(text);
}

/** Opens a connection that stays open. */
export async function openMariadb(login: MariadbLogin): Promise<SqlSession> {
  const { host, port, user, password, database } = login;
  const connection = await createConnection({
    ...{
      host,
      port,
      user,
      password,
      database,
      multipleStatements: true,
      charset: "utf8mb4",
    },
    // Rows as arrays of the raw bytes: nothing between the server's answer and the test's claim.
    ...{ rowsAsArray: true, typeCast: false, connectTimeout: 10_000 },
  });
  // A connection that a test kills says so here too; the rejected query is enough.
  (connection as unknown as { on(event: "error", listener: () => void): void })
    .on("error", () => {});
  const close = async (): Promise<void> =>
    await connection.end().catch(() => connection.destroy());
  return {
    id: connection.threadId,
    sql: (text) => lastRows(connection, text),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function lastRows(
  connection: Connection,
  text: string,
): Promise<SqlRow[]> {
  const [results, fields] = await connection.query(text) as unknown as [
    unknown[],
    unknown,
  ];
  if (!Array.isArray(fields)) return [];
  // Several statements give a list of field lists, with undefined for those without rows.
  const isSingle = fields.length > 0 && fields[0] !== undefined &&
    !Array.isArray(fields[0]);
  if (isSingle) return toRows(results, fields);
  const last = fields.findLastIndex((entry) => Array.isArray(entry));
  return last < 0 ? [] : toRows(results[last] as unknown[], fields[last]);
}

function toRows(rows: unknown[], fields: FieldPacket[]): SqlRow[] {
  return (rows as (Uint8Array | null)[][]).map((row) =>
    Object.fromEntries(
      row.map((
        bytes,
        index,
      ) => [fields[index].name, decode(bytes, fields[index])]),
    )
  );
}

const BINARY_CHARSET = 63;
/** VARCHAR, BIT, the BLOBs, VAR_STRING, STRING, GEOMETRY; numbers and dates bear the binary charset too. */
const BYTE_TYPES = new Set([15, 16, 249, 250, 251, 252, 253, 254, 255]);

function decode(bytes: Uint8Array | null, field: FieldPacket): SqlValue {
  if (bytes === null) return null;
  const { characterSet, columnType } = field as unknown as {
    characterSet: number;
    columnType: number;
  };
  const isBytes = characterSet === BINARY_CHARSET && BYTE_TYPES.has(columnType);
  return isBytes ? new Uint8Array(bytes) : new TextDecoder().decode(bytes);
}
