import assert from "node:assert/strict";
import { types } from "../../src/table/type.ts";
import extractor from "../../drivers/mysql/extractor.ts";
import { assertTable, rowsOf } from "../kit/assert_table.ts";
import { refusal } from "../kit/faults.ts";
import { startMariadb } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { startProxy } from "../kit/tcp_proxy.ts";
import { eventsOf, quietContext, read } from "./kit.ts";
import { TYPE_SAMPLES } from "./type_samples.ts";

const server = await sharedMariadb();

Deno.test("mysql.extractor takes % in queries and binds params exactly", async () => {
  await using db = await server.database("params");
  await db.sql(
    "CREATE TABLE t (id BIGINT, s VARCHAR(20)); INSERT INTO t VALUES (9007199254740993, 'C-1'), (2, 'C-%'), (3, 'x')",
  );
  const percent = await read(db.connection, {
    query: "SELECT id FROM t WHERE s LIKE 'C-%' ORDER BY id;",
  });
  assertTable(percent.batches, ["id: int64"], [[2n], [9007199254740993n]]);
  const bound = await read(db.connection, {
    query: "SELECT id, ? AS b FROM t WHERE s = ? AND id = ? LIMIT ?",
    params: ['it\'s \\ "q" %s ?', "C-1", "9007199254740993", 5],
  });
  assert.deepEqual(rowsOf(bound.batches), [
    [9007199254740993n, 'it\'s \\ "q" %s ?'],
  ]);
  const wrong = await refusal(() =>
    read(db.connection, { query: "SELECT ?", params: [1, 2] })
  );
  assert.equal(wrong.code, "config/invalid");
});

Deno.test("mysql.extractor reads chosen columns and rows of a table in order", async () => {
  await using db = await server.database("table");
  await db.sql(
    "CREATE TABLE `odd ``name``` (id INT PRIMARY KEY, `a b` VARCHAR(5), c INT);" +
      "INSERT INTO `odd ``name``` VALUES (1,'x',5),(2,'y',5),(3,'z',6),(4,'w',5)",
  );
  const { batches } = await read(db.connection, {
    table: "odd `name`",
    schema: db.name,
    columns: ["a b", "id"],
    where: "c = 5 -- only these",
    "order_by": ["id desc"],
    limit: 2,
    offset: 1,
  });
  assertTable(batches, ["a b: utf8", "id: int32"], [["y", 2], ["x", 1]]);
  const { metadata } = batches[0].schema.fields[1];
  assert.equal(metadata?.["mysql.key"], "primary");
});

Deno.test("mysql.extractor gives one empty batch with the columns when there are no rows", async () => {
  await using db = await server.database("empty");
  await db.sql("CREATE TABLE t (id INT NOT NULL, d DECIMAL(5,2))");
  const { batches } = await read(db.connection, { table: "t" });
  assert.equal(batches.length, 1);
  assertTable(batches, ["id: int32", "d: decimal(5,2)"], []);
  assert.equal(batches[0].schema.fields[0].nullable, false);
});

Deno.test("mysql.extractor treats zero dates as told", async () => {
  await using db = await server.database("zero");
  await db.sql(
    "SET sql_mode=''; CREATE TABLE t (id INT, d DATE NOT NULL, m DATETIME(3));" +
      "INSERT INTO t VALUES (1,'2024-01-02','2024-01-02 03:04:05.6'),(2,'0000-00-00','2024-00-01')",
  );
  const error = await refusal(() => read(db.connection, { table: "t" }));
  assert.equal(error.code, "data/zero-date");
  assert.deepEqual(error.details, { column: "d", row: 2 });
  const asNull = await read(db.connection, {
    table: "t",
    "zero_dates": "null",
  });
  assert.deepEqual(rowsOf(asNull.batches)[1], [2, null, null]);
  assert.equal(asNull.batches[0].schema.fields[1].nullable, true);
  const asText = await read(db.connection, {
    table: "t",
    "zero_dates": "text",
  });
  assert.deepEqual(rowsOf(asText.batches), [
    [1, "2024-01-02", "2024-01-02 03:04:05.600"],
    [2, "0000-00-00", "2024-00-01 00:00:00.000"],
  ]);
});

Deno.test("mysql.extractor reads tinyint(1) as bool when told, and nothing but 0 and 1", async () => {
  await using db = await server.database("bools");
  await db.sql(
    "CREATE TABLE t (b TINYINT(1)); INSERT INTO t VALUES (1),(0),(NULL)",
  );
  const { batches } = await read(db.connection, {
    table: "t",
    tinyint1: "bool",
  });
  assertTable(batches, ["b: bool"], [[true], [false], [null]]);
  await db.sql("INSERT INTO t VALUES (48)");
  const error = await refusal(() =>
    read(db.connection, { table: "t", tinyint1: "bool" })
  );
  assert.equal(error.code, "data/type");
});

Deno.test("mysql.extractor reads the same by the text protocol", async () => {
  await using db = await server.database("text");
  // The server itself shows FLOAT with six digits, which is what text can tell.
  const samples = TYPE_SAMPLES.filter(({ type, values }) =>
    type !== "float" && values.length > 0
  );
  const columns = samples.map(({ type }, i) => `c${i} ${type} NULL`);
  const rows = [0, 1, 2, 3].map((row) =>
    `(${samples.map(({ values }) => values[row] ?? "NULL").join(", ")})`
  );
  await db.sql(
    `SET time_zone='+00:00'; CREATE TABLE t (${columns.join(", ")});` +
      `INSERT INTO t VALUES ${rows.join(", ")}`,
  );
  const binary = await read(db.connection, { table: "t" });
  const text = await read(db.connection, {
    query: "EXECUTE IMMEDIATE 'SELECT * FROM t'",
  });
  assert.deepEqual(eventsOf(text, "mysql_read"), [
    { protocol: "text", errno: 1295 },
  ]);
  assert.deepEqual(rowsOf(text.batches), rowsOf(binary.batches));
  assert.deepEqual(
    text.batches[0].schema.fields.map(({ type }) => type),
    binary.batches[0].schema.fields.map(({ type }) => type),
  );
});

Deno.test("mysql.extractor reads values of more than 16 MiB", async () => {
  await using own = await startMariadb({
    args: ["--max-allowed-packet=64M", "--innodb-log-file-size=512M"],
  });
  await using db = await own.database("huge");
  await db.sql(
    "CREATE TABLE t (id INT, v LONGTEXT); INSERT INTO t VALUES (1, REPEAT('abcdefgh', 4500000)), (2, 'small'), (3, REPEAT('x', 16777215 - 16)), (4, NULL)",
  );
  for (
    const query of ["SELECT * FROM t", "EXECUTE IMMEDIATE 'SELECT * FROM t'"]
  ) {
    const rows = rowsOf((await read(db.connection, { query })).batches);
    assert.deepEqual(rows.map(([id, v]) => [id, String(v ?? "").length]), [
      [1, 36_000_000],
      [2, 5],
      [3, 16_777_199],
      [4, 0],
    ]);
    assert.ok(String(rows[0][1]).endsWith("abcdefgh"));
  }
});

Deno.test("mysql.extractor reads over compression, TLS and a unix socket", async () => {
  await using db = await server.database("ways");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(2000))");
  await db.sql(
    "INSERT INTO t SELECT seq, REPEAT(CONCAT('row ', seq, ' '), 20) FROM seq_1_to_5000",
  );
  const expected = rowsOf((await read(db.connection, { table: "t" })).batches);
  assert.equal(expected.length, 5000);
  const { host: _host, port: _port, ...login } = db.connection;
  const ways = {
    compressed: { ...db.connection, compress: true },
    tls: { ...db.connection, ssl: { ca: server.tls!.ca } },
    both: {
      ...db.connection,
      host: "localhost",
      compress: true,
      ssl: { ca: server.tls!.ca },
    },
    socket: { ...login, socket: server.socket },
  };
  for (const [way, connection] of Object.entries(ways)) {
    const { batches } = await read(connection, { table: "t" });
    assert.deepEqual(rowsOf(batches), expected, way);
  }
  const cipher = await read(ways.tls, {
    query: "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
  });
  assert.notEqual(rowsOf(cipher.batches)[0][1], "");
});

Deno.test("mysql.extractor refuses a certificate that nobody vouches for", async () => {
  await using db = await server.database("cert");
  const error = await refusal(() =>
    read({ ...db.connection, ssl: true }, { query: "SELECT 1" })
  );
  assert.equal(error.code, "connection/tls");
  const { batches } = await read({
    ...db.connection,
    ssl: { rejectUnauthorized: false },
  }, { query: "SELECT 1 AS one" });
  assert.deepEqual(rowsOf(batches), [[1]]);
});

Deno.test("mysql.extractor refuses a server whose certificate is for another", async () => {
  await using own = await startMariadb({
    tls: { names: "DNS:db.example,IP:192.0.2.1" },
    args: ["--tls-version=TLSv1.2"],
  });
  await using db = await own.database("elsewhere");
  const { ca } = own.tls!;
  const config = { query: "SELECT 1 AS one" };
  for (const host of ["127.0.0.1", "localhost"]) {
    const connection = { ...db.connection, host };
    for (const ssl of [{ ca }, { ca, verifyIdentity: true }]) {
      const error = await refusal(() => read({ ...connection, ssl }, config));
      assert.equal(error.code, "connection/tls", host);
      assert.match(error.message, /altnames/);
    }
    const ssl = { ca, verifyIdentity: false };
    const { batches } = await read({ ...connection, ssl }, config);
    assert.deepEqual(rowsOf(batches), [[1]]);
    const newer = { ...ssl, minVersion: "TLSv1.3" };
    const old = await refusal(() =>
      read({ ...connection, ssl: newer }, config)
    );
    assert.equal(old.code, "connection/tls");
    assert.ok(old.hint);
  }
});

Deno.test("mysql.extractor reads TIMESTAMP as the same instant whatever the session's zone", async () => {
  await using db = await server.database("zone");
  await db.sql(
    "SET time_zone='+00:00'; CREATE TABLE t (ts TIMESTAMP(6) NULL); INSERT INTO t VALUES ('2024-06-01 12:00:00.000001')",
  );
  const instant = BigInt(Date.UTC(2024, 5, 1, 12)) * 1000n + 1n;
  for (const zone of ["+00:00", "+05:30", "-03:00"]) {
    const { batches } = await read(
      { ...db.connection, "time_zone": zone },
      { table: "t" },
    );
    assertTable(batches, ["ts: timestamp_utc"], [[instant]]);
  }
});

Deno.test("mysql.extractor sets session variables, and refuses what is none", async () => {
  await using db = await server.database("session");
  const connection = {
    ...db.connection,
    session: { "group_concat_max_len": 4321, "sql_mode": "ANSI_QUOTES" },
  };
  const { batches } = await read(connection, {
    query: 'SELECT @@group_concat_max_len AS "n"',
  });
  assert.deepEqual(rowsOf(batches), [[4321n]]);
  for (const session of [{ "x = 1; DROP": 1 }, { "no_such_variable": 1 }]) {
    const error = await refusal(() =>
      read({ ...db.connection, session }, { query: "SELECT 1" })
    );
    assert.equal(error.code, "connection/invalid");
  }
});

Deno.test("mysql.extractor refuses statements that don't give one table", async () => {
  await using db = await server.database("one");
  await db.sql(
    "CREATE TABLE t (id INT); INSERT INTO t VALUES (1);" +
      "CREATE PROCEDURE one() SELECT id FROM t; CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END",
  );
  for (const query of ["DELETE FROM t", "SELECT 1; SELECT 2", "CALL two()"]) {
    const { code } = await refusal(() => read(db.connection, { query }));
    assert.ok(
      ["config/invalid", "sql/syntax"].includes(code),
      `${query}: ${code}`,
    );
  }
  const called = await read(db.connection, { query: "CALL one()" });
  assert.deepEqual(rowsOf(called.batches), [[1]]);
  assert.equal((await db.sql("SELECT * FROM t")).length, 1);
});

Deno.test("mysql.extractor reads no more rows than a dry run or a limit wants", async () => {
  await using db = await server.database("sample");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_200000",
  );
  const query = "SELECT * FROM t ORDER BY id";
  const dry = await read(db.connection, { query }, { sampleRows: 7 });
  assert.deepEqual(rowsOf(dry.batches).map(([id]) => id), [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
  ]);
  const limited = await read(db.connection, { query, limit: 3 });
  assert.equal(rowsOf(limited.batches).length, 3);
});

Deno.test("mysql.extractor has the server find no more rows than a dry run or a limit wants", async () => {
  await using db = await server.database("found");
  await db.sql(
    `CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_500;
    CREATE TABLE seen (id INT) ENGINE=MyISAM;
    CREATE FUNCTION look(id INT) RETURNS INT BEGIN INSERT INTO seen VALUES (id); RETURN id; END`,
  );
  const query = "SELECT look(id) AS id FROM t";
  const found = async (): Promise<number> => {
    const { length } = await db.sql("SELECT * FROM seen");
    await db.sql("TRUNCATE seen");
    return length;
  };
  await read(db.connection, { query }, { sampleRows: 7 });
  assert.equal(await found(), 7);
  await read(db.connection, { query, limit: 3 });
  assert.equal(await found(), 3);
  await read(db.connection, { query: `${query} LIMIT 5` }, { sampleRows: 7 });
  assert.equal(await found(), 5);
  assert.equal(
    rowsOf((await read(db.connection, { query })).batches).length,
    500,
  );
});

Deno.test("mysql.extractor leaves the rest with the server while its reader is slow", async () => {
  await using db = await server.database("slow");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200)); INSERT INTO t SELECT seq, REPEAT('x', 200) FROM seq_1_to_300000",
  );
  await using proxy = await startProxy({ target: server });
  const batches = extractor.run({
    config: { table: "t" },
    connection: { ...db.connection, port: proxy.port },
    inputs: {},
    values: {},
    sources: {},
    targets: {},
  }, quietContext()) as AsyncIterable<{ length: number }>;
  let rows = 0;
  for await (const batch of batches) {
    if (rows === 0) await new Promise((done) => setTimeout(done, 400));
    if (rows === 0) assert.ok(proxy.bytes.down < 40e6, `${proxy.bytes.down}`);
    rows += batch.length;
  }
  assert.equal(rows, 300_000);
  assert.ok(proxy.bytes.down > 60e6);
});

Deno.test("mysql.extractor closes its connection when its reader leaves", async () => {
  await using db = await server.database("leave");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200)); INSERT INTO t SELECT seq, REPEAT('x', 200) FROM seq_1_to_100000",
  );
  await using proxy = await startProxy({ target: server });
  const batches = extractor.run({
    config: { table: "t" },
    connection: { ...db.connection, port: proxy.port },
    inputs: {},
    values: {},
    sources: {},
    targets: {},
  }, quietContext()) as AsyncIterable<unknown>;
  for await (const _batch of batches) break;
  for (let i = 0; i < 50 && proxy.open > 0; i++) {
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.equal(proxy.open, 0);
});

Deno.test("mysql.extractor reads null, and types that only a query has", async () => {
  await using db = await server.database("computed");
  const { batches } = await read(db.connection, {
    query:
      "SELECT NULL AS n, 1.50 AS d, 'x' AS s, NOW() > '2000-01-01' AS b, x'ff' AS bin, CAST(1 AS UNSIGNED) AS u",
  });
  assert.deepEqual(rowsOf(batches), [
    [null, 150n, "x", 1, new Uint8Array([255]), 1],
  ]);
  assert.deepEqual(batches[0].schema.fields[0].type, types.null);
});
