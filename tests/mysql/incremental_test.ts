import assert from "node:assert/strict";
import type { Json } from "../../src/driver/driver.ts";
import { rowsOf } from "../kit/assert_table.ts";
import { refusal } from "../kit/faults.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { eventsOf, read } from "./kit.ts";

const server = await sharedMariadb();

const ids = (
  driven: Awaited<ReturnType<typeof read>>,
): number[] =>
  rowsOf(driven.batches).map(([id]) => Number(id)).sort((a, b) => a - b);

Deno.test("mysql.extractor reads with a cursor what is new since the kept state", async () => {
  await using db = await server.database("cursor");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, at DATETIME(6) NOT NULL);" +
      "INSERT INTO t VALUES (1,'2024-01-01 00:00:00.5'),(2,'2024-01-01 00:00:01')",
  );
  const config = { table: "t", cursor: { column: "at" } };
  const first = await read(db.connection, config);
  assert.deepEqual(ids(first), [1, 2]);
  await db.sql("INSERT INTO t VALUES (3,'2024-01-01 00:00:01.000001')");
  const second = await read(db.connection, config, { state: first.state });
  assert.deepEqual(ids(second), [3]);
  const third = await read(db.connection, config, { state: second.state });
  assert.deepEqual(ids(third), []);
  assert.deepEqual(third.state, second.state);
  await db.sql(
    "DELETE FROM t WHERE id > 1; INSERT INTO t VALUES (4,'2024-01-01 00:00:00.7')",
  );
  const fourth = await read(db.connection, config, { state: third.state });
  assert.deepEqual(fourth.state, second.state, "the kept value never falls");
});

Deno.test("mysql.extractor finds rows that were committed late, once", async () => {
  await using db = await server.database("overlap");
  await db.sql(
    "CREATE TABLE t (id INT, part VARCHAR(5), n BIGINT, PRIMARY KEY (id, part));" +
      "INSERT INTO t VALUES (1,'a',100),(2,'a',109),(3,'b',110)",
  );
  const config = {
    query: "SELECT * FROM t ORDER BY id",
    cursor: { column: "n", overlap: 10, keys: ["id", "part"] },
  };
  const first = await read(db.connection, config);
  assert.deepEqual(ids(first), [1, 2, 3]);
  await db.sql(
    "INSERT INTO t VALUES (4,'a',105),(5,'a',99),(3,'c',110),(6,'a',111)",
  );
  const second = await read(db.connection, config, { state: first.state });
  // 99 lies below the overlap; (3, 'c') is another row than (3, 'b').
  assert.deepEqual(ids(second), [3, 4, 6]);
  const third = await read(db.connection, config, { state: second.state });
  assert.deepEqual(ids(third), []);
});

Deno.test("mysql.extractor reads a row again that was changed within the overlap", async () => {
  await using db = await server.database("changed");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, at DATETIME(6) NOT NULL);" +
      "INSERT INTO t VALUES (1,'2024-01-01 10:00:00.25'),(2,'2024-01-01 10:05:00')",
  );
  const config = {
    table: "t",
    cursor: { column: "at", overlap: "10 minutes", keys: ["id"] },
  };
  const first = await read(db.connection, config);
  assert.deepEqual(ids(first), [1, 2]);
  // Committed late: its time lies below the greatest that was read.
  await db.sql("UPDATE t SET at = '2024-01-01 10:03:00.5' WHERE id = 1");
  const second = await read(db.connection, config, { state: first.state });
  assert.deepEqual(ids(second), [1]);
  const third = await read(db.connection, config, { state: second.state });
  assert.deepEqual(ids(third), []);
});

Deno.test("mysql.extractor reads what is new of a query with values, and of a table's part", async () => {
  await using db = await server.database("params");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, who VARCHAR(9), n INT);" +
      "INSERT INTO t VALUES (1,'a?',1),(2,'b',NULL),(3,'a?',3)",
  );
  const cursor = { column: "n", overlap: 1, keys: ["id"] };
  for (
    const source of [
      { query: "SELECT * FROM t WHERE who = ? AND id > ?" },
      // Rows that it leaves out may well have no cursor.
      { table: "t", where: "who = ? AND id > ?" },
    ]
  ) {
    const config = { ...source, params: ["a?", 0.5], cursor };
    const first = await read(db.connection, config);
    assert.deepEqual(ids(first), [1, 3]);
    await db.sql("INSERT INTO t VALUES (4,'b',4),(5,'a?',3)");
    const second = await read(db.connection, config, { state: first.state });
    assert.deepEqual(ids(second), [5]);
    await db.sql("DELETE FROM t WHERE id > 3");
  }
});

Deno.test("mysql.extractor refuses a cursor beside what would leave rows out for good", async () => {
  await using db = await server.database("refused");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, f FLOAT NOT NULL)");
  for (
    const more of [
      { limit: 2 },
      { offset: 1 },
      { partition: { column: "id", parts: 2 } },
      { cursor: { column: "f" } },
    ]
  ) {
    const config = { table: "t", cursor: { column: "id" }, ...more };
    const error = await refusal(() => read(db.connection, config));
    assert.equal(error.code, "config/invalid", JSON.stringify(more));
  }
});

Deno.test("mysql.extractor reads a range for a backfill without looking at the state", async () => {
  await using db = await server.database("backfill");
  await db.sql(
    "CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_10",
  );
  const driven = await read(
    db.connection,
    {
      table: "t",
      cursor: { column: "id", from: 3, to: 6, overlap: 2, keys: ["id"] },
    },
    { state: { column: "id", value: "9", seen: [["5"]] } },
  );
  assert.deepEqual(ids(driven), [4, 5, 6]);
});

Deno.test("mysql.extractor treats NULLs in the cursor column as told", async () => {
  await using db = await server.database("nulls");
  await db.sql(
    "CREATE TABLE t (id INT, n INT); INSERT INTO t VALUES (1,1),(2,NULL)",
  );
  const config = (nulls: string) => ({
    table: "t",
    cursor: { column: "n", nulls },
  });
  const error = await refusal(() => read(db.connection, config("error")));
  assert.equal(error.code, "data/null-key");
  assert.deepEqual(ids(await read(db.connection, config("skip"))), [1]);
  assert.deepEqual(ids(await read(db.connection, config("include"))), [1, 2]);
});

Deno.test("mysql.extractor refuses the state of another column", async () => {
  await using db = await server.database("state");
  await db.sql("CREATE TABLE t (id INT, n INT)");
  const error = await refusal(() =>
    read(db.connection, { table: "t", cursor: { column: "n" } }, {
      state: { column: "id", value: "1" },
    })
  );
  assert.equal(error.code, "state/invalid");
});

Deno.test("mysql.extractor leaves rows that come in while it reads to the next run", async () => {
  await using db = await server.database("meanwhile");
  await makeNumbers(db, 100_000);
  const config = { table: "t", cursor: { column: "id" } };
  let writing: Promise<unknown> | undefined;
  const first = await read(db.connection, config, {
    progress: () => {
      writing ??= db.sql("INSERT INTO t (id) VALUES (100001)");
    },
  });
  assert.equal(ids(first).length, 100_000);
  await writing;
  const second = await read(db.connection, config, { state: first.state });
  assert.deepEqual(ids(second), [100_001]);
});

/** A type of a cursor, two values and one above them, as SQL. */
const GROWING: readonly (readonly [string, string, string, string])[] = [
  ["BIGINT UNSIGNED", "0", "18446744073709551614", "18446744073709551615"],
  ["DECIMAL(40,30)", "-1", "0.1", "0.100000000000000000000000000001"],
  ["DOUBLE", "0.1", "0.30000000000000004", "0.3000000000000001"],
  ["BIT(64)", "1", "18446744073709551614", "18446744073709551615"],
  ["YEAR", "0", "2154", "2155"],
  ["DATE", "'0001-01-01'", "'2024-02-28'", "'2024-02-29'"],
  ["TIME(6)", "'-10:00:00'", "'99:00:00'", "'100:00:00.000001'"],
  [
    "DATETIME(6)",
    "'1000-01-01'",
    "'2024-01-01'",
    "'2024-01-01 00:00:00.000001'",
  ],
  [
    "TIMESTAMP(6)",
    "'1980-01-01'",
    "'2024-01-01'",
    "'2024-01-01 00:00:00.000001'",
  ],
];

Deno.test("mysql.extractor reads each row once by a cursor of any type that grows", async () => {
  await using db = await server.database("growing");
  const config = { table: "t", cursor: { column: "c" } };
  for (const [type, low, high, next] of GROWING) {
    await db.sql(
      `DROP TABLE IF EXISTS t; CREATE TABLE t (id INT PRIMARY KEY, c ${type}); INSERT INTO t VALUES (1, ${low}), (2, ${high})`,
    );
    const first = await read(db.connection, config);
    assert.deepEqual(ids(first), [1, 2], type);
    await db.sql(`INSERT INTO t VALUES (3, ${next})`);
    const second = await read(db.connection, config, { state: first.state });
    assert.deepEqual(ids(second), [3], type);
  }
});

Deno.test("mysql.extractor takes no cursor of which a row could be overlooked", async () => {
  await using db = await server.database("overlooked");
  const types = [
    "VARCHAR(9)",
    "VARBINARY(9)",
    "ENUM('z','a')",
    "JSON",
    "FLOAT",
  ];
  for (const type of types) {
    await db.sql(`DROP TABLE IF EXISTS t; CREATE TABLE t (id INT, c ${type})`);
    const error = await refusal(() =>
      read(db.connection, { table: "t", cursor: { column: "c" } })
    );
    assert.equal(error.code, "config/invalid", type);
  }
});

Deno.test("mysql.extractor takes a kept instant for no other, whatever the session's zone", async () => {
  await using db = await server.database("instants");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, c TIMESTAMP, d DATETIME); SET time_zone = '+00:00'; INSERT INTO t VALUES (1, '2024-06-01 10:00:00', '2024-06-01')",
  );
  const inZone = (zone: string, column: string, state: Json = null) =>
    read({ ...db.connection, "time_zone": zone }, {
      table: "t",
      cursor: { column },
    }, { state });
  const first = await inZone("+02:00", "c");
  await db.sql(
    "SET time_zone = '+00:00'; INSERT INTO t VALUES (2, '2024-06-01 11:00:00', '2024-06-02')",
  );
  assert.deepEqual(ids(await inZone("+02:00", "c", first.state)), [2]);
  for (const zone of ["+00:00", "+01:00"]) {
    const error = await refusal(() => inZone(zone, "c", first.state));
    assert.equal(error.code, "state/invalid", zone);
  }
  // The zone of the tests' machine, which for all that is known changes in spring and autumn.
  const error = await refusal(() => inZone("SYSTEM", "c"));
  assert.equal(error.code, "config/invalid");
  const { state } = await inZone("SYSTEM", "d");
  assert.deepEqual(ids(await inZone("+01:00", "d", state)), []);
});

Deno.test("mysql.extractor reads in one what has no states, and says so", async () => {
  await using db = await server.database("stateless");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO t VALUES (1), (2)",
  );
  for (const schema of [null, db.name]) {
    const driven = await read(db.connection, {
      ...{ table: "t", schema, partition: { column: "id", parts: 2 } },
    });
    assert.deepEqual(ids(driven), [1, 2]);
    assert.equal(eventsOf(driven, "partition_skipped").length, 1);
  }
});

Deno.test("mysql.extractor reads in parts what it reads in one, NULLs included", async () => {
  await using db = await server.database("parts");
  await makeNumbers(db, 5000);
  for (const column of ["id", "few"]) {
    const parted = await read(db.connection, {
      table: "t",
      partition: { column, parts: 4 },
    });
    assert.equal(ids(parted).length, 5000);
    assert.deepEqual(
      ids(parted),
      Array.from({ length: 5000 }, (_, i) => i + 1),
    );
    assert.deepEqual(eventsOf(parted, "partition_skipped"), []);
  }
});

Deno.test("mysql.extractor sees one state of the table over all parts while others write", async () => {
  await using db = await server.database("shared");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO t SELECT seq, 0 FROM seq_1_to_2000",
  );
  let isOver = false;
  const writing = (async () => {
    await using session = await db.session();
    // Each commit changes both ends, so that a torn read has rows of two rounds.
    for (let round = 1; !isOver; round++) {
      await session.sql(`UPDATE t SET n = ${round} WHERE id < 11 OR id > 1990`);
    }
  })();
  try {
    for (let i = 0; i < 15; i++) {
      const { batches, events } = await read(db.connection, {
        table: "t",
        partition: { column: "id", parts: 3 },
      });
      assert.deepEqual(eventsOf({ events }, "partition_skipped"), []);
      const ends = rowsOf(batches).filter(([id]) =>
        Number(id) < 11 || Number(id) > 1990
      );
      assert.equal(ends.length, 20);
      assert.equal(new Set(ends.map(([, n]) => n)).size, 1);
    }
  } finally {
    isOver = true;
    await writing;
  }
});

Deno.test("mysql.extractor reads over one connection when it may not lock the table, and says so", async () => {
  await using db = await server.database("unlocked");
  await makeNumbers(db, 100);
  const user = `u_${db.name.slice(-8)}`;
  await server.sql(
    `CREATE USER ${user}@'%' IDENTIFIED BY 'x'; GRANT SELECT ON \`${db.name}\`.* TO ${user}@'%'`,
  );
  try {
    const driven = await read({ ...db.connection, user, password: "x" }, {
      table: "t",
      partition: { column: "id", parts: 2 },
    });
    assert.equal(ids(driven).length, 100);
    assert.equal(eventsOf(driven, "partition_skipped")[0].code, "sql/denied");
  } finally {
    await server.sql(`DROP USER ${user}@'%'`);
  }
});

async function makeNumbers(db: MariadbDatabase, rows: number): Promise<void> {
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, few TINYINT); " +
      `INSERT INTO t SELECT seq, IF(seq % 3 = 0, NULL, CAST(seq % 5 AS SIGNED) - 2) FROM seq_1_to_${rows}`,
  );
}
