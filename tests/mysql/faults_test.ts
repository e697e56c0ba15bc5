import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { OsirisError } from "../../src/error.ts";
import { types } from "../../src/table/type.ts";
import { rowsOf } from "../kit/assert_table.ts";
import { refusal } from "../kit/faults.ts";
import { type MariadbDatabase, startMariadb } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf } from "../kit/table.ts";
import { startProxy, type TcpProxy } from "../kit/tcp_proxy.ts";
import { eventsOf, read, write } from "./kit.ts";

const server = await sharedMariadb();

const ROWS = 20_000;

async function makeTable(db: MariadbDatabase): Promise<void> {
  await db.sql(
    "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(100));" +
      `INSERT INTO t SELECT seq, REPEAT('x', 100) FROM seq_1_to_${ROWS}`,
  );
}

/** New rows for `t`, some of which have ids that are there. */
function* newRows(batches = 20): Generator<Batch> {
  for (let batch = 0; batch < batches; batch++) {
    const ids = Array.from({ length: 500 }, (_, i) => 10_000 + batch * 500 + i);
    yield batchOf(
      ["id", types.int32, ids],
      ["v", types.utf8, ids.map(() => "new".padEnd(100, "y"))],
    );
  }
}

/** What `t` holds, in short. */
async function digest(db: MariadbDatabase): Promise<string> {
  const [row] = await db.sql(
    "SELECT CONCAT_WS(' ', COUNT(*), SUM(id), SUM(v LIKE 'new%')) d FROM t",
  );
  return String(row.d);
}

/** How many tables of ours are left. @param of Only those with rows on their way to this table. */
async function leftovers(db: MariadbDatabase, of?: string): Promise<number> {
  const end = of === undefined ? "" : `\\_${of}`;
  const found = await db.sql(`SHOW TABLES LIKE '\\_osiris\\_%${end}'`);
  return found.length;
}

const via = (db: MariadbDatabase, proxy: TcpProxy) => ({
  ...db.connection,
  port: proxy.port,
});

Deno.test("mysql.extractor fails when its connection is reset, cut or killed amid the rows", async () => {
  await using db = await server.database("cut");
  await makeTable(db);
  await using proxy = await startProxy({ target: server });
  for (const fault of ["reset", "half-close"] as const) {
    if (fault === "reset") proxy.resetAfter(700_000);
    else proxy.halfClose(700_000);
    const error = await refusal(() => read(via(db, proxy), { table: "t" }));
    assert.equal(error.code, "connection/lost", error.message);
    await proxy.heal();
  }
  const error = await refusal(() =>
    read(db.connection, {
      query: "SELECT seq, IF(seq = 150000, SLEEP(20), 0) FROM seq_1_to_200000",
    }, {
      progress: () => void killOthers(db),
    })
  );
  assert.equal(error.code, "connection/lost", error.message);
});

async function killOthers(db: MariadbDatabase): Promise<void> {
  const found = await db.sql(
    `SELECT id FROM information_schema.processlist WHERE db = '${db.name}' AND id <> CONNECTION_ID()`,
  );
  for (const { id } of found) await db.sql(`KILL ${id}`).catch(() => {});
}

Deno.test("mysql.extractor begins again when the connection is lost before its first batch", async () => {
  await using db = await server.database("again");
  await makeTable(db);
  await using proxy = await startProxy({ target: server });
  proxy.resetAfter(100_000, { once: true });
  const driven = await read(via(db, proxy), { table: "t" });
  assert.equal(rowsOf(driven.batches).length, ROWS);
  assert.equal(eventsOf(driven, "retry")[0].code, "connection/lost");
});

Deno.test("mysql.extractor doesn't wait for a silent server beyond its patience", async () => {
  await using db = await server.database("silent");
  await makeTable(db);
  await using proxy = await startProxy({ target: server });
  const connection = {
    ...via(db, proxy),
    "read_timeout": 0.4,
    "connect_timeout": 0.4,
  };
  for (const bytes of [10, 500, 700_000]) {
    proxy.dropAfter(bytes);
    const started = performance.now();
    const error = await refusal(() => read(connection, { table: "t" }));
    assert.equal(error.code, "connection/timeout", error.message);
    assert.ok(performance.now() - started < 8000);
    await proxy.heal();
  }
  const slow = await refusal(() =>
    read(db.connection, { query: "SELECT SLEEP(20)" }, {
      deadlines: { connectMs: 1000, idleMs: 60_000, statementMs: 300 },
    })
  );
  assert.equal(slow.code, "sql/statement-timeout");
});

Deno.test("mysql.extractor and mysql.writer stop within moments when told to", async () => {
  await using db = await server.database("stop");
  await makeTable(db);
  const before = await digest(db);
  const reason = new OsirisError(
    "step/cancelled",
    "Cannot go on: told to stop",
  );
  const stopAfter = (ms: number): AbortSignal => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), ms);
    return controller.signal;
  };
  const tasks: [string, (signal: AbortSignal) => Promise<unknown>][] = [
    [
      "sleep",
      (signal) =>
        read(db.connection, { query: "SELECT SLEEP(30)" }, { signal }),
    ],
    ...["append", "replace", "upsert"].map((mode) =>
      [mode, (signal: AbortSignal) =>
        write(
          db.connection,
          { table: "t", mode, "upsert_keys": "id" },
          slowly(newRows(1000)),
          { signal },
        )] as [string, (signal: AbortSignal) => Promise<unknown>]
    ),
  ];
  for (const [name, task] of tasks) {
    const started = performance.now();
    const error = await refusal(() => task(stopAfter(300)));
    assert.equal(error.code, "step/cancelled", `${name}: ${error.message}`);
    assert.ok(performance.now() - started < 3000, name);
  }
  await untilAlone(db);
  assert.equal(await digest(db), before);
  assert.equal(await leftovers(db), 0);
});

async function* slowly(batches: Iterable<Batch>): AsyncGenerator<Batch> {
  for (const batch of batches) {
    yield batch;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Waits until the server has noticed that our connections are gone. */
async function untilAlone(db: MariadbDatabase): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const found = await db.sql(
      `SELECT id FROM information_schema.processlist WHERE db = '${db.name}' AND id <> CONNECTION_ID()`,
    );
    if (found.length === 0) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.fail("a connection stays");
}

Deno.test("mysql.writer leaves the old state or the new one wherever the connection is reset", async () => {
  await using db = await server.database("anywhere");
  await using proxy = await startProxy({ target: server });
  const modes = { append: "append", replace: "replace", upsert: "upsert" };
  const outcomes = { old: 0, new: 0 };
  for (const mode of Object.keys(modes)) {
    await db.sql("DROP TABLE IF EXISTS t");
    await makeTable(db);
    if (mode === "append") await db.sql("DELETE FROM t WHERE id >= 10000");
    await db.sql(
      "DROP TABLE IF EXISTS saved; CREATE TABLE saved AS SELECT * FROM t",
    );
    const old = await digest(db);
    const config = { table: "t", mode, "upsert_keys": "id" };
    const sizes = await trafficOf(
      proxy,
      () => write(via(db, proxy), config, newRows()),
    );
    const fresh = await digest(db);
    assert.notEqual(fresh, old);
    for (const direction of ["up", "down"] as const) {
      for (let i = 0; i < 8; i++) {
        await db.sql("DELETE FROM t; INSERT INTO t SELECT * FROM saved");
        // Towards the end the points lie closer, since that is where it is decided.
        const share = 1 - ((8 - i) / 8) ** 3;
        proxy.resetAfter(Math.floor(sizes[direction] * share), { direction });
        const failed = await write(via(db, proxy), config, newRows())
          .then(() => null, (error) => error as OsirisError);
        await proxy.heal();
        await untilAlone(db);
        const now = await digest(db);
        const label = `${mode} ${direction} ${i}: ${failed?.message}`;
        assert.ok(now === old || now === fresh, label);
        if (failed === null) assert.equal(now, fresh, label);
        else assert.match(failed.code, /^connection\//, label);
        outcomes[now === old ? "old" : "new"]++;
        // The next run finds what this one had to leave, and ends well.
        if (i === 4) {
          await write(via(db, proxy), config, newRows()).catch((error) => {
            assert.ok(mode === "append" && now === fresh, error.message);
          });
          assert.equal(await digest(db), fresh);
          if (mode === "replace") assert.equal(await leftovers(db), 0, label);
        }
      }
    }
  }
  assert.ok(outcomes.old > 20, JSON.stringify(outcomes));
});

Deno.test("mysql.writer leaves the old state or the new one when its connection is killed, falls silent or is half closed", async () => {
  await using db = await server.database("ends");
  await using proxy = await startProxy({ target: server });
  const seen = new Set<string>();
  for (const mode of ["append", "replace", "upsert"]) {
    await db.sql("DROP TABLE IF EXISTS t, saved");
    await makeTable(db);
    if (mode === "append") await db.sql("DELETE FROM t WHERE id >= 10000");
    await db.sql("CREATE TABLE saved AS SELECT * FROM t");
    const old = await digest(db);
    const config = { table: "t", mode, "upsert_keys": "id" };
    const sizes = await trafficOf(
      proxy,
      () => write(via(db, proxy), config, newRows()),
    );
    const fresh = await digest(db);
    const inMidst = Math.floor(sizes.up / 2);
    const faults: Record<string, () => void> = {
      "killed amid the rows": () => {},
      "silent amid the rows": () =>
        proxy.dropAfter(inMidst, { direction: "up" }),
      "silent at the end": () =>
        proxy.dropAfter(sizes.down - 20, { direction: "down" }),
      "half closed by us": () => proxy.halfClose(inMidst, { direction: "up" }),
      "half closed by the server": () =>
        proxy.halfClose(sizes.down - 20, { direction: "down" }),
    };
    for (const [name, strike] of Object.entries(faults)) {
      await db.sql("DELETE FROM t; INSERT INTO t SELECT * FROM saved");
      strike();
      const isKilled = name.startsWith("killed");
      const failed = await write(
        { ...via(db, proxy), "read_timeout": 0.5 },
        config,
        withPause(newRows(), 10, () => isKilled ? killOthers(db) : undefined),
      )
        .then(() => null, (error) => error as OsirisError);
      await proxy.heal();
      await killOthers(db); // what hangs in a black hole would hold locks
      await untilAlone(db);
      const now = await digest(db);
      const label = `${mode}, ${name}: ${failed?.message}`;
      assert.ok(now === old || now === fresh, label);
      if (failed === null) assert.equal(now, fresh, label);
      else assert.match(failed.code, /^connection\/(lost|timeout)$/, label);
      if (name.endsWith("rows")) assert.equal(now, old, label);
      seen.add(failed?.code ?? "none");
    }
  }
  assert.ok(seen.has("connection/lost") && seen.has("connection/timeout"));
});

/** Does something when so many batches have gone by. */
async function* withPause(
  batches: Iterable<Batch>,
  after: number,
  act: () => Promise<void> | undefined,
): AsyncGenerator<Batch> {
  let left = after;
  for (const batch of batches) {
    if (left-- === 0) await act();
    yield batch;
  }
}

async function trafficOf(
  proxy: TcpProxy,
  work: () => Promise<unknown>,
): Promise<{ up: number; down: number }> {
  const { up, down } = proxy.bytes;
  await work();
  return { up: proxy.bytes.up - up, down: proxy.bytes.down - down };
}

Deno.test("mysql.writer leaves the old state or the new one wherever the server is killed", async () => {
  await using own = await startMariadb();
  await using db = await own.database("anytime");
  await using proxy = await startProxy({ target: own });
  for (const mode of ["append", "replace", "upsert"]) {
    const config = { table: "t", mode, "upsert_keys": "id" };
    const writing = (halfWay?: () => Promise<void>) =>
      write(
        via(db, proxy),
        config,
        withPause(newRows(), 10, () => halfWay?.()),
      );
    const prepare = async (): Promise<string> => {
      await db.sql("DROP TABLE IF EXISTS t");
      await makeTable(db);
      if (mode === "append") await db.sql("DELETE FROM t WHERE id >= 10000");
      return await digest(db);
    };
    const old = await prepare();
    const { up } = await trafficOf(proxy, () => writing());
    const fresh = await digest(db);
    // Amid the rows; and at the commit, the merge, the swap and what follows it.
    for (const before of [null, 300, 150, 60]) {
      await prepare();
      const killAt = proxy.bytes.up + up - (before ?? 0);
      let isOver = false;
      const ended = writing(before === null ? () => own.kill() : undefined)
        .then(() => null, (error) => error as OsirisError)
        .finally(() => isOver = true);
      while (!isOver && proxy.bytes.up < killAt) {
        await new Promise((done) => setTimeout(done));
      }
      if (before !== null) await own.kill();
      const failed = await ended;
      await own.restart();
      const now = await digest(db);
      const label =
        `${mode}, ${before} bytes before the end: ${failed?.message}`;
      assert.ok(now === old || now === fresh, label);
      if (failed === null) assert.equal(now, fresh, label);
      else assert.match(failed.code, /^connection\//, label);
      if (failed?.details?.committed === 0) assert.equal(now, old, label);
      if (before === null) assert.equal(now, old, label);
    }
    // A repeated run makes it right, and removes what the others had to leave.
    if (mode === "append") continue;
    await writing();
    assert.equal(await digest(db), fresh, mode);
    // The mark of an append that was killed at its commit stays.
    if (mode === "replace") assert.equal(await leftovers(db, "t"), 0);
  }
});

Deno.test("mysql.writer has the run note an append before it is final, and knows afterwards what it doesn't know", async () => {
  await using db = await server.database("verdict");
  await db.sql("CREATE TABLE t (id INT PRIMARY KEY, v TEXT)");
  await using proxy = await startProxy({ target: server });
  const table = (mode: string): string => mode === "create" ? "made" : "t";
  for (const mode of ["append", "create", "replace", "upsert"]) {
    const config = mode === "create"
      ? { table: "made", "create_table": true }
      : { table: "t", mode, "upsert_keys": "id" };
    const seen: string[] = [];
    await write(db.connection, config, newRows(1), {
      beforeCommit: async () => {
        seen.push(`${await digest(db)} ${await leftovers(db)}`);
      },
    });
    const isNoted = mode === "append" || mode === "create";
    assert.equal(seen.length, isNoted ? 1 : 0, mode);
    if (mode === "append") assert.deepEqual(seen, ["0 1"]); // the table of marks
    assert.equal(await leftovers(db), 0, mode);
    assert.equal((await db.sql(`SELECT id FROM ${table(mode)}`)).length, 500);
    await db.sql("DELETE FROM t; DROP TABLE IF EXISTS made");
    if (!isNoted) continue;
    const writing = () =>
      write(via(db, proxy), config, newRows(1), {
        beforeCommit: () => {
          proxy.resetAfter(0, { once: true });
          return Promise.resolve();
        },
      });
    // An append asks for its mark; whether the table was named anew nobody can say.
    if (mode === "append") await writing();
    else assert.equal((await refusal(writing)).details?.committed, null);
    await proxy.heal();
    // The answer went missing after the statement had come through: all rows are there.
    await untilAlone(db);
    const [{ n }] = await db.sql(`SELECT COUNT(*) n FROM ${table(mode)}`);
    assert.equal(n, "500", mode);
    assert.equal(await leftovers(db), 0, mode);
    await db.sql("DELETE FROM t; DROP TABLE IF EXISTS made");
  }
});
