/**
 * Runs from MySQL to Supabase for the tests that kill them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Project } from "../postgrest/project.ts";
import { startProject } from "../postgrest/project.ts";
import { sharedMariadb } from "../servers.ts";
import type { TempDir } from "../temp.ts";
import {
  direct,
  type Route,
  type Scenario,
  type State,
  type Target,
} from "./chaos.ts";
import { sleep } from "./drivers.ts";

const ROWS = 6000;
/** Rows of the target before; with an upsert half of them share keys with the new ones. */
const OLD_ROWS = 1000;

/** How rows get to a Supabase project. */
export interface Way {
  readonly channel: "rest" | "direct";
  readonly mode: "append" | "upsert" | "replace";
  /** Whether what is read is kept and the table has a key, so that an append can go on after the requests that came through. */
  readonly goesOn?: boolean;
}

/** A run from MySQL to a Supabase project. */
export function toSupabase(way: Way): Scenario {
  return {
    name: `MySQL to Supabase, ${way.channel}, ${way.mode}${
      way.goesOn ? ", going on" : ""
    }`,
    // No transaction spans requests.
    mayBePart: way.channel === "rest",
    prepare: (folder, route) => prepare(folder, way, route),
  };
}

async function prepare(
  folder: TempDir,
  way: Way,
  route: Route = direct,
): Promise<Target> {
  const server = await sharedMariadb();
  const source = await server.database("chaos");
  await source.sql(
    `CREATE TABLE s (n INT NOT NULL, t VARCHAR(40));
     INSERT INTO s SELECT seq, CONCAT('new ', seq) FROM seq_1_to_${ROWS}`,
  );
  const project = await startProject({ sql: tables(way) });
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({
      connections: {
        mysql: { db: source.connection },
        supabase: { main: await fields(project, way, route) },
      },
    }),
  );
  await folder.write("m.json", JSON.stringify(manifest(way)));
  return {
    isRepeatable: way.mode !== "append",
    settle: () => settle(project),
    look: async () => ({ w: await stateOf(project) }),
    mend: async () => {
      await project.sql("DELETE FROM t; INSERT INTO t SELECT * FROM before");
    },
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}

/** The table, how it is before, and how it must be afterwards. */
function tables({ mode, goesOn }: Way): string {
  // Appended rows mostly have no key, so that nothing but the run keeps them from coming twice.
  const key = mode === "append" && !goesOn ? "" : "PRIMARY KEY";
  const first = mode === "append" ? ROWS + 1 : ROWS - OLD_ROWS / 2 + 1;
  const kept = mode === "replace" ? "false" : "true";
  return `CREATE TABLE t (n INT NOT NULL ${key}, t TEXT);
    INSERT INTO t SELECT n, 'old ' || n
    FROM generate_series(${first}, ${first + OLD_ROWS - 1}) AS n;
    CREATE TABLE before AS TABLE t;
    CREATE TABLE after AS
    SELECT n, 'new ' || n AS t FROM generate_series(1, ${ROWS}) AS n
    UNION ALL SELECT n, t FROM before WHERE ${kept} AND n > ${ROWS};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO service_role`;
}

/** The channel that is used is led another way. */
async function fields(
  project: Project,
  { channel }: Way,
  route: Route,
): Promise<object> {
  const { host, port, user, password, database } = project.connection;
  const url = new URL(project.url);
  if (channel === "rest") url.port = `${await route(Number(url.port))}`;
  return {
    url: url.origin,
    "service_role_key": project.serviceKey,
    ...(channel === "direct" && {
      "pg_host": host,
      "pg_port": await route(port),
      "pg_user": user,
      "pg_password": password,
      "pg_database": database,
      ssl: false,
    }),
  };
}

function manifest({ channel, mode, goesOn }: Way): object {
  return {
    name: "m",
    ...(goesOn && { checkpoint: true }),
    steps: [
      {
        id: "a",
        driver: "mysql.extractor",
        config: {
          connection: "@mysql.db",
          query: "SELECT n, t FROM s ORDER BY n",
        },
      },
      {
        id: "w",
        driver: "supabase.writer",
        inputs: { df: "${a}" },
        config: {
          connection: "@supabase.main",
          table: "t",
          channel,
          "write_mode": mode,
          "batch_size": 500,
          ...(mode !== "append" && { "primary_key": ["n"] }),
        },
      },
    ],
  };
}

/** Waits until the server has noticed that a killed client is gone. */
async function settle(project: Project): Promise<void> {
  for (let quiet = 0, i = 0; i < 800; i++) {
    const [{ busy }] = await project.sql(
      `SELECT count(*) AS busy FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND (state <> 'idle' OR application_name = 'osiris')`,
    );
    quiet = Number(busy) === 0 ? quiet + 1 : 0;
    // A request that was whole when its client died may be on its way to the database yet.
    if (quiet === 4) return;
    await sleep(20);
  }
  assert.fail("the server still serves a killed client");
}

async function stateOf(project: Project): Promise<State> {
  const [{ state }] = await project.sql(
    `WITH counted AS (
       SELECT n, t, sum(now) AS now, sum(old) AS old, sum(new) AS new FROM (
         SELECT n, t, 1 AS now, 0 AS old, 0 AS new FROM t
         UNION ALL SELECT n, t, 0, 1, 0 FROM before
         UNION ALL SELECT n, t, 0, 0, 1 FROM after
       ) AS rows GROUP BY n, t
     )
     SELECT CASE
       WHEN bool_and(now = old) THEN 'old'
       WHEN bool_and(now = new) THEN 'new'
       WHEN bool_and(now <= greatest(old, new))
         AND NOT EXISTS (
           SELECT FROM before WHERE n IN (SELECT n FROM after)
           AND n NOT IN (SELECT n FROM t)
         ) THEN 'part'
       ELSE 'neither' END AS state
     FROM counted`,
  );
  return state as State;
}
