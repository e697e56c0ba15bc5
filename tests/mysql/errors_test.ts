import assert from "node:assert/strict";
import type { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import { startMariadb } from "../kit/mariadb.ts";
import { freePort } from "../kit/port.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { tmpfsAvailable } from "../kit/tmpfs.ts";
import { eventsOf, read, write } from "./kit.ts";

const server = await sharedMariadb();

const UPSERT = { table: "t", mode: "upsert", "upsert_keys": "id" };

/** Rows of two numbers, `id` and `v`. */
function pairs(...rows: [id: number, v: number][]): Batch {
  return batchOf(
    ["id", types.int32, rows.map(([id]) => id)],
    ["v", types.int32, rows.map(([, v]) => v)],
  );
}

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

Deno.test("mysql.extractor tells of an account that is locked, or has to be renewed", async () => {
  await using db = await server.database("account");
  for (const state of ["ACCOUNT LOCK", "PASSWORD EXPIRE"]) {
    const user = `u_${db.name.slice(-8)}`;
    await server.sql(
      `CREATE OR REPLACE USER ${user}@'%' IDENTIFIED BY 'hidden' ${state}; GRANT ALL ON \`${db.name}\`.* TO ${user}@'%'`,
    );
    const error = await refusal(() =>
      read({ ...db.connection, user, password: "hidden" }, {
        query: "SELECT 1",
      })
    );
    assert.equal(error.code, "connection/auth", error.message);
    assertHelpful(error, "hidden");
    await server.sql(`DROP USER ${user}@'%'`);
  }
});

Deno.test("mysql.extractor tells at once of a port where something else answers", async () => {
  const said = [
    ["SSH-2.0-OpenSSH_9.6\r\n", "connection/wrong-server", /SSH/],
    ["HTTP/1.1 400 Bad Request\r\n\r\n", "connection/wrong-server", /HTTP/],
    ["220 mail.example ESMTP\r\n", "connection/wrong-server", /SMTP/],
    ["\x01\x02\x03\x04\x05", "connection/wrong-server", /no MySQL/],
    ["", "connection/timeout", /said nothing/],
  ] as const;
  for (const [words, code, state] of said) {
    await using other = startTalker(words);
    const connection = {
      host: "127.0.0.1",
      port: other.port,
      user: "u",
      password: "hunter-2",
      // Far beyond what a test may take, so that only a word at once ends it.
      "connect_timeout": words === "" ? 0.3 : 3600,
    };
    const error = await refusal(() => read(connection, { query: "SELECT 1" }));
    assert.equal(error.code, code, words);
    assert.match(error.message, state);
    assertHelpful(error, "hunter-2");
  }
});

/** Says `words` to whoever connects, byte by byte, and then nothing. */
function startTalker(words: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  const talking = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      connection.setNoDelay(true);
      for (const byte of new TextEncoder().encode(words)) {
        await connection.write(new Uint8Array([byte])).catch(() => {});
      }
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await talking.catch(() => {});
      for (const connection of open) connection.close();
    },
  };
}

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

Deno.test("mysql.* refuses names that no table or column can have, before anything is touched", async () => {
  await using db = await server.database("names");
  await db.sql("CREATE TABLE t (id INT); INSERT INTO t VALUES (1)");
  const emoji = "\u{1f600}", long = "n".repeat(65);
  const load = (config: object, name = "id") =>
    write(db.connection, { "create_table": true, ...config }, [
      batchOf([name, types.int32, [2]]),
    ]);
  for (const name of [emoji, long]) {
    const uses = [
      () => read(db.connection, { table: name }),
      () => read(db.connection, { table: "t", columns: [name] }),
      () => read(db.connection, { table: "t", schema: name }),
      () => load({ table: name }),
      () => load({ table: "made" }, name),
      () => load({ table: "t", schema: name }),
    ];
    for (const use of uses) {
      const error = await refusal(use);
      assert.equal(error.code, "config/invalid", String(use));
      assert.ok(error.message.includes(name) && error.hint);
    }
  }
  // Names of other scripts are as good as any.
  const fine = "n\u0159\u4e2d".padEnd(64, "x");
  await load({ table: fine }, fine);
  const { batches } = await read(db.connection, { table: fine });
  assert.equal(batches[0].schema.fields[0].name, fine);
  const tables = (await db.sql("SHOW TABLES")).flatMap(Object.values);
  assert.deepEqual(tables.sort(), [fine, "t"].sort());
});

Deno.test("mysql.writer tells what a trigger, a foreign key and a check have against rows", async () => {
  await using db = await server.database("constraints");
  await db.sql(
    "CREATE TABLE parent (id INT PRIMARY KEY); INSERT INTO parent VALUES (1), (13);" +
      "CREATE TABLE t (id INT PRIMARY KEY CHECK (id < 100), v INT, FOREIGN KEY (v) REFERENCES parent (id));" +
      "CREATE TRIGGER luck BEFORE INSERT ON t FOR EACH ROW IF NEW.v = 13 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no luck'; END IF",
  );
  for (const bulk of ["load_data", "insert"]) {
    for (const bad of [[2, 13], [2, 9], [100, 1]] as const) {
      const error = await refusal(() =>
        write(db.connection, { table: "t", bulk }, [pairs([1, 1], [...bad])])
      );
      assert.equal(error.code, "sql/constraint", `${bulk}: ${error.message}`);
      assertHelpful(error, db.connection.password);
      assert.deepEqual(await db.sql("SELECT id FROM t"), []);
    }
  }
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

Deno.test("mysql.writer merges again after a lock that it waited for in vain, and says so", async () => {
  await using db = await server.database("relock");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1,1),(2,2)",
  );
  await using other = await db.session();
  await other.sql("START TRANSACTION; UPDATE t SET v = 9 WHERE id = 2");
  const connection = {
    ...db.connection,
    session: { "innodb_lock_wait_timeout": 1 },
  };
  const retries: unknown[] = [];
  await write(connection, UPSERT, [pairs([2, 5])], {
    emit(name, facts) {
      if (name !== "retry") return;
      retries.push(facts?.code);
      void other.sql("COMMIT");
    },
  });
  assert.deepEqual(retries, ["sql/lock-timeout"]);
  assert.deepEqual(await db.sql("SELECT v FROM t WHERE id = 2"), [{ v: "5" }]);
});

Deno.test("mysql.writer merges again after a deadlock, and adds nothing after one", async () => {
  for (const mode of ["upsert", "append"]) {
    await using db = await server.database("deadlock");
    await db.sql(
      "CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (2,2);" +
        "CREATE TABLE much (id INT PRIMARY KEY)",
    );
    await using other = await db.session();
    // The server undoes the one of two transactions that has done less.
    await other.sql(
      "START TRANSACTION; INSERT INTO much SELECT seq FROM seq_1_to_2000; UPDATE t SET v = 9 WHERE id = 2",
    );
    const retries: unknown[] = [];
    const writing = write(
      db.connection,
      { ...UPSERT, mode, bulk: "insert" },
      [pairs([1, 5], [2, 5])],
      { emit: (name, facts) => void (name === "retry" && retries.push(facts)) },
    ).then(() => null, (error: OsirisError) => error);
    await untilWaiting(db.name);
    await other.sql("INSERT INTO t VALUES (1,9)");
    await other.sql("COMMIT");
    const error = await writing;
    const found = await db.sql("SELECT id, v FROM t ORDER BY id");
    if (mode === "upsert") {
      assert.equal(error, null, error?.message);
      const [{ code, attempt }] = retries as Record<string, unknown>[];
      assert.deepEqual([code, attempt], ["sql/deadlock", 2]);
      assert.deepEqual(found.map(({ v }) => v), ["5", "5"]);
    } else {
      // Its rows have gone by; the run tries the step again from its source.
      assert.equal(error?.code, "sql/deadlock");
      assertHelpful(error!, db.connection.password);
      assert.deepEqual(found.map(({ v }) => v), ["9", "9"]);
    }
  }
});

/** Waits until a statement in this database waits for a lock. */
async function untilWaiting(database: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await server.sql(
      "SELECT 1 FROM information_schema.innodb_trx JOIN information_schema.processlist " +
        `ON id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND db = '${database}'`,
    );
    if (found.length > 0) return;
    // The server looks anew only for who hasn't asked for 100 ms.
    await new Promise((done) => setTimeout(done, 120));
  }
  assert.fail("nobody waits for a lock");
}

Deno.test("mysql.extractor and mysql.writer tell of packets that are too large", async () => {
  await using own = await startMariadb({
    args: ["--max-allowed-packet=65536"],
  });
  await using db = await own.database("packets");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
  const value = "x".repeat(100_000);
  const batch = batchOf(["id", types.int32, [1]], ["v", types.utf8, [value]]);
  const attempts = [
    () => write(db.connection, { table: "t", bulk: "insert" }, [batch]),
    () => read(db.connection, { query: "SELECT ?", params: [value] }),
  ];
  for (const attempt of attempts) {
    const error = await refusal(attempt);
    assert.equal(error.code, "sql/packet-too-large", error.message);
    assertHelpful(error, db.connection.password);
    assert.ok(!error.message.includes("xxx"), "a value is told");
  }
  assert.deepEqual(await db.sql("SELECT id FROM t"), []);
});

Deno.test("mysql.writer sends no packet that is larger than the server takes", async () => {
  await using own = await startMariadb({ args: ["--max-allowed-packet=4096"] });
  await using db = await own.database("small");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
  const ids = Array.from({ length: 2000 }, (_, id) => id);
  // Many rows, and one that is many packets long.
  const rows = (bulk: string) =>
    batchOf(
      ["id", types.int32, ids],
      [
        "v",
        types.utf8,
        ids.map((id) =>
          "x".repeat(id === 7 && bulk === "load_data" ? 99_999 : 200)
        ),
      ],
    );
  for (const bulk of ["load_data", "insert"]) {
    await write(db.connection, { table: "t", mode: "replace", bulk }, [
      rows(bulk),
    ]);
    const [found] = await db.sql("SELECT COUNT(*) n, SUM(LENGTH(v)) s FROM t");
    const more = bulk === "load_data" ? 99_799 : 0;
    assert.deepEqual(Object.values(found).map(Number), [
      2000,
      2000 * 200 + more,
    ]);
  }
});

Deno.test("mysql.extractor tells that its statement was stopped at the server", async () => {
  await using db = await server.database("stopped");
  const reading = refusal(() =>
    read(db.connection, { query: "SELECT SLEEP(60) AS stopped" })
  );
  const findSql =
    `SELECT id FROM information_schema.processlist WHERE db = '${db.name}' AND info LIKE 'SELECT SLEEP%'`;
  for (let tries = 0; tries < 500; tries++) {
    const [found] = await server.sql(findSql);
    if (found !== undefined) {
      await server.sql(`KILL QUERY ${found.id}`);
      break;
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  const error = await reading;
  assert.equal(error.code, "sql/failed", error.message);
  assertHelpful(error, db.connection.password);
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
  name: "mysql.writer leaves the old state on a full disk, in every mode",
  ignore: !await tmpfsAvailable(),
  fn: async () => {
    for (const mode of ["append", "replace", "upsert"]) {
      await using own = await startMariadb({ diskMebibytes: 96 });
      await using db = await own.database("full");
      await db.sql(
        "CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT); INSERT INTO t VALUES (0,'old')",
      );
      const error = await refusal(() =>
        write(db.connection, { ...UPSERT, mode }, tooMuch())
      );
      assert.equal(error.code, "sql/table-full", `${mode}: ${error.message}`);
      assertHelpful(error, db.connection.password);
      assert.deepEqual(await db.sql("SELECT id FROM t"), [{ id: "0" }], mode);
      const left = await db.sql("SHOW TABLES LIKE '\\_osiris\\_%'");
      assert.deepEqual(left, [], mode);
    }
  },
});

/** Rows of 160 MB in all. */
function* tooMuch(): Generator<Batch> {
  const values = Array(200).fill("x".repeat(4000));
  for (let id = 1; id < 40_000; id += 200) {
    const ids = values.map((_, i) => id + i);
    yield batchOf(["id", types.int32, ids], ["v", types.utf8, values]);
  }
}
