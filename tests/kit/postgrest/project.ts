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
 * its direct channel is `OSIRIS_TEST_SUPABASE_DB` then, a `postgres://` URL. It must be a project for tests alone: all that
 * comes into being in it while a test runs is dropped at the test's end.
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

/** Tests with it are left out with a real project: what they set, break or look at is the fixture's. */
export const needsFixture: { readonly ignore: boolean } = {
  ignore: variable("OSIRIS_TEST_SUPABASE_URL") !== undefined,
};

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
  const api = await startPostgrest({ postgres: connection });
  const before = await objectsOf(run);
  const close = async () => {
    const isNew = (drop: string) => !before.has(drop);
    const drops = [...await objectsOf(run)].filter(isNew);
    // One drop takes others along.
    for (const drop of drops) await run(`${drop} CASCADE`);
    await api.close();
  };
  const reloadSchema = () => reload(api, run);
  try {
    if (sql) await run(sql);
    await reloadSchema();
  } catch (error) {
    await close();
    throw error;
  }
  return Object.assign(api, {
    connection,
    sql: run,
    reloadSchema,
    [Symbol.asyncDispose]: close,
  });
}

/** What stands in a project, each by the statement that would drop it: a test drops what is new, nothing else. */
async function objectsOf(run: Project["sql"]): Promise<Set<string>> {
  const rows = await run(`
    SELECT format('DROP %s IF EXISTS %s', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass) AS drop, 1 AS turn
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL SELECT format('DROP ROUTINE IF EXISTS %s', oid::regprocedure), 2
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT format('DROP %s IF EXISTS %s', CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, oid::regtype), 3
      FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')
    UNION ALL SELECT format('DROP SCHEMA IF EXISTS %I', nspname), 4
      FROM pg_namespace WHERE nspname !~ '^pg_'
    ORDER BY turn`);
  return new Set(rows.map(({ drop }) => String(drop)));
}

/** Has the schema read again, and waits until a table made just before is known. */
async function reload(api: Postgrest, run: Project["sql"]): Promise<void> {
  const marker = `reload_${crypto.randomUUID().replaceAll("-", "")}`;
  const headers = {
    apikey: api.serviceKey,
    authorization: `Bearer ${api.serviceKey}`,
  };
  await run(`CREATE TABLE ${marker} (id int); NOTIFY pgrst, 'reload schema'`);
  try {
    for (let tries = 0; tries < 300; tries++) {
      const answer = await fetch(`${api.url}/rest/v1/${marker}`, { headers });
      await answer.body?.cancel();
      if (answer.status !== 404) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("The project does not read its schema again");
  } finally {
    await run(`DROP TABLE ${marker}`);
  }
}
