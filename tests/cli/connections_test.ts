/**
 * `connections doctor` and `discover` on a real server, under the very
 * permissions they need.
 */
import assert from "node:assert/strict";
import { type CommandResult, deno } from "../kit/command.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { freePort } from "../kit/port.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const server = await sharedMariadb();
const cli = new URL("../../cli.ts", import.meta.url).pathname;
const PASSWORD = "OSIRIS_TEST_PASSWORD";

interface Job extends AsyncDisposable {
  readonly dir: TempDir;
  readonly db: MariadbDatabase;
  osiris(...args: string[]): Promise<CommandResult>;
}

/** A database, and a folder whose connections name it, a wrong password and a closed port. */
async function job(): Promise<Job> {
  const dir = await tempDir("doctor-");
  const db = await server.database("doctor");
  const { host, port, user, password } = db.connection;
  const connection = { host, port, user, database: db.name };
  await dir.write(
    "osiris_connections.yaml",
    JSON.stringify({
      connections: {
        mysql: {
          good: { ...connection, password: `\${${PASSWORD}}` },
          wrong: { ...connection, password: "wrong-hunter22" },
        },
        filesystem: { in: { base_dir: "." } },
      },
    }),
  );
  const flags = [
    "--allow-read",
    `--allow-env=${PASSWORD}`,
    `--allow-net=${host}:${port}`,
  ];
  return {
    dir,
    db,
    osiris: (...args) =>
      deno([
        "run",
        "--no-prompt",
        "--unstable-worker-options",
        ...flags,
        cli,
        ...args,
      ], {
        cwd: dir.path,
        env: { [PASSWORD]: password },
      }),
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

Deno.test("osiris connections doctor tells good from bad and counts the bad", async () => {
  await using it = await job();
  const all = await it.osiris("connections", "doctor", "--json");
  assert.equal(all.code, 1, all.stderr);
  const found = JSON.parse(all.stdout) as {
    reference: string;
    status: string;
    error?: { code: string };
  }[];
  assert.deepEqual(
    found.map((
      { reference, status, error },
    ) => [reference, status, error?.code]),
    [
      ["@mysql.good", "ok", undefined],
      ["@mysql.wrong", "failed", "connection/auth"],
      ["@filesystem.in", "skipped", undefined],
    ],
  );
  assert.doesNotMatch(all.stdout + all.stderr, /hunter22/);
  assert.ok(!all.stdout.includes(it.db.connection.password));
  const good = await it.osiris("connections", "doctor", "--alias=good");
  assert.equal(good.code, 0);
  assert.match(
    good.stdout,
    /^@mysql\.good {2}ok, \d+ ms\n[^]*version: .*MariaDB/,
  );
});

Deno.test("osiris connections doctor says what writers need to know of a server", async () => {
  await using it = await job();
  const { code, stdout } = await it.osiris(
    "connections",
    "doctor",
    "@mysql.good",
    "--json",
  );
  assert.equal(code, 0, stdout);
  const [{ latency_ms, facts }] = JSON.parse(stdout);
  assert.ok(latency_ms >= facts.connect_ms, stdout);
  assert.equal(typeof facts.latency_ms, "number");
  assert.equal(facts.tls, null);
  assert.equal(facts.grants, "all");
  assert.equal(facts.local_infile, true);
  assert.equal(facts.read_only, false);
  const family = await it.osiris(
    "connections",
    "doctor",
    "--family=filesystem",
  );
  assert.equal(family.code, 0);
  assert.match(family.stdout, /^@filesystem\.in {2}skipped[^@]*$/);
});

Deno.test("osiris connections doctor exits with no more than 100, however many fail", async () => {
  await using it = await job();
  const closed = { host: "127.0.0.1", port: freePort() };
  const many = Array.from({ length: 102 }, (_, n) => [`c${n}`, closed]);
  await it.dir.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: { mysql: Object.fromEntries(many) } }),
  );
  const all = await it.osiris("connections", "doctor", "--json");
  assert.equal(all.code, 100, all.stderr);
  assert.equal(JSON.parse(all.stdout).length, 102);
});

Deno.test("osiris discover lists tables and describes one", async () => {
  await using it = await job();
  await it.db.sql(
    "CREATE TABLE orders (id BIGINT UNSIGNED PRIMARY KEY, total DECIMAL(18,4) NULL)",
  );
  const list = await it.osiris("discover", "@mysql.good");
  assert.equal(list.code, 0, list.stderr);
  assert.match(list.stdout, /orders {2}table/);
  const one = await it.osiris("discover", "@mysql.good", "orders");
  assert.match(one.stdout, /^ {2}id +bigint.* not null +primary$/m);
  assert.match(one.stdout, /^ {2}total +decimal\(18,4\) .* null$/m);
  const near = await it.osiris("discover", "@mysql.good", "order");
  assert.equal(near.code, 2);
});

Deno.test("the command of a plan with a database suffices", async () => {
  await using it = await job();
  await it.db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2)",
  );
  const steps = [
    {
      id: "read",
      driver: "mysql.extractor",
      config: { connection: "@mysql.good", query: "SELECT * FROM t" },
    },
    {
      id: "save",
      driver: "filesystem.csv_writer",
      config: { path: "out/t.csv" },
      inputs: { df: "${read}" },
    },
  ];
  await it.dir.write("m.json", JSON.stringify({ steps }));
  const planned = await it.osiris("plan", "m.json", "--json");
  assert.equal(planned.code, 0, planned.stderr);
  const { command, host } = JSON.parse(planned.stdout);
  const { password } = it.db.connection;
  assert.deepEqual(host.net, [
    `${it.db.connection.host}:${it.db.connection.port}`,
  ]);
  assert.deepEqual(host.env, [PASSWORD]);
  const run = await deno(command.slice(1), {
    cwd: it.dir.path,
    env: { [PASSWORD]: password },
  });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(await Deno.readTextFile(it.dir.file("out/t.csv")), "id\n1\n2\n");
  for (const missing of ["--allow-net", "--allow-env"]) {
    const fewer = command.slice(1).filter((word: string) =>
      !word.startsWith(missing)
    );
    assert.equal(
      (await deno(fewer, { cwd: it.dir.path, env: { [PASSWORD]: password } }))
        .code,
      3,
      missing,
    );
  }
});
