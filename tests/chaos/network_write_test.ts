// Connections of writers that break at every phase, the commit among them: no
// row is lost or doubled, and what stays is what the error says.
import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import type { RunResult } from "../../src/run/result.ts";
import { runner } from "../../src/run/run.ts";
import { startProject } from "../kit/postgrest/project.ts";
import { leftovers } from "../kit/run/child.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { isFull } from "../kit/run/chaos.ts";
import { startProxy, type TcpProxy } from "../kit/tcp_proxy.ts";
import { tempDir } from "../kit/temp.ts";

const ROWS = 2000;
const OLD = 10;
const run = runner(builtinDrivers);

/** A table behind a proxy. */
interface Server extends AsyncDisposable {
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

/** Bytes after which a connection breaks, from the first to behind the commit. */
const ALL_PHASES = {
  up: [0, 60, 150, 400, 800, 2000, 20_000, 30_000, 40_000, 60_000],
  down: [0, 40, 100, 200, 300, 400, 500, 700, 1000, 2000],
} as const;

/** All of them take minutes: a third, unless all points are asked for. */
const PHASES = isFull() ? ALL_PHASES : {
  up: ALL_PHASES.up.filter((_, index) => index % 3 === 1),
  down: ALL_PHASES.down.filter((_, index) => index % 3 === 2),
};

async function attempt(
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

const WAYS = {
  MySQL: mysql,
  "Supabase's API": supabase("rest"),
  "Supabase's database": supabase("direct"),
} as const;

for (const [name, open] of Object.entries(WAYS)) {
  const isWhole = name !== "Supabase's API";
  for (const direction of ["up", "down"] as const) {
    Deno.test(`an append to ${name} through a connection that is reset once (${direction}) is done once`, async () => {
      await using one = await open();
      for (const bytes of PHASES[direction]) {
        one.proxy.resetAfter(bytes, { direction, once: true });
        const { result, rows } = await attempt(one);
        const what = `${bytes} bytes ${direction}: ${result.error?.message}`;
        if (isWhole) {
          assert.equal(result.status, "success", what);
          assert.equal(rows, ROWS, what);
        } else assertTold(result, rows, what);
      }
    });
  }

  Deno.test(`an append to ${name} through a connection that is always reset leaves what its error says`, async () => {
    await using one = await open();
    for (const bytes of PHASES.up) {
      one.proxy.resetAfter(bytes, { direction: "up" });
      const { result, rows } = await attempt(one);
      const what = `${bytes} bytes: ${result.error?.message}`;
      if (isWhole && result.status === "failed") assert.equal(rows, 0, what);
      else assertTold(result, rows, what);
    }
  });

  for (const fault of ["crawls", "falls silent"] as const) {
    Deno.test(`an append to ${name} is left in time when the server ${fault}`, async () => {
      await using one = await open();
      for (const bytes of fault === "crawls" ? [0] : [300, 20_000]) {
        if (fault === "crawls") one.proxy.throttle(500);
        else one.proxy.dropAfter(bytes, { direction: "up" });
        const started = performance.now();
        const { result, rows } = await attempt(one, {
          retry: { "max_attempts": 1 },
          deadlines: { connect: "1s", idle: "1s", step: "4s" },
        });
        const ms = performance.now() - started;
        const what = `${bytes} bytes: ${result.error?.message}`;
        assert.ok(ms < 15_000, `${what}: ${ms} ms`);
        // A request that is given up may be sent again over another connection.
        if (result.status === "success" && !isWhole) {
          assert.equal(rows, ROWS, what);
          continue;
        }
        assert.match(
          result.error!.code,
          /^(connection|http|step|data)\/(lost|timeout|unavailable|uncertain)$/,
          what,
        );
        if (isWhole) assert.equal(rows, 0, what);
      }
    });
  }
}

/** A failure over many requests leaves what its error counts; a success is one. */
function assertTold(result: RunResult, rows: number, what: string): void {
  if (result.status === "success") return assert.equal(rows, ROWS, what);
  const { details = {} } = result.error!;
  const certain = Number(details["rows_certain"] ?? 0);
  const uncertain = Number(details["rows_uncertain"] ?? 0);
  const isTold = rows === certain || rows === certain + uncertain;
  assert.ok(isTold, `${what}: ${rows} rows, told ${JSON.stringify(details)}`);
}
