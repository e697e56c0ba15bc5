/**
 * Appends to tables that stand behind a proxy, for the tests that break connections.
 *
 * @module
 */
import assert from "node:assert/strict";
import { builtinDrivers } from "../../../drivers/builtin.ts";
import type { RunResult } from "../../../src/run/result.ts";
import { runner } from "../../../src/run/run.ts";
import { startProject } from "../postgrest/project.ts";
import { sharedMariadb } from "../servers.ts";
import { startProxy, type TcpProxy } from "../tcp_proxy.ts";
import { tempDir } from "../temp.ts";
import { leftovers } from "./child.ts";

/** Rows that an attempt appends. */
export const ROWS = 2000;
const OLD = 10;
const run = runner(builtinDrivers);

/** A table behind a proxy. */
export interface Server extends AsyncDisposable {
  readonly proxy: TcpProxy;
  readonly connections: object;
  readonly writer: object;
  readonly attempts: number;
  /** Runs SQL past the proxy. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
}

const CREATE = "CREATE TABLE t (n INT NOT NULL, t VARCHAR(40))";

async function mysql(): Promise<Server> {
  const server = await sharedMariadb();
  const database = await server.database("net");
  const proxy = await startProxy({ target: { port: server.port } });
  await database.sql(CREATE);
  const { host, port } = proxy;
  return {
    proxy,
    connections: { mysql: { db: { ...database.connection, host, port } } },
    writer: {
      driver: "mysql.writer",
      config: { connection: "@mysql.db", table: "t", mode: "append" },
    },
    attempts: 3,
    sql: (text) => database.sql(text),
    async [Symbol.asyncDispose]() {
      const left = await database.sql("SHOW TABLES LIKE '%osiris%'");
      await proxy.close();
      await database[Symbol.asyncDispose]();
      assert.deepEqual(left, []);
    },
  };
}

function supabase(channel: "rest" | "direct") {
  return async (): Promise<Server> => {
    const project = await startProject({
      sql: `${CREATE}; GRANT ALL ON t TO service_role`,
    });
    const { connection, url } = project;
    const isRest = channel === "rest";
    const port = isRest ? Number(new URL(url).port) : connection.port;
    const proxy = await startProxy({ target: { port } });
    const direct = {
      "pg_host": proxy.host,
      "pg_port": proxy.port,
      "pg_user": connection.user,
      "pg_password": connection.password,
      "pg_database": connection.database,
      ssl: false,
    };
    return {
      proxy,
      connections: {
        supabase: {
          db: {
            url: isRest ? `http://${proxy.host}:${proxy.port}` : url,
            "service_role_key": project.serviceKey,
            ...(!isRest && direct),
          },
        },
      },
      writer: {
        driver: "supabase.writer",
        config: {
          connection: "@supabase.db",
          table: "t",
          channel,
          "write_mode": "append",
          "batch_size": 500,
          timeout: 2,
        },
      },
      attempts: 3,
      sql: (text) => project.sql(text),
      async [Symbol.asyncDispose]() {
        await proxy.close();
        await project[Symbol.asyncDispose]();
      },
    };
  };
}

/** Servers to append to, by the name that a test gives them. */
export const WAYS = {
  MySQL: mysql,
  "Supabase's API": supabase("rest"),
  "Supabase's database": supabase("direct"),
} as const;

/** Appends once, with all rows of the last time gone. @returns also the rows that came. */
export async function attempt(
  one: Server,
  more: object = {},
): Promise<{ readonly result: RunResult; readonly rows: number }> {
  await using folder = await tempDir("net-");
  const lines = Array.from({ length: ROWS }, (_, n) => `${n},row ${n}`);
  await folder.write("in.csv", `n,t\n${lines.join("\n")}\n`);
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: one.connections }),
  );
  // A server that was left in silence holds its locks until it hears of an end.
  one.proxy.resetAll();
  await one.sql("DELETE FROM t");
  await one.sql(
    `INSERT INTO t VALUES ${
      Array.from({ length: OLD }, (_, n) => `(${ROWS + n}, 'old')`).join(", ")
    }`,
  );
  const result = await run({
    name: "net",
    retry: { "max_attempts": one.attempts, "initial_delay": "10ms" },
    ...more,
    steps: [
      {
        id: "a",
        driver: "filesystem.csv_extractor",
        config: { path: "in.csv" },
      },
      { id: "w", inputs: { df: "${a}" }, ...one.writer },
    ],
  }, { cwd: folder.path });
  assert.deepEqual(leftovers(folder.path), []);
  await one.proxy.heal();
  const [{ n, distinct }] = await one.sql(
    "SELECT COUNT(*) AS n, COUNT(DISTINCT n) AS distinct_n FROM t",
  ).then((found) =>
    found.map((row) => ({ n: row.n, distinct: row.distinct_n }))
  );
  assert.equal(Number(n), Number(distinct), "rows that came twice");
  return { result, rows: Number(n) - OLD };
}

/** A failure over many requests leaves what its error counts; a success is one. */
export function assertTold(
  result: RunResult,
  rows: number,
  what: string,
): void {
  if (result.status === "success") return assert.equal(rows, ROWS, what);
  const { details = {} } = result.error!;
  const certain = Number(details["rows_certain"] ?? 0);
  const uncertain = Number(details["rows_uncertain"] ?? 0);
  const isTold = rows === certain || rows === certain + uncertain;
  assert.ok(isTold, `${what}: ${rows} rows, told ${JSON.stringify(details)}`);
}
