import assert from "node:assert/strict";
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf, type Cell } from "../kit/table.ts";
import { eventsOf, write } from "./kit.ts";

const server = await sharedMariadb();

/** Column type, type of the input, value, and the code or what is stored. */
type Case = readonly [string, LogicalType, Cell, RegExp | string];

const REFUSED = /^(data\/(lossy|type)|sql\/(out-of-range|data-too-long))$/;

const CASES: readonly Case[] = [
  // What the server would change without a word.
  ["int", types.utf8, "1.5", REFUSED],
  ["int", types.utf8, "1.0", "1"],
  ["int", types.float64, 2.5, REFUSED],
  ["int", types.float64, 3, "3"],
  ["int", decimal(5, 1), 25n, REFUSED],
  ["tinyint", types.utf8, "true", "1"],
  ["datetime", types.utf8, "2024-01-01 00:00:00.5", REFUSED],
  ["datetime", types.utf8, "2024-01-01 00:00:00.000", "2024-01-01 00:00:00"],
  ["datetime(3)", types.timestamp, 1_700_000_000_123_456n, REFUSED],
  [
    "datetime(3)",
    types.timestamp,
    1_700_000_000_123_000n,
    "2023-11-14 22:13:20.123",
  ],
  ["datetime(3)", types.timestamp, -1n, REFUSED],
  ["time", types.time, 1_500_000n, REFUSED],
  ["time", types.time, -2_000_000n, "-00:00:02"],
  ["date", types.timestamp, 1_700_000_000_000_000n, REFUSED],
  ["date", types.timestamp, 86_400_000_000n, "1970-01-02"],
  ["date", types.utf8, "24-01-05", REFUSED],
  ["datetime", types.utf8, "24-01-05 00:00:00", REFUSED],
  ["timestamp", types.utf8, "2024-01-01T10:00:00Z", "2024-01-01 10:00:00"],
  ["char(5)", types.utf8, "ab ", REFUSED],
  ["varchar(5)", types.utf8, "ab ", "ab "],
  ["binary(3)", types.binary, new Uint8Array([1]), REFUSED],
  ["enum('a','b')", types.utf8, "1", REFUSED],
  ["enum('a','b')", types.utf8, "A", REFUSED],
  ["enum('a','1')", types.utf8, "1", "1"],
  ["set('x','y')", types.utf8, "3", REFUSED],
  ["set('x','y')", types.utf8, "x,y", "x,y"],
  ["year", types.utf8, "99", REFUSED],
  ["year", types.int32, 2024, "2024"],
  ["year", types.int32, 70, REFUSED],
  ["float", types.float64, 1 / 3, REFUSED],
  ["float", types.float64, 0.1, "0.1"],
  ["float", types.int32, 16_777_217, REFUSED],
  ["double", types.int64, 2n ** 53n + 1n, REFUSED],
  ["double", types.int64, 2n ** 53n, "9.007199254740992e15"],
  ["double", types.utf8, "0.1234567890123456789", REFUSED],
  ["double", types.float64, NaN, REFUSED],
  ["bit(4)", types.utf8, "abc", REFUSED],
  ["bit(4)", types.int32, 16, REFUSED],
  // What the server says something about.
  ["decimal(5,2)", types.utf8, "1.005", REFUSED],
  ["decimal(5,2)", types.utf8, "1.500", "1.50"],
  ["decimal(5,2)", decimal(10, 2), 100_000n, REFUSED],
  ["tinyint unsigned", types.int32, -1, REFUSED],
  ["varchar(2)", types.utf8, "ab ", REFUSED],
  ["varchar(5) character set latin1", types.utf8, "ř", REFUSED],
  ["date", types.utf8, "2024-02-30", REFUSED],
  ["int", types.utf8, "", REFUSED],
  ["uuid", types.utf8, "x", REFUSED],
  // What doesn't go in at all.
  ["int", types.date, 1, REFUSED],
  ["date", types.int32, 20_240_101, REFUSED],
  ["varchar(5)", types.binary, new Uint8Array([1]), REFUSED],
  ["blob", types.int32, 1, REFUSED],
  ["blob", types.utf8, "xyz", REFUSED],
  ["enum('a','b')", types.int32, 1, REFUSED],
];

Deno.test("mysql.writer stores a value exactly or refuses it, by both ways of sending it", async () => {
  await using db = await server.database("lossy");
  for (const [index, [column, type, value, expected]] of CASES.entries()) {
    await db.sql(`CREATE TABLE t${index} (v ${column} NULL)`);
    for (const bulk of ["load_data", "insert"]) {
      const label = `${String(value)} into ${column} by ${bulk}`;
      const batch = batchOf(["v", type, [value]]);
      const writing = write(db.connection, { table: `t${index}`, bulk }, [
        batch,
      ]);
      if (typeof expected === "string") {
        await writing;
        const [row] = await db.sql(`SELECT v FROM t${index} LIMIT 1`);
        assert.equal(row.v, expected, label);
      } else {
        const { code } = await refusal(() => writing).catch((error) => {
          throw new Error(label, { cause: error });
        });
        assert.match(code, expected, label);
        assert.deepEqual(await db.sql(`SELECT v FROM t${index}`), [], label);
      }
    }
  }
});

Deno.test("mysql.writer cuts and rounds where it is allowed to, and counts", async () => {
  await using db = await server.database("allowed");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, d DECIMAL(5,1), c CHAR(3), x VARCHAR(2))",
  );
  const batch = () =>
    batchOf(
      ["id", types.int32, [1, 2, 3]],
      ["d", types.utf8, ["1.25", "2.5", "3.33"]],
      ["c", types.utf8, ["a ", "b", "c "]],
      ["x", types.utf8, ["ok", "ok", "ok"]],
    );
  const config = { table: "t", "allow_lossy": ["d", "c"] };
  const driven = await write(db.connection, config, [batch()]);
  assert.deepEqual(eventsOf(driven, "lossy"), [{ column: "c", values: 2 }]);
  assert.equal((await db.sql("SELECT id FROM t")).length, 3);
  // A row that is left out is no value that is rounded.
  const twice = await refusal(() => write(db.connection, config, [batch()]));
  assert.equal(twice.code, "sql/duplicate-key");
  await db.sql("DELETE FROM t");
  const error = await refusal(() =>
    write(db.connection, { ...config, "allow_lossy": ["c"] }, [batch()])
  );
  assert.equal(error.code, "data/lossy");
});

Deno.test("mysql.writer knows a column under allow_lossy by the input's name and by the table's", async () => {
  await using db = await server.database("renamed");
  await db.sql("CREATE TABLE t (d DECIMAL(5,1), c CHAR(3))");
  const batch = () =>
    batchOf(["x", types.utf8, ["1.25"]], ["y", types.utf8, ["a "]]);
  const columns = { x: "d", y: "c" };
  for (const names of [["x", "y"], ["d", "c"]]) {
    for (const bulk of ["load_data", "insert"]) {
      const config = { table: "t", columns, bulk, "allow_lossy": names };
      const driven = await write(db.connection, config, [batch()]);
      assert.deepEqual(eventsOf(driven, "lossy"), [{ column: "y", values: 1 }]);
    }
  }
  assert.equal((await db.sql("SELECT d FROM t")).length, 4);
});

Deno.test("mysql.writer refuses options for columns that aren't there, and says which are", async () => {
  await using db = await server.database("no_such");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, price INT)");
  const batch = () =>
    batchOf(["id", types.int32, [1]], ["price", types.int32, [2]]);
  const made = { table: "made", "create_table": true };
  const upsert = { table: "t", mode: "upsert" };
  const cases: [object, string][] = [
    [{ table: "t", "allow_lossy": ["prize"] }, 'Did you mean "price"?'],
    [{ table: "t", "allow_lossy": ["x_y_z"] }, 'Use one of "id", "price"'],
    [{ ...made, "allow_lossy": ["prize"] }, 'Did you mean "price"?'],
    [{ ...made, "column_types": { prize: "INT" } }, 'Did you mean "price"?'],
    [{ ...made, "primary_key": "ix" }, 'Did you mean "id"?'],
    [{ table: "t", "column_types": { ix: "INT" } }, 'Did you mean "id"?'],
    [{ ...upsert, "upsert_keys": "ix" }, 'Did you mean "id"?'],
  ];
  for (const [config, hint] of cases) {
    const { code, hint: given } = await refusal(() =>
      write(db.connection, config as Record<string, unknown>, [batch()])
    );
    assert.match(code, /^(config\/invalid|data\/missing-column)$/);
    assert.equal(given, hint);
  }
  assert.deepEqual(await db.sql("SELECT id FROM t"), []);
  assert.deepEqual(await db.sql("SHOW TABLES LIKE '%made%'"), []);
});

Deno.test("mysql.writer keeps the mark of UTC of an instant that becomes text", async () => {
  await using db = await server.database("mark");
  await db.sql(
    "CREATE TABLE t (v VARCHAR(40), c CHAR(40), x TEXT, short VARCHAR(19))",
  );
  const at = 1_700_000_000_500_000n;
  const columns = (names: string[]) =>
    batchOf(...names.map((name) => [name, types.timestampUtc, [at]] as const));
  for (const bulk of ["load_data", "insert"]) {
    await write(db.connection, { table: "t", bulk }, [
      columns(["v", "c", "x"]),
    ]);
    const [row] = await db.sql("SELECT v, c, x FROM t");
    const text = "2023-11-14 22:13:20.500000Z";
    assert.deepEqual({ ...row }, { v: text, c: text, x: text });
    await db.sql("DELETE FROM t");
    const { code } = await refusal(() =>
      write(db.connection, { table: "t", bulk }, [columns(["short"])])
    );
    assert.match(code, REFUSED);
  }
});
