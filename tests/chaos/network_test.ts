// Connections that break or crawl at every phase of a run from MySQL to CSV.
import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import type { RunResult } from "../../src/run/result.ts";
import { runner } from "../../src/run/run.ts";
import { leftovers } from "../kit/run/child.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { startProxy, type TcpProxy } from "../kit/tcp_proxy.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const ROWS = 5000;
const OLD = "old\n";
const run = runner(builtinDrivers);

interface Stage extends AsyncDisposable {
  readonly folder: TempDir;
  readonly proxy: TcpProxy;
  readonly wanted: string;
  run(manifest?: object): Promise<RunResult>;
  target(): string;
}

async function stage(): Promise<Stage> {
  const server = await sharedMariadb();
  const database = await server.database("net");
  const folder = await tempDir("net-");
  const proxy = await startProxy({ target: { port: server.port } });
  await database.sql(
    `CREATE TABLE s (n INT, t VARCHAR(40));
     INSERT INTO s SELECT seq, CONCAT('row ', seq) FROM seq_1_to_${ROWS}`,
  );
  const { connection } = database;
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({
      connections: {
        mysql: { db: { ...connection, host: proxy.host, port: proxy.port } },
      },
    }),
  );
  const rows = Array.from({ length: ROWS }, (_, i) => `${i + 1},row ${i + 1}`);
  await folder.write("out.csv", OLD);
  return {
    folder,
    proxy,
    wanted: `n,t\n${rows.join("\n")}\n`,
    target: () => Deno.readTextFileSync(folder.file("out.csv")),
    run: (manifest = {}) =>
      run({
        name: "net",
        retry: { "max_attempts": 3, "initial_delay": "10ms" },
        ...manifest,
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
            driver: "filesystem.csv_writer",
            inputs: { df: "${a}" },
            config: { path: "out.csv" },
          },
        ],
      }, { cwd: folder.path }),
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Bytes after which a connection breaks: greeting, login, settings, columns, rows. */
const PHASES = {
  down: [0, 1, 40, 90, 110, 150, 220, 400, 5000, 50_000],
  up: [0, 1, 50, 120, 200, 260, 320],
} as const;

for (const direction of ["down", "up"] as const) {
  Deno.test(`a connection that is reset once at any phase (${direction}) costs no row and doubles none`, async () => {
    await using one = await stage();
    for (const bytes of PHASES[direction]) {
      Deno.writeTextFileSync(one.folder.file("out.csv"), OLD);
      one.proxy.resetAfter(bytes, { direction, once: true });
      const { status, error } = await one.run();
      const what = `${bytes} bytes ${direction}: ${error?.message}`;
      assert.equal(status, "success", what);
      assert.equal(one.target(), one.wanted, what);
      await one.proxy.heal();
    }
  });

  Deno.test(`a connection that is always reset (${direction}) leaves the target as it was`, async () => {
    await using one = await stage();
    for (const bytes of PHASES[direction].filter((_, i) => i % 2 === 0)) {
      one.proxy.resetAfter(bytes, { direction });
      const { status, error } = await one.run();
      assert.equal(status, "failed", `${bytes} bytes`);
      assert.match(error!.code, /^connection\//, error!.message);
      assert.equal(one.target(), OLD);
      await one.proxy.heal();
    }
    assert.deepEqual(leftovers(one.folder.path), []);
  });
}

Deno.test("a server that crawls is left at the step's deadline", async () => {
  await using one = await stage();
  one.proxy.throttle(600);
  const started = performance.now();
  const { error } = await one.run({
    retry: { "max_attempts": 1 },
    deadlines: { step: "3s" },
  });
  assert.equal(error!.code, "step/timeout", error!.message);
  assert.ok(performance.now() - started < 9000);
  assert.equal(one.target(), OLD);
  assert.deepEqual(leftovers(one.folder.path), []);
});

for (const bytes of [0, 100, 20_000]) {
  Deno.test(`a server that falls silent after ${bytes} bytes is left at the idle deadline`, async () => {
    await using one = await stage();
    one.proxy.dropAfter(bytes);
    const started = performance.now();
    const { error } = await one.run({
      retry: { "max_attempts": 1 },
      deadlines: { idle: "1s", connect: "1s" },
    });
    assert.match(error!.code, /^connection\/|^step\/timeout$/, error!.message);
    assert.ok(performance.now() - started < 15_000);
    assert.equal(one.target(), OLD);
  });
}
