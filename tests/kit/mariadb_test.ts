// Tests of the kit's MariaDB: users, isolation, options, and each way to break it.

import assert from "node:assert/strict";
import { createConnection } from "../deps/mysql2.ts";
import { startMariadb } from "./mariadb.ts";
import { sharedMariadb } from "./servers.ts";
import { AWKWARD_PASSWORD } from "./server.ts";
import { tmpfsAvailable } from "./tmpfs.ts";

Deno.test("sharedMariadb() lets the ordinary user in by the awkward password only", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("shop");
  assert.equal(db.connection.password, AWKWARD_PASSWORD);
  assert.deepEqual(await db.sql("SELECT DATABASE() AS d, USER() AS u"), [{
    d: db.name,
    u: "osiris@127.0.0.1",
  }]);
  const wrong = { ...db.connection, password: "wrong" };
  await assert.rejects(createConnection(wrong), {
    code: "ER_ACCESS_DENIED_ERROR",
  });
  const nobody = { ...db.connection, user: "nobody", password: "" };
  await assert.rejects(createConnection(nobody), {
    code: "ER_ACCESS_DENIED_ERROR",
  });
});

Deno.test("sharedMariadb() gives databases of the same wish that don't meet, and drops them", async () => {
  const server = await sharedMariadb();
  let name: string;
  {
    await using one = await server.database("same");
    await using two = await server.database("same");
    name = one.name;
    await one.sql("CREATE TABLE t (a INT); INSERT INTO t VALUES (1)");
    await assert.rejects(two.sql("SELECT * FROM t"), {
      code: "ER_NO_SUCH_TABLE",
    });
    // An open transaction must not hold up the drop.
    const forgotten = await one.session();
    await forgotten.sql("START TRANSACTION; SELECT * FROM t");
  }
  assert.deepEqual(await server.sql(`SHOW DATABASES LIKE '${name}'`), []);
});

Deno.test("sql() returns the server's own text, bytes for binary columns, null for NULL", async () => {
  const server = await sharedMariadb();
  const text =
    "SELECT 1.10 AS d, 18446744073709551615 AS u, 'é€😀' AS s, '' AS e, NULL AS n, X'00ff' AS b; SET @a = 1";
  assert.deepEqual(await server.sql(text), [
    {
      d: "1.10",
      u: "18446744073709551615",
      s: "é€😀",
      e: "",
      n: null,
      b: new Uint8Array([0, 255]),
    },
  ]);
  assert.deepEqual(await server.sql("SELECT 1 AS a WHERE 1 = 0"), []);
});

Deno.test("sharedMariadb() speaks TLS by a certificate that its own authority signed", async () => {
  const { host, port, user, password, tls } = await sharedMariadb();
  const login = { host, port, user, password };
  const trusted = await createConnection({ ...login, ssl: { ca: tls?.ca } });
  const [rows] = await trusted.query("SHOW STATUS LIKE 'Ssl_cipher'");
  assert.notEqual((rows as { Value: string }[])[0].Value, "");
  await trusted.end();
  await assert.rejects(
    createConnection({ ...login, ssl: {} }),
    /self-signed|unable to|unknown|issuer/i,
  );
});

Deno.test("sharedMariadb() answers on its unix socket", async () => {
  const { socket, user, password } = await sharedMariadb();
  const connection = await createConnection({
    socketPath: socket,
    user,
    password,
  });
  const [rows] = await connection.query("SELECT 1 AS a");
  assert.deepEqual([...rows as unknown[]], [{ a: 1 }]);
  await connection.end();
});

Deno.test("startMariadb() keeps what was committed through SIGKILL and restart", async () => {
  await using server = await startMariadb();
  await using db = await server.database();
  await db.sql(
    "CREATE TABLE t (a INT) ENGINE=InnoDB; INSERT INTO t VALUES (1)",
  );
  await using open = await db.session();
  await open.sql("START TRANSACTION; INSERT INTO t VALUES (2)");
  const { pid, port } = server;
  await server.kill();
  await assert.rejects(db.sql("SELECT 1"), { code: "ECONNREFUSED" });
  await server.restart();
  assert.equal(server.port, port);
  assert.notEqual(server.pid, pid);
  assert.deepEqual(await db.sql("SELECT a FROM t"), [{ a: "1" }]);
});

Deno.test("startMariadb() takes server arguments: the ordinary user can't write to a read-only one", async () => {
  await using server = await startMariadb({
    args: ["--read-only", "--local-infile=0"],
  });
  await using db = await server.database();
  await assert.rejects(db.sql("CREATE TABLE t (a INT)"), {
    code: "ER_OPTION_PREVENTS_STATEMENT",
  });
  assert.deepEqual(await db.sql("SELECT @@local_infile AS l"), [{ l: "0" }]);
  await server.stop();
  await server.stop();
  await assert.rejects(server.restart(), /stopped/);
});

Deno.test("startMariadb() can be frozen and thawed", async () => {
  await using server = await startMariadb();
  await server.kill("SIGSTOP");
  const answer = server.sql("SELECT 1 AS a");
  const silence = new Promise((resolve) => setTimeout(resolve, 300, "silence"));
  assert.equal(await Promise.race([answer, silence]), "silence");
  await server.kill("SIGCONT");
  assert.deepEqual(await answer, [{ a: "1" }]);
});

Deno.test("session() is one connection, and KILL ends it", async () => {
  const server = await sharedMariadb();
  await using session = await server.session();
  assert.deepEqual(await session.sql("SELECT CONNECTION_ID() AS id"), [{
    id: String(session.id),
  }]);
  await server.sql(`KILL CONNECTION ${session.id}`);
  await assert.rejects(session.sql("SELECT 1"));
});

Deno.test({
  name: "startMariadb() runs into a full disk, and keeps what was there",
  ignore: !(await tmpfsAvailable()),
  async fn() {
    await using server = await startMariadb({ diskMebibytes: 64 });
    await using db = await server.database();
    await db.sql(
      "CREATE TABLE t (b VARCHAR(2000)); INSERT INTO t VALUES ('small')",
    );
    const flood = "INSERT INTO t SELECT REPEAT('x', 1000) FROM seq_1_to_100000";
    await assert.rejects(db.sql(flood), { code: "ER_RECORD_FILE_FULL" });
    assert.deepEqual(await db.sql("SELECT b FROM t"), [{ b: "small" }]);
  },
});
