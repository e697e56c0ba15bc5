// A test's own project: a fresh database, the fixture over it, and SQL as the database's owner.
import {
  type PostgresLogin,
  type PostgresRow,
  queryPostgres,
} from "../postgres_client.ts";
import { sharedPostgres } from "../servers.ts";
import {
  type Postgrest,
  type StartOptions,
  startPostgrest,
  variable,
} from "./start.ts";

/** A running project; `await using` ends it and drops its database. */
export interface Project extends Postgrest, AsyncDisposable {
  /** The direct channel, as the owner. */
  connection: PostgresLogin;
  /** Runs SQL as the owner; the fixture learns of new tables only when it is told to look again. */
  sql(text: string): Promise<PostgresRow[]>;
}

/** Options of the fixture, and the SQL that makes the project's tables. */
export type ProjectOptions = Omit<StartOptions, "postgres"> & { sql?: string };

/**
 * Starts a project on the run's shared server. With `OSIRIS_TEST_SUPABASE_URL` it is the real one;
 * its direct channel is `OSIRIS_TEST_SUPABASE_DB` then, a `postgres://` URL, and tests must clean up after themselves.
 */
export async function startProject(
  { sql, ...options }: ProjectOptions = {},
): Promise<Project> {
  if (variable("OSIRIS_TEST_SUPABASE_URL")) return await realProject(sql);
  const server = await sharedPostgres();
  const database = await server.database("supabase");
  const { host, port, adminUser: user, adminPassword: password } = server;
  const start = {
    ...options,
    postgres: { host, port, user, password, database: database.name },
  };
  const api = await startPostgrest(start);
  const close = async () => {
    await api.close();
    await database[Symbol.asyncDispose]();
  };
  try {
    if (sql) await database.sql(sql);
    await api.reloadSchema();
  } catch (error) {
    await close();
    throw error;
  }
  const { connection, sql: run } = database;
  return Object.assign(api, {
    connection,
    sql: run,
    [Symbol.asyncDispose]: close,
  });
}

async function realProject(sql: string | undefined): Promise<Project> {
  const { hostname, port, username, password, pathname } = new URL(
    variable("OSIRIS_TEST_SUPABASE_DB") ?? "",
  );
  const connection = {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
  const run = (text: string) => queryPostgres(connection, text);
  if (sql) {
    await run(`${sql}; NOTIFY pgrst, 'reload schema'`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const api = await startPostgrest({ postgres: connection });
  return Object.assign(api, {
    connection,
    sql: run,
    [Symbol.asyncDispose]: api.close,
  });
}
