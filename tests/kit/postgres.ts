/**
 * A real PostgreSQL for tests: `startPostgres()` for one of your own to break,
 * `sharedPostgres()` (in `servers.ts`) for all others.
 *
 * @module
 */

import { withControl, withInfo } from "./access.ts";
import {
  openPostgres,
  type PostgresLogin,
  type PostgresRow,
  type PostgresSession,
  queryPostgres,
} from "./postgres_client.ts";
import { startServer } from "./start.ts";
import type { ServerControl, ServerInfo, ServerOptions } from "./server.ts";

/** A database of its own on a server, dropped when its `await using` scope ends. */
export interface PostgresDatabase extends AsyncDisposable {
  /** Its name: the wish and a random suffix. */
  readonly name: string;
  /** Fields of a connection for the ordinary user, who owns the database. */
  readonly connection: PostgresLogin;
  /** The same as a URL. */
  readonly url: string;
  /** Runs SQL in it as the ordinary user; returns the rows of the last statement that has any. */
  sql(text: string): Promise<PostgresRow[]>;
  /** Opens a connection to it as the ordinary user. */
  session(): Promise<PostgresSession>;
}

/** A server to talk with. */
export interface PostgresAccess extends ServerInfo {
  /** Creates an empty UTF-8 database that the ordinary user owns. Roles belong to the whole server: name yours after it. */
  database(name?: string): Promise<PostgresDatabase>;
  /** Runs SQL as the superuser, in `postgres` unless a database is named. */
  sql(text: string, database?: string): Promise<PostgresRow[]>;
  /** Opens a connection as the superuser. */
  session(database?: string): Promise<PostgresSession>;
}

/** A server to talk with and to break. */
export type Postgres = PostgresAccess & ServerControl;

/** Starts a PostgreSQL that belongs to the caller alone; `await using` ends it. */
export async function startPostgres(
  options: ServerOptions = {},
): Promise<Postgres> {
  const control = await startServer("postgres", options);
  return withControl(accessPostgres(() => control.info), control);
}

/** Gives a server's plain data the means to talk with it. */
export function accessPostgres(info: () => ServerInfo): PostgresAccess {
  const admin = (database = "postgres"): PostgresLogin => {
    const { host, port, adminUser, adminPassword } = info();
    return { host, port, user: adminUser, password: adminPassword, database };
  };
  const access = {
    sql: (text: string, database?: string) =>
      queryPostgres(admin(database), text),
    session: (database?: string) => openPostgres(admin(database)),
    database: (name = "test") => makeDatabase(info(), admin(), name),
  };
  return withInfo(access, info);
}

async function makeDatabase(
  info: ServerInfo,
  admin: PostgresLogin,
  wish: string,
): Promise<PostgresDatabase> {
  const name = `${wish}_${crypto.randomUUID().slice(0, 8)}`;
  await queryPostgres(admin, `CREATE DATABASE "${name}" OWNER "${info.user}"`);
  const { host, port, user, password } = info;
  const connection = { host, port, user, password, database: name };
  const [who, secret] = [user, password].map(encodeURIComponent);
  return {
    name,
    connection,
    url: `postgres://${who}:${secret}@${host}:${port}/${name}`,
    sql: (text) => queryPostgres(connection, text),
    session: () => openPostgres(connection),
    [Symbol.asyncDispose]: () => dropDatabase(admin, name),
  };
}

async function dropDatabase(admin: PostgresLogin, name: string): Promise<void> {
  try {
    await queryPostgres(
      admin,
      `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`,
    );
  } catch (error) {
    // A server that the test has ended takes its databases with it.
    if ((error as { code?: string }).code !== "ECONNREFUSED") throw error;
  }
}
