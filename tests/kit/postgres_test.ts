// Tests of the kit's PostgreSQL: users, isolation, options, and each way to break it.

import assert from "node:assert/strict";
import { postgres } from "../deps/postgres.ts";
import { startPostgres } from "./postgres.ts";
import { sharedPostgres } from "./servers.ts";
import { AWKWARD_PASSWORD } from "./server.ts";
import { tmpfsAvailable } from "./tmpfs.ts";

Deno.test("sharedPostgres() lets the ordinary user in by the awkward password, as fields and as a URL", async () => {
  const server = await sharedPostgres();
  await using db = await server.database("shop");
  assert.equal(db.connection.password, AWKWARD_PASSWORD);
  const rows = await db.sql(
    "SELECT current_database() AS d, current_user AS u",
  );
  assert.deepEqual(rows, [{ d: db.name, u: "osiris" }]);
  const client = postgres(db.url, { max: 1, ssl: { ca: server.tls?.ca } });
  const [{ ssl }] =
    await client`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
  await client.end();
  assert.equal(ssl, true);
  const wrong = postgres({ ...db.connection, password: "wrong", max: 1 });
  await assert.rejects(wrong`SELECT 1`.execute(), { code: "28P01" });
  await wrong.end();
});

Deno.test("sharedPostgres() gives databases that the ordinary user owns, that don't meet, and drops them", async () => {
  const server = await sharedPostgres();
  let name: string;
  {
    await using one = await server.database("same");
    await using two = await server.database("same");
    name = one.name;
    await one.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    await assert.rejects(two.sql("SELECT * FROM t"), { code: "42P01" });
    await assert.rejects(one.sql("ALTER SYSTEM SET fsync = on"), {
      code: "42501",
    });
    // An open transaction must not hold up the drop.
    const forgotten = await one.session();
    await forgotten.sql("BEGIN; SELECT * FROM t");
  }
  assert.deepEqual(
    await server.sql(`SELECT 1 FROM pg_database WHERE datname = '${name}'`),
    [],
  );
});

Deno.test("sql() returns PostgreSQL's own text of the last result", async () => {
  const server = await sharedPostgres();
  const text =
    `SELECT 1; SELECT 1.10::numeric AS d, 9223372036854775807 AS b, 'é😀' AS s, '' AS e, NULL AS n,
    '\\x00ff'::bytea AS x, '{1,NULL}'::int[] AS a, true AS t; SET application_name = 'x'`;
  assert.deepEqual(await server.sql(text), [
    {
      d: "1.10",
      b: "9223372036854775807",
      s: "é😀",
      e: "",
      n: null,
      x: "\\x00ff",
      a: "{1,NULL}",
      t: "t",
    },
  ]);
  assert.deepEqual(await server.sql("SELECT 1 AS a WHERE false"), []);
});

Deno.test("startPostgres() keeps what was committed through SIGKILL and restart", async () => {
  await using server = await startPostgres({
    args: ["-c", "statement_timeout=20s"],
  });
  await using db = await server.database();
  assert.deepEqual(await db.sql("SHOW statement_timeout"), [{
    statement_timeout: "20s",
  }]);
  await db.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  await using open = await db.session();
  await open.sql("BEGIN; INSERT INTO t VALUES (2)");
  const { pid, port } = server;
  await server.kill();
  await assert.rejects(db.sql("SELECT 1"), { code: "ECONNREFUSED" });
  await server.restart();
  assert.equal(server.port, port);
  assert.notEqual(server.pid, pid);
  assert.deepEqual(await db.sql("SELECT a FROM t"), [{ a: "1" }]);
});

Deno.test("session() is one backend, and terminating it ends it", async () => {
  const server = await sharedPostgres();
  await using session = await server.session();
  assert.deepEqual(await session.sql("SELECT pg_backend_pid() AS id"), [{
    id: String(session.id),
  }]);
  const waiting = assert.rejects(session.sql("SELECT pg_sleep(30)"));
  await server.sql(`SELECT pg_terminate_backend(${session.id})`);
  await waiting;
});

Deno.test({
  name: "startPostgres() runs into a full disk, and keeps what was there",
  ignore: !(await tmpfsAvailable()),
  async fn() {
    await using server = await startPostgres({ diskMebibytes: 96 });
    await using db = await server.database();
    await db.sql("CREATE TABLE t (b text); INSERT INTO t VALUES ('small')");
    const flood =
      "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 100000)";
    await assert.rejects(db.sql(flood), { code: "53100" });
    assert.deepEqual(await db.sql("SELECT b FROM t"), [{ b: "small" }]);
  },
});
