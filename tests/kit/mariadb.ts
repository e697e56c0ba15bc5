/**
 * A real MariaDB for tests: `startMariadb()` for one of your own to break,
 * `sharedMariadb()` (in `servers.ts`) for all others.
 *
 * @module
 */

import { withControl, withInfo } from "./access.ts";
import {
  type MariadbLogin,
  openMariadb,
  queryMariadb,
  type SqlRow,
  type SqlSession,
} from "./mariadb_client.ts";
import { startServer } from "./start.ts";
import type { ServerControl, ServerInfo, ServerOptions } from "./server.ts";

/** A database of its own on a server, dropped when its `await using` scope ends. */
export interface MariadbDatabase extends AsyncDisposable {
  /** Its name: the wish and a random suffix. */
  readonly name: string;
  /** Fields of an `osiris_connections.yaml` entry for the ordinary user. */
  readonly connection: Required<MariadbLogin>;
  /** Runs SQL in it as the ordinary user; returns the rows of the last statement that has any. */
  sql(text: string): Promise<SqlRow[]>;
  /** Opens a connection to it as the ordinary user. */
  session(): Promise<SqlSession>;
}

/** A server to talk with. */
export interface MariadbAccess extends ServerInfo {
  /** Creates an empty utf8mb4 database. */
  database(name?: string): Promise<MariadbDatabase>;
  /** Runs SQL as the superuser; returns the rows of the last statement that has any. */
  sql(text: string, database?: string): Promise<SqlRow[]>;
  /** Opens a connection as the superuser. */
  session(database?: string): Promise<SqlSession>;
}

/** A server to talk with and to break. */
export type Mariadb = MariadbAccess & ServerControl;

/** Starts a MariaDB that belongs to the caller alone; `await using` ends it. */
export async function startMariadb(
  options: ServerOptions = {},
): Promise<Mariadb> {
  const control = await startServer("mariadb", options);
  return withControl(accessMariadb(() => control.info), control);
}

/** Gives a server's plain data the means to talk with it. */
export function accessMariadb(info: () => ServerInfo): MariadbAccess {
  const admin = (database?: string): MariadbLogin => {
    const { host, port, adminUser, adminPassword } = info();
    return { host, port, user: adminUser, password: adminPassword, database };
  };
  const access = {
    sql: (text: string, database?: string) =>
      queryMariadb(admin(database), text),
    session: (database?: string) => openMariadb(admin(database)),
    database: (name = "test") => makeDatabase(info(), admin(), name),
  };
  return withInfo(access, info);
}

async function makeDatabase(
  info: ServerInfo,
  admin: MariadbLogin,
  wish: string,
): Promise<MariadbDatabase> {
  const name = `${wish}_${crypto.randomUUID().slice(0, 8)}`;
  await queryMariadb(
    admin,
    `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`,
  );
  const { host, port, user, password } = info;
  const connection = { host, port, user, password, database: name };
  return {
    name,
    connection,
    sql: (text) => queryMariadb(connection, text),
    session: () => openMariadb(connection),
    [Symbol.asyncDispose]: () => dropDatabase(admin, name),
  };
}

async function dropDatabase(admin: MariadbLogin, name: string): Promise<void> {
  try {
    await using session = await openMariadb(admin);
    // A transaction that a test left open would make the drop wait for it.
    const others = await session.sql(
      `SELECT id FROM information_schema.processlist WHERE db = '${name}'`,
    );
    for (const { id } of others) {
      await session.sql(`KILL ${id}`).catch(() => {});
    }
    await session.sql(
      `SET lock_wait_timeout = 10; DROP DATABASE IF EXISTS \`${name}\``,
    );
  } catch (error) {
    // A server that the test has ended takes its databases with it.
    if ((error as { code?: string }).code !== "ECONNREFUSED") throw error;
  }
}
