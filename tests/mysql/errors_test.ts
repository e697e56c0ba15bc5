import assert from "node:assert/strict";
import type { OsirisError } from "../../src/error.ts";
import { types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import { startMariadb } from "../kit/mariadb.ts";
import { freePort } from "../kit/port.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { tmpfsAvailable } from "../kit/tmpfs.ts";
import { eventsOf, read, write } from "./kit.ts";

const server = await sharedMariadb();

/** Whatever is wrong, there is a hint, and the password is nowhere. */
function assertHelpful(error: OsirisError, password: string): void {
  const cause = error.cause instanceof Error ? error.cause.message : "";
  const said = [
    error.message,
    error.hint,
    cause,
    JSON.stringify(error.details),
  ];
  assert.ok(!said.join("\n").includes(password), "the password is told");
  assert.ok(error.hint, `no hint: ${error.code}`);
  assert.match(error.message, /^Cannot [^:]+: .+: ./);
}

Deno.test("mysql.extractor tells apart what can be wrong with connection and query", async () => {
  await using db = await server.database("wrong");
  const { connection } = db;
  const query = "SELECT 1";
  const cases: [string, object, Record<string, unknown>][] = [
    ["connection/refused", { ...connection, port: freePort() }, { query }],
    [
      "connection/unknown-host",
      { ...connection, host: "no-such-host.invalid" },
      {
        query,
      },
    ],
    [
      "connection/auth",
      { ...connection, password: `${connection.password}x` },
      { query },
    ],
    ["connection/auth", { ...connection, user: "nobody" }, { query }],
    ["connection/unknown-database", { ...connection, database: "nope" }, {
      query,
    }],
    ["sql/unknown-table", connection, { table: "nope" }],
    ["sql/unknown-column", connection, { query: "SELECT nope" }],
    ["sql/syntax", connection, { query: "SELEKT 1" }],
    ["sql/denied", connection, { query: "SHOW REPLICA STATUS" }],
  ];
  for (const [code, fields, config] of cases) {
    const error = await refusal(() => read(fields, config));
    assert.equal(error.code, code, error.message);
    assertHelpful(error, connection.password);
  }
});

Deno.test("mysql.writer tells apart what the server has against rows", async () => {
  await using db = await server.database("against");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(5)); INSERT INTO t VALUES (1,'a')",
  );
  const rows = (id: number) =>
    batchOf(["id", types.int32, [id]], ["v", types.utf8, ["topsecret"]]);
  const error = await refusal(() =>
    write(db.connection, { table: "t", bulk: "insert" }, [rows(2)])
  );
  assert.equal(error.code, "sql/data-too-long");
  assertHelpful(error, db.connection.password);
  const twice = await refusal(() =>
    write(db.connection, { table: "t", columns: ["id"] }, [rows(1)])
  );
  assert.equal(twice.code, "sql/duplicate-key");
  assertHelpful(twice, "'1'");
});

Deno.test("mysql.writer gives up on a lock in time, and says who holds it is to be found", async () => {
  await using db = await server.database("locked");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1,1)",
  );
  await using other = await db.session();
  await other.sql("START TRANSACTION; UPDATE t SET v = 2");
  const connection = {
    ...db.connection,
    session: { "innodb_lock_wait_timeout": 1 },
  };
  const batch = batchOf(["id", types.int32, [1]], ["v", types.int32, [5]]);
  const error = await refusal(() => write(connection, { table: "t" }, [batch]));
  assert.equal(error.code, "sql/lock-timeout");
  assertHelpful(error, connection.password);
});

Deno.test("mysql.writer merges again after a deadlock or a lock, and says so", async () => {
  await using db = await server.database("deadlock");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1,1),(2,2)",
  );
  await using other = await db.session();
  await other.sql("START TRANSACTION; UPDATE t SET v = 9 WHERE id = 2");
  const freed = new Promise((done) => setTimeout(done, 1300))
    .then(() => other.sql("COMMIT"));
  const connection = {
    ...db.connection,
    session: { "innodb_lock_wait_timeout": 1 },
  };
  const driven = await write(connection, {
    table: "t",
    mode: "upsert",
    "upsert_keys": "id",
  }, [batchOf(["id", types.int32, [2]], ["v", types.int32, [5]])]);
  await freed;
  assert.equal(eventsOf(driven, "retry")[0].code, "sql/lock-timeout");
  assert.deepEqual(await db.sql("SELECT v FROM t WHERE id = 2"), [{ v: "5" }]);
});

Deno.test("mysql.writer tells of a read-only server and of too many connections", async () => {
  await using own = await startMariadb({ args: ["--max-connections=10"] });
  await using db = await own.database("limits");
  await db.sql("CREATE TABLE t (id INT)");
  await own.sql("SET GLOBAL read_only = 1");
  const batch = () => batchOf(["id", types.int32, [1]]);
  const error = await refusal(() =>
    write(db.connection, { table: "t" }, [batch()])
  );
  assert.equal(error.code, "sql/read-only");
  assertHelpful(error, db.connection.password);
  await own.sql("SET GLOBAL read_only = 0");
  const others = await Promise.all(
    Array.from({ length: 10 }, () => db.session()),
  );
  const full = await refusal(() => read(db.connection, { query: "SELECT 1" }));
  assert.equal(full.code, "connection/too-many");
  assertHelpful(full, db.connection.password);
  const waiting = read(db.connection, { query: "SELECT 1" });
  await others[0].close();
  const late = await waiting;
  assert.ok(eventsOf(late, "retry").length <= 2);
  await Promise.all(others.map((session) => session.close()));
});

Deno.test({
  name: "mysql.writer adds nothing to a full disk",
  ignore: !await tmpfsAvailable(),
  fn: async () => {
    await using own = await startMariadb({ diskMebibytes: 96 });
    await using db = await own.database("full");
    await db.sql(
      "CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT); INSERT INTO t VALUES (0,'old')",
    );
    const values = Array(200).fill("x".repeat(4000));
    function* input() {
      for (let id = 1; id < 40_000; id += 200) {
        const ids = values.map((_, i) => id + i);
        yield batchOf(["id", types.int32, ids], ["v", types.utf8, values]);
      }
    }
    const error = await refusal(() =>
      write(db.connection, { table: "t" }, input())
    );
    assert.equal(error.code, "sql/table-full", error.message);
    assertHelpful(error, db.connection.password);
    assert.deepEqual(await db.sql("SELECT id FROM t"), [{ id: "0" }]);
  },
});
