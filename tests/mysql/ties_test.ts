import assert from "node:assert/strict";
import { openSession } from "../../drivers/mysql/connect.ts";
import { maySeeTriggers } from "../../drivers/mysql/write/ties.ts";
import { types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { eventsOf, quietContext, write } from "./kit.ts";

const server = await sharedMariadb();

Deno.test("mysql.writer doesn't drop triggers, whoever replaces the rows", async () => {
  await using db = await server.database("unseen");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE seen (id INT);" +
      "CREATE TRIGGER watch AFTER INSERT ON t FOR EACH ROW INSERT INTO seen VALUES (NEW.id)",
  );
  const user = `u_${db.name.slice(-8)}`, here = `\`${db.name}\``;
  const grant = (right: string, where: string) =>
    server.sql(`GRANT ${right} ON ${where} TO ${user}@'%'`);
  const maySee = async (fields: object): Promise<boolean> => {
    await using session = await openSession({
      fields,
      context: quietContext(),
    });
    return await maySeeTriggers(session, db.name, "t");
  };
  await server.sql(`CREATE USER ${user}@'%' IDENTIFIED BY 'x'`);
  try {
    const fields = { ...db.connection, user, password: "x" };
    await grant("SELECT, INSERT, DELETE, CREATE, ALTER, DROP", `${here}.*`);
    const driven = await write(fields, { table: "t", mode: "replace" }, [
      batchOf(["id", types.int32, [2]]),
    ]);
    assert.equal(eventsOf(driven, "replaced_in_place").length, 1);
    assert.deepEqual(await db.sql("SELECT id FROM seen"), [{ id: "2" }]);
    // MySQL hides triggers from who has no right to them, so that this decides there.
    assert.equal(await maySee(fields), false);
    await grant("TRIGGER", `${here}.seen`);
    assert.equal(await maySee(fields), false);
    for (const where of [`${here}.t`, `${here}.*`, "*.*"]) {
      await grant("TRIGGER", where);
      assert.equal(await maySee(fields), true, where);
      await server.sql(`REVOKE TRIGGER ON ${where} FROM ${user}@'%'`);
    }
    // The rights of the tests' own user are given by a pattern.
    assert.equal(await maySee(db.connection), true);
  } finally {
    await server.sql(`DROP USER ${user}@'%'`);
  }
});

const rows = (...ids: number[]) => [batchOf(["id", types.int32, ids])];
const REPLACE = { table: "t", mode: "replace" };

Deno.test("mysql.writer takes no rows of other tables away with those that it replaces", async () => {
  for (const rule of ["CASCADE", "SET NULL", "RESTRICT"]) {
    await using db = await server.database("dependent");
    await db.sql(
      "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2);" +
        `CREATE TABLE child (t INT, FOREIGN KEY (t) REFERENCES t (id) ON DELETE ${rule});` +
        "INSERT INTO child VALUES (2)",
    );
    const error = await refusal(() => write(db.connection, REPLACE, rows(2)));
    assert.equal(error.code, "sql/constraint", rule);
    assert.match(error.message, /child/);
    assert.deepEqual(await db.sql("SELECT t FROM child"), [{ t: "2" }], rule);
    assert.equal((await db.sql("SELECT id FROM t")).length, 2);
    // Whoever switches the checks off has the old rows deleted and no others.
    const unchecked = {
      ...db.connection,
      session: { "foreign_key_checks": 0 },
    };
    await write(unchecked, REPLACE, rows(2, 3));
    assert.deepEqual(await db.sql("SELECT t FROM child"), [{ t: "2" }], rule);
    const found = await db.sql("SELECT id FROM t ORDER BY id");
    assert.deepEqual(found, [{ id: "2" }, { id: "3" }], rule);
  }
});

Deno.test("mysql.writer leaves a table alone to which foreign keys refer that it can't see", async () => {
  await using db = await server.database("parent");
  await using other = await server.database("child");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)");
  await other.sql(
    `CREATE TABLE child (t INT, FOREIGN KEY (t) REFERENCES \`${db.name}\`.t (id)); INSERT INTO child VALUES (1)`,
  );
  const user = `u_${db.name.slice(-8)}`;
  await server.sql(
    `CREATE USER ${user}@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, DELETE, CREATE, ALTER, DROP ON \`${db.name}\`.* TO ${user}@'%'`,
  );
  try {
    const fields = { ...db.connection, user, password: "x" };
    for (const session of [{}, { "foreign_key_checks": 0 }]) {
      const error = await refusal(() =>
        write({ ...fields, session }, REPLACE, rows(1, 2))
      );
      assert.equal(error.code, "sql/constraint", error.message);
      assert.deepEqual(await db.sql("SELECT id FROM t"), [{ id: "1" }]);
      const tables = (await db.sql("SHOW TABLES")).flatMap(Object.values);
      assert.deepEqual(tables, ["t"]);
      // The key is one to this table still.
      await assert.rejects(
        () => other.sql("INSERT INTO child VALUES (9)"),
        /REFERENCES `parent_[^`]+`.`t`/,
      );
    }
  } finally {
    await server.sql(`DROP USER ${user}@'%'`);
    // Before the table that it refers to.
    await other.sql("DROP TABLE child");
  }
});

Deno.test("mysql.writer replaces no rows in place that it couldn't bring back", async () => {
  await using db = await server.database("engine");
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO t VALUES (1);" +
      "CREATE TRIGGER watch AFTER INSERT ON t FOR EACH ROW SET @seen = NEW.id",
  );
  const error = await refusal(() => write(db.connection, REPLACE, rows(2)));
  assert.match(error.message, /MyISAM/);
  assert.match(error.hint!, /triggers/);
  assert.deepEqual(await db.sql("SELECT id FROM t"), [{ id: "1" }]);
});

/** A table whose rows refer to each other, the later to the earlier and round in a circle. */
const TREE = "CREATE TABLE o (id INT PRIMARY KEY); INSERT INTO o VALUES (1);" +
  "CREATE TABLE t (id INT PRIMARY KEY, up INT, o INT, changed TIMESTAMP(6) NOT NULL DEFAULT '2001-01-01' ON UPDATE CURRENT_TIMESTAMP(6)," +
  "CONSTRAINT tree FOREIGN KEY (up) REFERENCES t (id), FOREIGN KEY (o) REFERENCES o (id));" +
  "INSERT INTO t (id, up) VALUES (1, NULL), (2, 1), (3, 2); UPDATE t SET up = 3 WHERE id = 1";

/** Rows of that table. */
function nodes(...rows: [id: number, up: number | null, o: number | null][]) {
  return [batchOf(
    ["id", types.int32, rows.map(([id]) => id)],
    ["up", types.int32, rows.map(([, up]) => up)],
    ["o", types.int32, rows.map(([, , o]) => o)],
  )];
}

Deno.test("mysql.writer replaces rows that refer to each other, in any order", async () => {
  await using db = await server.database("tree");
  await db.sql(TREE);
  for (const bulk of ["load_data", "insert"]) {
    const config = { ...REPLACE, bulk };
    await write(
      db.connection,
      config,
      nodes([1, 2, 1], [2, 5, null], [5, 1, 1]),
    );
    assert.deepEqual(
      (await db.sql(
        "SELECT id, up, o, YEAR(changed) AS year FROM t ORDER BY id",
      ))
        .map((row) => Object.values(row).join()),
      ["1,2,1,2001", "2,5,,2001", "5,1,1,2001"],
    );
  }
  // The key is there and holds.
  await assert.rejects(() => db.sql("INSERT INTO t (id, up) VALUES (9, 8)"));
  assert.deepEqual(
    (await db.sql("SHOW TABLES")).flatMap(Object.values),
    ["o", "t"],
  );
});

Deno.test("mysql.writer replaces rows that refer to each other with none that refer to nothing", async () => {
  await using db = await server.database("orphan");
  await db.sql(TREE);
  const before = await db.sql("SELECT * FROM t ORDER BY id");
  const cases = [
    [nodes([1, 2, null], [2, 7, null]), "up"],
    [nodes([1, 2, null], [2, 1, 7]), "o"],
  ] as const;
  for (const [batches, column] of cases) {
    const error = await refusal(() => write(db.connection, REPLACE, batches));
    assert.equal(error.code, "sql/constraint");
    assert.equal(error.details?.column, column);
    assert.ok(error.hint);
    assert.deepEqual(await db.sql("SELECT * FROM t ORDER BY id"), before);
  }
  // Rows of others that refer to the old ones are held as ever.
  await db.sql(
    "CREATE TABLE child (t INT, FOREIGN KEY (t) REFERENCES t (id)); INSERT INTO child VALUES (3)",
  );
  const held = await refusal(() =>
    write(db.connection, REPLACE, nodes([1, 2, null], [2, 1, null]))
  );
  assert.equal(held.code, "sql/constraint");
  assert.match(held.message, /child/);
  assert.deepEqual(await db.sql("SELECT * FROM t ORDER BY id"), before);
});

Deno.test("mysql.writer says what is in the way where rows refer to each other and triggers watch them", async () => {
  await using db = await server.database("watched");
  await db.sql(
    `${TREE}; CREATE TRIGGER watch AFTER UPDATE ON t FOR EACH ROW SET @seen = NEW.id`,
  );
  const before = await db.sql("SELECT * FROM t ORDER BY id");
  const error = await refusal(() =>
    write(db.connection, REPLACE, nodes([1, null, 1]))
  );
  assert.equal(error.code, "sql/constraint");
  assert.match(error.hint!, /triggers or history/);
  assert.deepEqual(await db.sql("SELECT * FROM t ORDER BY id"), before);
});
