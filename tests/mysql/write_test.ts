import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { decimal, types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import { type MariadbDatabase, startMariadb } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf, cellsOf } from "../kit/table.ts";
import { eventsOf, read, write } from "./kit.ts";

const server = await sharedMariadb();

/** Rows of `id` and `v`. */
function rows(...pairs: [number | null, string | null][]): Batch {
  return batchOf(
    ["id", types.int32, pairs.map(([id]) => id)],
    ["v", types.utf8, pairs.map(([, v]) => v)],
  );
}

/** A batch of its own with some of the rows. */
function slice(batch: Batch, from: number, to: number): Batch {
  return batchOf(
    ...batch.schema.fields.map(({ name, type }, i) =>
      [name, type, cellsOf(batch.columns[i]).slice(from, to)] as const
    ),
  );
}

async function content(
  db: MariadbDatabase,
  table = "t",
  order = "id",
): Promise<string[]> {
  const found = await db.sql(`SELECT * FROM \`${table}\` ORDER BY ${order}`);
  return found.map((row) => Object.values(row).join(","));
}

async function tables(db: MariadbDatabase): Promise<unknown[]> {
  return (await db.sql("SHOW TABLES")).map((row) => Object.values(row)[0]);
}

Deno.test("mysql.writer adds rows by both ways of sending them", async () => {
  await using db = await server.database("append");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(50)); INSERT INTO t VALUES (1,'old')",
  );
  const odd = "\x1b\x1e\x1f\\N'\"\0\t\n\r,ž😀";
  const loaded = await write(db.connection, { table: "t" }, [
    rows([2, odd]),
    rows([3, null], [4, ""]),
  ]);
  assert.deepEqual(loaded.report?.rowsWritten, 3);
  assert.deepEqual(eventsOf(loaded, "mysql_write"), [{ bulk: "load_data" }]);
  const inserted = await write(
    db.connection,
    { table: "t", bulk: "insert", "batch_size": 2 },
    [rows([5, odd], [6, null], [7, ""], [8, "NULL"])],
  );
  assert.equal(eventsOf(inserted, "mysql_write")[0].bulk, "insert");
  assert.deepEqual(await content(db), [
    ...["1,old", `2,${odd}`, "3,", "4,", `5,${odd}`, "6,", "7,", "8,NULL"],
  ]);
  const nulls = await db.sql("SELECT id FROM t WHERE v IS NULL ORDER BY id");
  assert.deepEqual(nulls.map(({ id }) => id), ["3", "6"]);
});

Deno.test("mysql.writer uses INSERT where local_infile is off, and refuses when told to load", async () => {
  await using own = await startMariadb({ args: ["--local-infile=0"] });
  await using db = await own.database("off");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v TEXT)");
  const driven = await write(db.connection, { table: "t" }, [rows([1, "a"])]);
  assert.deepEqual(eventsOf(driven, "mysql_write"), [
    { bulk: "insert", reason: "local_infile is off" },
  ]);
  assert.deepEqual(await content(db), ["1,a"]);
  const error = await refusal(() =>
    write(db.connection, { table: "t", bulk: "load_data" }, [rows([2, "b"])])
  );
  assert.equal(error.code, "sql/local-infile-off");
});

Deno.test("mysql.writer adds all rows or none, whatever is wrong with the last", async () => {
  await using db = await server.database("atomic");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(3) NOT NULL, CHECK (v <> 'bad')); INSERT INTO t VALUES (1,'old')",
  );
  const faults: [Batch, string, number?][] = [
    [rows([2, "a"], [1, "b"]), "sql/duplicate-key"],
    [rows([2, "a"], [2, "b"]), "sql/duplicate-key"],
    [rows([2, "a"], [3, "long"]), "sql/data-too-long", 2],
    [rows([2, "a"], [3, null]), "sql/constraint", 2],
    [rows([2, "a"], [3, "bad"]), "sql/constraint"],
    [
      batchOf(["id", types.utf8, ["2", "x"]], ["v", types.utf8, ["a", "b"]]),
      "data/lossy",
      2,
    ],
    [
      batchOf(["id", types.int64, [2n, 2n ** 40n]], [
        "v",
        types.utf8,
        ["a", "b"],
      ]),
      "sql/out-of-range",
      2,
    ],
  ];
  for (const bulk of ["load_data", "insert"]) {
    for (const [batch, code, row] of faults) {
      const error = await refusal(() =>
        write(db.connection, { table: "t", bulk }, [
          slice(batch, 0, 1),
          slice(batch, 1, 2),
        ])
      );
      const isTooLong = code === "sql/data-too-long" && bulk === "load_data";
      assert.equal(error.code, isTooLong ? "data/lossy" : code, error.message);
      if (row !== undefined) {
        assert.equal(error.details?.row, row, error.message);
      }
      assert.ok(!error.message.includes("long'"), error.message);
      assert.deepEqual(await content(db), ["1,old"]);
    }
  }
});

Deno.test("mysql.writer adds nothing when its input breaks off", async () => {
  await using db = await server.database("broken");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v TEXT)");
  async function* input(): AsyncGenerator<Batch> {
    yield rows([1, "a"]);
    yield rows([2, "b"]);
    throw Object.assign(new Error("upstream"), { name: "Upstream" });
  }
  for (const mode of ["append", "replace", "upsert"]) {
    for (const bulk of ["load_data", "insert"]) {
      const config = { table: "t", mode, bulk, "upsert_keys": "id" };
      const error = await refusal(() => write(db.connection, config, input()));
      assert.match(error.message, /upstream/);
      assert.deepEqual(await content(db), []);
      assert.deepEqual(await tables(db), ["t"]);
    }
  }
});

Deno.test("mysql.writer replaces all rows and keeps the table's indexes", async () => {
  await using db = await server.database("replace");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT COMMENT 'AUTO_INCREMENT=9', " +
      "v VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'd' CHECK (v <> 'x'), " +
      "size INT AS (CHAR_LENGTH(v)) STORED INVISIBLE, KEY v_index (v)) " +
      "ROW_FORMAT=DYNAMIC COMMENT ') AUTO_INCREMENT=7' " +
      "PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (5), PARTITION high VALUES LESS THAN MAXVALUE);" +
      "INSERT INTO t (id, v) VALUES (1,'old'),(41,'old'); DELETE FROM t WHERE id = 41",
  );
  const [before] = await db.sql("SHOW CREATE TABLE t");
  const config = { table: "t", mode: "replace" };
  await write(db.connection, config, [rows([7, "new"], [8, null])]);
  assert.deepEqual(await content(db), ["7,new", "8,"]);
  const [after] = await db.sql("SHOW CREATE TABLE t");
  // Down to the next number: one that was given away must not come again.
  assert.match(String(before["Create Table"]), / AUTO_INCREMENT=42 /);
  assert.equal(after["Create Table"], before["Create Table"]);
  const error = await refusal(() =>
    write(db.connection, config, [rows([1, "a"], [1, "b"])])
  );
  assert.equal(error.code, "sql/duplicate-key");
  assert.deepEqual(await content(db), ["7,new", "8,"]);
  assert.deepEqual(await tables(db), ["t"]);
  await write(db.connection, { table: "t", "truncate_before": true }, [rows()]);
  assert.deepEqual(await content(db), []);
});

Deno.test("mysql.writer leaves a number that nobody sees to the server", async () => {
  await using db = await server.database("invisible");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9), nr INT NOT NULL AUTO_INCREMENT INVISIBLE UNIQUE); INSERT INTO t (id, v) VALUES (1,'old')",
  );
  for (const mode of ["append", "upsert", "replace"]) {
    const config = { table: "t", mode, "upsert_keys": "id" };
    await write(db.connection, config, [rows([2, mode])])
      .catch((error) => assert.fail(`${mode}: ${error.message}`));
    await db.sql("DELETE FROM t WHERE id = 1");
    const found = await db.sql("SELECT id, v, nr > 0 AS is_there FROM t");
    assert.deepEqual(found, [{ id: "2", v: mode, "is_there": "1" }]);
  }
});

Deno.test("mysql.writer gets along with the rights that its page names", async () => {
  const rights = {
    append: "INSERT",
    "append with a mark": "INSERT, CREATE, SELECT, DELETE, DROP, LOCK TABLES",
    replace: "SELECT, INSERT, CREATE, ALTER, DROP",
    upsert: "SELECT, INSERT, UPDATE, CREATE TEMPORARY TABLES",
  };
  for (const [name, list] of Object.entries(rights)) {
    await using db = await server.database("rights");
    await db.sql("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v TEXT)");
    const user = `u_${db.name.slice(-8)}`;
    await server.sql(
      `CREATE USER ${user}@'%' IDENTIFIED BY 'x'; GRANT ${list} ON \`${db.name}\`.* TO ${user}@'%'`,
    );
    try {
      const connection = { ...db.connection, user, password: "x" };
      const mode = name.split(" ")[0];
      const driven = await write(connection, {
        table: "t",
        mode,
        "upsert_keys": "id",
      }, [rows([1, "a"])]);
      assert.deepEqual(await content(db), ["1,a"], name);
      assert.deepEqual(await tables(db), ["t"], name);
      const isUnmarked = eventsOf(driven, "commit_unmarked").length > 0;
      assert.equal(isUnmarked, name === "append", name);
    } finally {
      await server.sql(`DROP USER ${user}@'%'`);
    }
  }
});

Deno.test("mysql.writer writes to a table of another schema", async () => {
  await using db = await server.database("here");
  await using other = await server.database("there");
  await other.sql("CREATE TABLE t (id INT PRIMARY KEY, v TEXT)");
  for (const mode of ["append", "replace", "upsert"]) {
    const config = {
      table: "t",
      schema: other.name,
      mode,
      "upsert_keys": "id",
    };
    await write(db.connection, config, [
      rows([mode === "append" ? 1 : 2, mode]),
    ]);
  }
  assert.deepEqual(await content(other), ["2,upsert"]);
  assert.deepEqual(await tables(other), ["t"]);
  assert.deepEqual(await tables(db), []);
});

Deno.test("mysql.writer replaces in place what triggers and foreign keys hang on", async () => {
  await using db = await server.database("tied");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9), g INT AS (id * 2) STORED); INSERT INTO t (id, v) VALUES (1,'old');" +
      "CREATE TABLE child (t_id INT, FOREIGN KEY (t_id) REFERENCES t (id));",
  );
  const config = { table: "t", mode: "replace" };
  const driven = await write(db.connection, config, [rows([2, "new"])]);
  assert.deepEqual(eventsOf(driven, "replaced_in_place"), [
    { because: "foreign keys" },
  ]);
  assert.deepEqual(await content(db), ["2,new,4"]);
  await db.sql("INSERT INTO child VALUES (2)");
  const error = await refusal(() =>
    write(db.connection, config, [rows([3, "x"])])
  );
  assert.equal(error.code, "sql/constraint");
  assert.deepEqual(await content(db), ["2,new,4"]);
  assert.deepEqual(await tables(db), ["child", "t"]);
});

Deno.test("mysql.writer makes a table with all its rows, or none", async () => {
  await using db = await server.database("create");
  const batch = batchOf(
    ["id", types.int64, [1n, 2n], { nullable: false }],
    ["amount", decimal(12, 2), [150n, null]],
    ["at", types.timestampUtc, [1_700_000_000_000_001n, null]],
    ["day", types.date, [19_000, null]],
    ["name", types.utf8, ["a", null]],
    ["ok", types.bool, [true, null]],
    ["doc", types.json, ['{"a":1}', null]],
    ["raw", types.binary, [new Uint8Array([0, 31, 255]), null]],
  );
  const config = { table: "made", "create_table": true, "primary_key": ["id"] };
  const missing = await refusal(() =>
    write(db.connection, { table: "made" }, [batch])
  );
  assert.equal(missing.code, "sql/unknown-table");
  await write(db.connection, config, [structuredClone(batch)]);
  assert.deepEqual(await content(db, "made"), [
    '1,1.50,2023-11-14 22:13:20.000001,2022-01-08,a,1,{"a":1},0,31,255',
    "2,,,,,,,",
  ]);
  const [created] = await db.sql("SHOW CREATE TABLE made");
  assert.match(String(created["Create Table"]), /PRIMARY KEY \(`id`\)/);
  const error = await refusal(() =>
    write(db.connection, { ...config, table: "half" }, [
      batch,
      structuredClone(batch),
    ])
  );
  assert.equal(error.code, "sql/duplicate-key");
  assert.deepEqual(await tables(db), ["made"]);
});

Deno.test("mysql.writer makes no table without columns", async () => {
  await using db = await server.database("columnless");
  const empty: Batch = { schema: { fields: [] }, length: 0, columns: [] };
  const error = await refusal(() =>
    write(db.connection, { table: "t", "create_table": true }, [empty])
  );
  assert.equal(error.code, "data/missing-column");
  assert.deepEqual(await tables(db), []);
});

Deno.test("mysql.writer makes a copy with the source's types, lengths, NULLs and key", async () => {
  await using db = await server.database("copy");
  await db.sql(
    "SET sql_mode=''; CREATE TABLE source (grp INT NOT NULL, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, " +
      "name VARCHAR(17) CHARACTER SET latin1 NOT NULL, price DECIMAL(30,7) NOT NULL, day DATE NOT NULL, " +
      "at TIMESTAMP(3) NULL, twice INT AS (grp * 2) STORED, kind ENUM('a','b') NOT NULL, PRIMARY KEY (id, grp));" +
      "INSERT INTO source (grp, name, price, day, kind) VALUES (1,'é',0.0000001,'0000-00-00','b'),(0,'',-1,'2024-02-00','a')",
  );
  const { batches } = await read(db.connection, {
    table: "source",
    "zero_dates": "text",
  });
  await write(db.connection, {
    table: "copy",
    "create_table": true,
  }, batches);
  const columns = (table: string) =>
    db.sql(
      "SELECT column_name n, column_type t, is_nullable u, character_set_name c, column_key k " +
        `FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '${table}' ORDER BY 1`,
    );
  // Of zero dates only text remains when they are read as text.
  const but = (rows: Record<string, unknown>[]) =>
    rows.filter(({ n }) => n !== "day");
  assert.deepEqual(but(await columns("copy")), but(await columns("source")));
  await db.sql("CREATE TABLE plain LIKE source; ALTER TABLE plain DROP twice");
  const names = batches[0].schema.fields.map(({ name }) => name)
    .filter((name) => name !== "twice");
  await write(db.connection, { table: "plain", columns: names }, batches);
  assert.deepEqual(
    await db.sql(`SELECT ${names} FROM plain ORDER BY id`),
    await db.sql(`SELECT ${names} FROM source ORDER BY id`),
  );
});

Deno.test("mysql.writer makes a copy with the source's key in its order", async () => {
  await using db = await server.database("ordered");
  await db.sql(
    "CREATE TABLE source (a INT, b INT, c INT, d INT, PRIMARY KEY (d, a, c)); INSERT INTO source VALUES (1,2,3,4)",
  );
  const keyOf = async (table: string) =>
    (await db.sql(
      `SHOW INDEX FROM ${table} WHERE key_name = 'PRIMARY'`,
    )).map((row) => row.Column_name);
  const copy = async (table: string, config: object) => {
    const { batches } = await read(db.connection, config as never);
    await write(db.connection, { table, "create_table": true }, batches);
    return await keyOf(table);
  };
  assert.deepEqual(await copy("whole", { table: "source" }), ["d", "a", "c"]);
  const columns = ["c", "d", "a"];
  assert.deepEqual(
    await copy("some", { table: "source", columns }),
    ["d", "a", "c"],
  );
});

Deno.test("mysql.writer gives a table that it makes the types it is told", async () => {
  await using db = await server.database("types");
  await write(db.connection, {
    table: "t",
    "create_table": true,
    columns: { id: "key", v: "text" },
    "column_types": { text: "VARCHAR(7) NOT NULL" },
  }, [rows([1, "a"])]);
  const [{ "Create Table": made }] = await db.sql("SHOW CREATE TABLE t");
  assert.match(String(made), /`text` varchar\(7\) NOT NULL/);
  assert.match(String(made), /`key` int\(11\) DEFAULT NULL/);
});

Deno.test("mysql.writer changes rows with the same keys and adds the others", async () => {
  await using db = await server.database("upsert");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9), kept INT DEFAULT 5); INSERT INTO t VALUES (1,'old',1),(2,'old',2)",
  );
  const config = { table: "t", mode: "upsert", "upsert_keys": ["id"] };
  const driven = await write(db.connection, config, [
    rows([2, "new"]),
    rows([3, "new"], [1, "old"]),
  ]);
  assert.equal(driven.report?.rowsWritten, 3);
  assert.deepEqual(await content(db), ["1,old,1", "2,new,2", "3,new,5"]);
  assert.deepEqual(await tables(db), ["t"]);
});

Deno.test("mysql.writer finds a row by a key that is equal to the server, and writes it as it is", async () => {
  await using db = await server.database("spelling");
  const put = (id: string) =>
    write(db.connection, { table: "t", mode: "upsert", "upsert_keys": "id" }, [
      batchOf(["id", types.utf8, [id]], ["v", types.int32, [2]]),
    ]);
  for (const other of ["", ", UNIQUE (v, id)"]) {
    await db.sql(
      `DROP TABLE IF EXISTS t; CREATE TABLE t (id VARCHAR(9) PRIMARY KEY, v INT${other}); INSERT INTO t VALUES ('a', 1), ('é ', 1)`,
    );
    await put("A");
    await put("e");
    assert.deepEqual(await content(db), ["A,2", "e,2"]);
  }
});

Deno.test("mysql.writer refuses keys that are NULL, occur twice, or are none", async () => {
  await using db = await server.database("keys");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9)); INSERT INTO t VALUES (1,'old')",
  );
  const config = { table: "t", mode: "upsert", "upsert_keys": "id" };
  const codes: [Batch, object, string][] = [
    [rows([1, "a"], [null, "b"]), config, "data/null-key"],
    [rows([1, "a"], [1, "b"]), config, "data/duplicate-key"],
    [rows([1, "a"]), { ...config, "upsert_keys": "v" }, "config/invalid"],
    [rows([1, "a"]), { ...config, "upsert_keys": "nope" }, "config/invalid"],
    [rows([1, "a"]), { table: "t", mode: "upsert" }, "config/invalid"],
    [
      batchOf(["v", types.utf8, ["a"]]),
      config,
      "data/missing-column",
    ],
  ];
  for (const [batch, settings, code] of codes) {
    const error = await refusal(() =>
      write(db.connection, settings as Record<string, unknown>, [batch])
    );
    assert.equal(error.code, code, error.message);
    assert.deepEqual(await content(db), ["1,old"]);
  }
});

Deno.test("mysql.writer never changes the row that is the same by another key", async () => {
  await using db = await server.database("two_keys");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9) UNIQUE, n INT DEFAULT 0); INSERT INTO t VALUES (1,'a',1),(2,'b',2)",
  );
  const config = { table: "t", mode: "upsert", "upsert_keys": "id" };
  // By ON DUPLICATE KEY this would turn row 2 into another.
  const error = await refusal(() =>
    write(db.connection, config, [rows([3, "b"])])
  );
  assert.equal(error.code, "sql/duplicate-key");
  assert.deepEqual(await content(db), ["1,a,1", "2,b,2"]);
  await write(db.connection, config, [rows([2, "c"], [4, "d"])]);
  assert.deepEqual(await content(db), ["1,a,1", "2,c,2", "4,d,0"]);
});

Deno.test("mysql.writer commits in parts when told, and says what stays", async () => {
  await using db = await server.database("parts");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(9))");
  const config = { table: "t", "commit_every": 2 };
  const error = await refusal(() =>
    write(db.connection, config, [
      rows([1, "a"], [2, "b"], [3, "c"]),
      rows([4, "d"], [5, "e"], [5, "f"]),
    ])
  );
  assert.equal(error.code, "sql/duplicate-key");
  assert.equal(error.details?.committed, 4);
  assert.equal((await content(db)).length, 4);
  const driven = await write(db.connection, config, [rows([6, "a"], [7, "b"])]);
  assert.deepEqual(eventsOf(driven, "committed"), [{ rows: 2 }]);
});

Deno.test("mysql.writer maps columns, and refuses what has no place", async () => {
  await using db = await server.database("map");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(9), must INT NOT NULL, g INT AS (id + 1))",
  );
  const batch = batchOf(
    ["ID", types.int32, [1]],
    ["n", types.utf8, ["x"]],
    ["must", types.int8, [5]],
    ["g", types.int32, [0]],
  );
  const codes: [object, string][] = [
    [{ columns: ["ID", "must", "nope"] }, "data/missing-column"],
    [{}, "sql/unknown-column"],
    [{ columns: ["ID"] }, "data/missing-column"],
    [{ columns: ["ID", "must", "g"] }, "sql/constraint"],
    [{ columns: { ID: "id", n: "id", must: "must" } }, "data/duplicate-column"],
  ];
  for (const [config, code] of codes) {
    const error = await refusal(() =>
      write(db.connection, { table: "t", ...config }, [structuredClone(batch)])
    );
    assert.equal(error.code, code, error.message);
  }
  const columns = { ID: "id", n: "name", must: "must" };
  await write(db.connection, { table: "t", columns }, [batch]);
  assert.deepEqual(await content(db), ["1,x,5,2"]);
});

Deno.test("mysql.writer refuses to add to a table that can't undo, but replaces it", async () => {
  await using db = await server.database("engine");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v TEXT) ENGINE=MyISAM; INSERT INTO t VALUES (1,'old')",
  );
  for (const mode of ["append", "upsert"]) {
    const config = { table: "t", mode, "upsert_keys": "id" };
    const error = await refusal(() =>
      write(db.connection, config, [rows([2, "b"])])
    );
    assert.match(error.message, /MyISAM/);
  }
  await write(db.connection, { table: "t", mode: "replace" }, [rows([2, "b"])]);
  assert.deepEqual(await content(db), ["2,b"]);
});

Deno.test("mysql.writer takes values of more than 16 MiB by LOAD DATA, and refuses them by INSERT", async () => {
  await using own = await startMariadb({
    args: ["--max-allowed-packet=16M", "--innodb-log-file-size=512M"],
  });
  await using db = await own.database("huge");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)");
  const big = "0123456789abcdef".repeat(1_250_000);
  await write(db.connection, { table: "t" }, [rows([1, big], [2, "x"])]);
  const [row] = await db.sql(
    "SELECT LENGTH(v) n, MD5(v) = MD5(REPEAT('0123456789abcdef', 1250000)) s FROM t WHERE id = 1",
  );
  assert.deepEqual(row, { n: "20000000", s: null });
  const error = await refusal(() =>
    write(db.connection, { table: "t", bulk: "insert" }, [rows([3, big])])
  );
  assert.equal(error.code, "sql/packet-too-large");
  assert.equal((await db.sql("SELECT id FROM t")).length, 2);
});

Deno.test("mysql.writer removes what a killed run left, and nothing of a live one", async () => {
  await using db = await server.database("sweep");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v TEXT);" +
      "CREATE TABLE _osiris_0123456789ab_new_t (id INT); CREATE TABLE _osiris_aaaaaaaaaaaa_old_t (id INT);" +
      "CREATE TABLE _osiris_0123456789ab_new_other (id INT); CREATE TABLE _osiris_mine (id INT)",
  );
  await using live = await db.session();
  await live.sql("DO GET_LOCK('_osiris_aaaaaaaaaaaa', 0)");
  const driven = await write(db.connection, { table: "t", mode: "replace" }, [
    rows([1, "a"]),
  ]);
  assert.deepEqual(eventsOf(driven, "swept"), [
    { table: "_osiris_0123456789ab_new_t" },
  ]);
  assert.deepEqual(await tables(db), [
    ...["_osiris_0123456789ab_new_other", "_osiris_aaaaaaaaaaaa_old_t"],
    ...["_osiris_mine", "t"],
  ]);
});
