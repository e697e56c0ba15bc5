// Appends of many commits that broke off, and go on after those that are there.
import assert from "node:assert/strict";
import { run } from "../../mod.ts";
import type { CommittedPart, StepContext } from "../../src/driver/driver.ts";
import { types } from "../../src/table/type.ts";
import { refusal } from "../kit/faults.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { startProxy } from "../kit/tcp_proxy.ts";
import { tempDir } from "../kit/temp.ts";
import { eventsOf, write } from "./kit.ts";

const server = await sharedMariadb();
const EVERY = 10;
const CONFIG = { table: "t", "commit_every": EVERY };

const numbers = (to: number, from = 0): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** 45 rows in batches that end elsewhere than parts do. */
const input = () =>
  [[0, 17], [17, 18], [18, 45]].map(([from, to]) =>
    batchOf(["id", types.int32, numbers(to, from)])
  );

async function ids(db: MariadbDatabase): Promise<number[]> {
  const rows = await db.sql("SELECT id FROM t ORDER BY id");
  return rows.map(({ id }) => Number(id));
}

const marks = (db: MariadbDatabase) => db.sql("SHOW TABLES LIKE '\\_osiris%'");

/** An append that is left at the commit of a part, before it or after it. @returns what a run would know. */
async function breakOff(
  db: MariadbDatabase,
  word: "beforeCommit" | "afterCommit" | "noted",
  part: number,
): Promise<CommittedPart> {
  const known = { rows: 0, announced: null as number | null, token: "" };
  let at = 0;
  const stop = () => Promise.reject(new Error("left"));
  const context: Partial<StepContext> = {
    beforeCommit: (token = "", rows = 0) => {
      Object.assign(known, { token, announced: rows });
      if (word === "noted" && at === part + 1) return stop();
      return word === "beforeCommit" && at === part
        ? stop()
        : Promise.resolve();
    },
    afterCommit: (rows = 0) => {
      if (word === "afterCommit" && at === part) return stop();
      Object.assign(known, { rows, announced: null });
      at++;
      return Promise.resolve();
    },
  };
  await assert.rejects(write(db.connection, CONFIG, input(), context));
  return known;
}

Deno.test("mysql.writer goes on after the parts that are there, which the server itself tells", async () => {
  for (const bulk of ["load_data", "insert"]) {
    for (const word of ["beforeCommit", "afterCommit", "noted"] as const) {
      for (const part of [0, 2, 3]) {
        await using db = await server.database("parts");
        await db.sql("CREATE TABLE t (id INT)");
        const committed = await breakOff(db, word, part);
        const there = (await ids(db)).length;
        const isThere = word !== "beforeCommit";
        assert.equal(there, EVERY * (isThere ? part + 1 : part));
        const seen: number[] = [];
        const driven = await write(
          db.connection,
          { ...CONFIG, bulk },
          input(),
          {
            committed,
            afterCommit: (rows) => Promise.resolve(void seen.push(rows!)),
          },
        );
        assert.deepEqual(await ids(db), numbers(45), `${word} ${part}`);
        const { rowsWritten, rowsBefore } = driven.report!;
        assert.deepEqual([rowsWritten, rowsBefore], [45, there]);
        assert.equal(seen.at(-1), 45);
        assert.deepEqual(await marks(db), []);
      }
    }
  }
});

Deno.test("mysql.writer has nothing to do where all parts are there, and removes its mark", async () => {
  await using db = await server.database("parts");
  await db.sql("CREATE TABLE t (id INT)");
  const committed = await breakOff(db, "afterCommit", 4);
  assert.equal((await marks(db)).length, 1);
  const driven = await write(db.connection, CONFIG, input(), { committed });
  assert.equal(driven.report!.rowsBefore, 45);
  assert.deepEqual(await ids(db), numbers(45));
  assert.deepEqual(await marks(db), []);
  // As after a kill between the mark's end and the step's.
  const again = await write(db.connection, CONFIG, input(), {
    committed: { ...committed, rows: 45, announced: null },
  });
  assert.equal(again.report!.rowsBefore, 45);
  assert.deepEqual(eventsOf(again, "commit_mark_left"), []);
  assert.deepEqual(await ids(db), numbers(45));
});

Deno.test("mysql.writer does not guess whether a part is there when its mark is gone", async () => {
  await using db = await server.database("parts");
  await db.sql("CREATE TABLE t (id INT)");
  for (const end of ["DELETE FROM", "DROP TABLE"]) {
    await db.sql("DELETE FROM t");
    const committed = await breakOff(db, "afterCommit", 2);
    await db.sql(`${end} _osiris_commits`);
    const error = await refusal(() =>
      write(db.connection, CONFIG, input(), { committed })
    );
    assert.equal(error.code, "data/uncertain");
    assert.equal((await ids(db)).length, 30);
    // What is noted needs no mark.
    await write(db.connection, CONFIG, input(), {
      committed: { ...committed, rows: 30, announced: null },
    });
    assert.deepEqual(await ids(db), numbers(45));
  }
});

Deno.test("mysql.writer refuses to go on with fewer rows, or in a table that is not the same any more", async () => {
  await using db = await server.database("parts");
  await db.sql("CREATE TABLE t (id INT)");
  const committed = { rows: 50, announced: null, token: null };
  const short = await refusal(() =>
    write(db.connection, CONFIG, input(), { committed })
  );
  assert.equal(short.code, "data/count-mismatch");
  await db.sql("DROP TABLE t");
  const config = { ...CONFIG, "create_table": true };
  const gone = await refusal(() =>
    write(db.connection, config, input(), { committed })
  );
  assert.equal(gone.code, "sql/unknown-table");
});

Deno.test("mysql.writer commits in parts without marks where it may make none, and says so once", async () => {
  await using db = await server.database("parts");
  const user = `poor_${db.name.slice(-8)}`;
  await db.sql("CREATE TABLE t (id INT)");
  await server.sql(
    `CREATE USER ${user}@'%' IDENTIFIED BY 'x';
     GRANT SELECT, INSERT ON \`${db.name}\`.t TO ${user}@'%'`,
  );
  const tokens: unknown[] = [];
  try {
    const connection = { ...db.connection, user, password: "x" };
    const driven = await write(connection, CONFIG, input(), {
      beforeCommit: (token) => Promise.resolve(void tokens.push(token)),
    });
    assert.equal(eventsOf(driven, "commit_unmarked").length, 1);
    assert.deepEqual(tokens, Array(5).fill(undefined));
    assert.deepEqual(await ids(db), numbers(45));
  } finally {
    await server.sql(`DROP USER ${user}@'%'`);
  }
});

Deno.test("a run whose connection breaks goes on in its next attempt, after the parts that are there", async () => {
  const lines = numbers(45).map((n) => `${n}\n`).join("");
  for (const isHeard of [false, true]) {
    await using db = await server.database("parts");
    await db.sql("CREATE TABLE t (id INT)");
    await using proxy = await startProxy({ target: server });
    await using folder = await tempDir("mysql-parts-");
    await folder.write("in.csv", `id\n${lines}`);
    const via = { ...db.connection, host: proxy.host, port: proxy.port };
    await folder.write(
      "osiris_connections.yaml",
      JSON.stringify({ connections: { mysql: { db: via } } }),
    );
    proxy.resetAtWord(/\bCOMMIT\b/, { isHeard, passes: 2, once: true });
    const { error, steps } = await run({
      name: "parts",
      checkpoint: true,
      steps: [
        {
          id: "a",
          driver: "filesystem.csv_extractor",
          config: { path: "in.csv" },
        },
        {
          id: "w",
          driver: "mysql.writer",
          inputs: { df: "${a}" },
          config: { connection: "@mysql.db", ...CONFIG },
          retry: { "max_attempts": 2, "initial_delay": "1ms" },
        },
      ],
    }, { cwd: folder.path });
    assert.equal(error, undefined);
    assert.equal(proxy.strikes, 1);
    assert.deepEqual(await ids(db), numbers(45));
    const { rowsWritten, rowsBefore } = steps[1];
    assert.deepEqual([rowsWritten, rowsBefore], [45, isHeard ? 30 : 20]);
    assert.deepEqual(await marks(db), []);
  }
});
