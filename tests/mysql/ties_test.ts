import assert from "node:assert/strict";
import { openSession } from "../../drivers/mysql/connect.ts";
import { maySeeTriggers } from "../../drivers/mysql/write/ties.ts";
import { types } from "../../src/table/type.ts";
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
