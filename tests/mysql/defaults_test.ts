import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { rowsOf } from "../kit/assert_table.ts";
import { startMariadb } from "../kit/mariadb.ts";
import { batchOf } from "../kit/table.ts";
import { read, write } from "./kit.ts";

/** Defaults with which a server would read other text, fewer rows, or keep what isn't meant to stay. */
const ADVERSE = [
  "--skip-character-set-client-handshake",
  "--character-set-server=latin1",
  "--autocommit=0",
  "--completion-type=RELEASE",
  "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT",
  "--init-connect=SET sql_select_limit = 1, sql_safe_updates = 1, NAMES latin1",
];

const TABLES = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(50));
  CREATE TABLE two (id INT PRIMARY KEY, other INT UNIQUE, v VARCHAR(50));
  CREATE TABLE tied (id INT PRIMARY KEY, t INT, v VARCHAR(50), FOREIGN KEY (t) REFERENCES t (id));
  INSERT INTO t VALUES (1, 'ž€'), (2, 'b');
  INSERT INTO two VALUES (1, 1, 'old'); INSERT INTO tied VALUES (1, 1, 'old');
  COMMIT`;

const ODD = `q'"\\ž€`;

function rows(...ids: number[]): Batch[] {
  return [
    batchOf(["id", types.int32, ids], ["v", types.utf8, ids.map(() => ODD)]),
  ];
}

Deno.test("mysql.extractor and mysql.writer get along with any defaults of a server", async () => {
  await using own = await startMariadb({ args: ADVERSE });
  await using db = await own.database("adverse");
  const sql = (text: string) =>
    own.sql(`SET NAMES utf8mb4, autocommit = 1; ${text}`, db.name);
  await sql(TABLES);
  const { connection } = db;
  const whole = await read(connection, { table: "t", order_by: "id" });
  assert.deepEqual(rowsOf(whole.batches), [[1, "ž€"], [2, "b"]]);
  const part = await read(connection, { table: "t", where: "v = 'ž€'" });
  assert.deepEqual(rowsOf(part.batches), [[1, "ž€"]]);
  const upsert = { mode: "upsert", "upsert_keys": "id" };
  const replace = { mode: "replace" };
  for (const [i, bulk] of ["load_data", "insert"].entries()) {
    const put = (table: string, mode: object, ...ids: number[]) =>
      write(connection, { table, bulk, ...mode }, rows(...ids));
    await put("t", {}, 10 + i);
    await put("t", upsert, 2, 20 + i);
    await put("two", upsert, 1, 2);
    await put("two", replace, 3);
    await put("tied", replace, 4);
    await put(`mäde${i}`, { "create_table": true }, 5);
  }
  const found = async (table: string) =>
    (await sql(`SELECT id, v FROM \`${table}\` ORDER BY id`))
      .map(({ id, v }) => [Number(id), v]);
  assert.deepEqual(await found("t"), [
    [1, "ž€"],
    ...[2, 10, 11, 20, 21].map((id) => [id, ODD]),
  ]);
  for (
    const [table, id] of [["two", 3], ["tied", 4], ["mäde0", 5], [
      "mäde1",
      5,
    ]] as const
  ) {
    assert.deepEqual(await found(table), [[id, ODD]], table);
  }
  // Neither tables that hold rows for a moment nor marks of commits are left.
  const left = await sql("SHOW TABLES LIKE '\\_osiris\\_%'");
  assert.deepEqual(left, []);
});
