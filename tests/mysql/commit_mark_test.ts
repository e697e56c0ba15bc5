// The mark by which a killed append's commit is found out, and what it leaves behind.
import assert from "node:assert/strict";
import writer from "../../drivers/mysql/writer.ts";
import type { Driver } from "../../src/driver/driver.ts";
import { types } from "../../src/table/type.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { eventsOf, quietContext, write } from "./kit.ts";

const server = await sharedMariadb();
const { wasCommitted, forgetCommit } = writer as Required<Driver>;

const rows = (from: number) => [
  batchOf(["id", types.int32, [from, from + 1, from + 2]]),
];

/** Asks and forgets as a resumed run does. */
function asking(db: MariadbDatabase, connection: object = db.connection) {
  const step = {
    config: { table: "t" },
    connection: connection as Record<string, unknown>,
    inputs: {},
    values: {},
  } as unknown as Parameters<typeof wasCommitted>[0];
  return {
    ask: (token: string) => wasCommitted(step, quietContext(), token),
    forget: (token: string) => forgetCommit(step, quietContext(), token),
  };
}

/** An append that is left right after it has said that it commits, or right after it has. */
async function breakOff(
  db: MariadbDatabase,
  at: "beforeCommit" | "afterCommit",
): Promise<string> {
  let token = "";
  const stop = () => Promise.reject(new Error("stopped"));
  await assert.rejects(write(db.connection, { table: "t" }, rows(1), {
    beforeCommit: (given = "") => {
      token = given;
      return at === "beforeCommit" ? stop() : Promise.resolve();
    },
    afterCommit: stop,
  }));
  return token;
}

async function marks(db: MariadbDatabase): Promise<number | null> {
  const found = await db.sql("SHOW TABLES LIKE '\\_osiris\\_%'");
  if (found.length === 0) return null;
  const [{ n }] = await db.sql("SELECT COUNT(*) n FROM _osiris_commits");
  return Number(n);
}

Deno.test("mysql.writer can say of an append that was cut off whether its rows are there", async () => {
  await using db = await server.database("mark");
  await db.sql("CREATE TABLE t (id INT)");
  const { ask, forget } = asking(db);
  const undone = await breakOff(db, "beforeCommit");
  assert.equal(await ask(undone), false);
  const done = await breakOff(db, "afterCommit");
  assert.equal(await ask(done), true);
  assert.equal(await ask(done), true, "asking twice");
  assert.equal(await ask(undone), false);
  assert.equal(await marks(db), 1);
  await forget(done);
  assert.equal(await marks(db), null);
  assert.equal(await ask(done), null, "without its table nobody knows");
});

Deno.test("mysql.writer waits with its answer for a transaction that is still under way", async () => {
  await using db = await server.database("mark");
  await db.sql("CREATE TABLE t (id INT)");
  const { ask } = asking(db);
  const asked: Promise<boolean | null>[] = [];
  for (const isToCommit of [true, false]) {
    let early: unknown = "waits";
    await write(db.connection, { table: "t" }, rows(1), {
      beforeCommit: async (token = "") => {
        const answer = ask(token);
        asked.push(answer);
        answer.then((given) => early = given);
        await new Promise((done) => setTimeout(done, 300));
        assert.equal(early, "waits");
        if (!isToCommit) throw new Error("stopped");
      },
      // So that whoever waits sees the mark before it goes.
      afterCommit: async () => void await asked[0],
    }).catch((thrown) => assert.equal(isToCommit, false, `${thrown}`));
  }
  assert.deepEqual(await Promise.all(asked), [true, false]);
});

Deno.test("mysql.writer leaves nothing of its marks, however many append at once", async () => {
  await using db = await server.database("mark");
  await db.sql("CREATE TABLE t (id INT)");
  const runs = Array.from(
    { length: 12 },
    (_, i) => write(db.connection, { table: "t" }, rows(3 * i)),
  );
  const ended = await Promise.all(runs);
  for (const driven of ended) {
    assert.deepEqual(eventsOf(driven, "commit_unmarked"), []);
  }
  const [{ n, sum }] = await db.sql("SELECT COUNT(*) n, SUM(id) sum FROM t");
  assert.deepEqual([Number(n), Number(sum)], [36, 35 * 18]);
  await write(db.connection, { table: "t" }, rows(0));
  assert.equal(await marks(db), null);
});

Deno.test("mysql.writer appends without a mark where it may not make one, and in a table made for it", async () => {
  await using db = await server.database("mark");
  const user = `poor_${db.name.slice(-8)}`;
  await db.sql("CREATE TABLE t (id INT)");
  await server.sql(
    `CREATE USER ${user}@'%' IDENTIFIED BY 'x';
     GRANT SELECT, INSERT ON \`${db.name}\`.t TO ${user}@'%'`,
  );
  const connection = { ...db.connection, user, password: "x" };
  const tokens: unknown[] = [];
  try {
    const driven = await write(connection, { table: "t" }, rows(1), {
      beforeCommit: (token) => Promise.resolve(void tokens.push(token)),
    });
    assert.equal(eventsOf(driven, "commit_unmarked").length, 1);
    assert.deepEqual(tokens, [undefined]);
    assert.equal((await db.sql("SELECT * FROM t")).length, 3);
    await db.sql(
      `CREATE TABLE _osiris_commits (
         token CHAR(36) PRIMARY KEY, target VARCHAR(64),
         written_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
       )`,
    );
    await server.sql(
      `GRANT SELECT, INSERT, DELETE ON \`${db.name}\`._osiris_commits TO ${user}@'%'`,
    );
    const marked = await write(connection, { table: "t" }, rows(1));
    const names = marked.events.map(({ name }) => name);
    assert.ok(!names.some((name) => name.startsWith("commit_")), `${names}`);
    assert.equal(await marks(db), 0);
  } finally {
    await server.sql(`DROP USER ${user}@'%'`);
  }
});

Deno.test("mysql.writer removes marks of runs that nobody will resume, and takes a mark that is gone for no proof", async () => {
  await using db = await server.database("mark");
  await db.sql("CREATE TABLE t (id INT)");
  const { ask } = asking(db);
  const old = await breakOff(db, "afterCommit");
  await db.sql(
    "UPDATE _osiris_commits SET written_at = NOW() - INTERVAL 31 DAY",
  );
  const young = await breakOff(db, "afterCommit");
  assert.equal(await marks(db), 2);
  await write(db.connection, { table: "t" }, rows(1));
  assert.equal(await marks(db), 1);
  assert.equal(await ask(young), true);
  const [since, ...rest] = old.split(":");
  const then = Number(since) - 31 * 86_400;
  assert.equal(await ask([then, ...rest].join(":")), null);
});
