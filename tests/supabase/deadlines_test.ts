// deno-lint-ignore-file camelcase -- configs and connections have their fields in snake case
// supabase.writer and supabase.extractor when their peers fall silent: each deadline ends its wait, by its own code.
import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import type { StepContext } from "../../src/driver/driver.ts";
import extractor from "../../drivers/supabase/extractor.ts";
import { drive } from "../kit/drive.ts";
import { sleep } from "../kit/run/drivers.ts";
import { startProxy } from "../kit/tcp_proxy.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import {
  cells,
  directFields,
  load,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const TABLE = "CREATE TABLE people (id bigint PRIMARY KEY, name text);";

const people = (from: number, to: number): Batch => {
  const ids = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return batchOf(
    ["id", types.int64, ids.map(BigInt)],
    ["name", types.utf8, ids.map((id) => `n${id}`)],
  );
};

const within = (
  deadlines: Partial<StepContext["deadlines"]>,
): Pick<StepContext, "deadlines"> => ({
  deadlines: {
    connectMs: 30_000,
    idleMs: 30_000,
    statementMs: null,
    ...deadlines,
  },
});

/** A writer over the direct channel that leads elsewhere. */
function loadDirect(
  at: Project,
  port: number,
  context: Pick<StepContext, "deadlines">,
  batches: Iterable<Batch> | AsyncIterable<Batch> = [people(1, 50_000)],
) {
  const connection = {
    ...serviceConnection(at),
    ...directFields(at),
    pg_port: port,
  };
  const config = { table: "people", channel: "direct" };
  return load(at, config, batches, { connection, context });
}

/** A server that takes connections and says nothing. */
function mute(): { port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return {
    port: (listener.addr as Deno.NetAddr).port,
    [Symbol.dispose]: () => listener.close(),
  };
}

Deno.test("supabase.writer leaves a database that says nothing at the connect deadline", async () => {
  await using at = await project(TABLE);
  using server = mute();
  await assert.rejects(
    loadDirect(at, server.port, within({ connectMs: 200 })),
    { code: "connection/timeout" },
  );
});

for (
  const [when, direction, bytes] of [
    ["while it is asked", "down", 700],
    ["amid a COPY", "up", 200_000],
  ] as const
) {
  Deno.test(`supabase.writer leaves a database that falls silent ${when} at the idle deadline`, async () => {
    await using at = await project(TABLE);
    await using proxy = await startProxy({ target: at.connection });
    proxy.dropAfter(bytes, { direction });
    await assert.rejects(
      loadDirect(at, proxy.port, within({ idleMs: 400 })),
      { code: "connection/timeout", message: /said nothing for 0\.4 s/ },
    );
    assert.equal(proxy.strikes, 1);
    assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [["0"]]);
  });
}

Deno.test("supabase.writer does not blame the database for rows that come slowly", async () => {
  await using at = await project(TABLE);
  const slow = async function* () {
    yield people(1, 10);
    await sleep(2500);
    yield people(11, 20);
  };
  const { report } = await loadDirect(
    at,
    at.connection.port,
    within({ idleMs: 1500 }),
    slow(),
  );
  assert.equal(report?.rowsWritten, 20);
});

Deno.test("supabase.writer ends a statement that takes too long, and undoes all", async () => {
  await using at = await project(TABLE);
  await at.sql(
    "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS " +
      "$$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$",
  );
  await at.sql(
    "CREATE TRIGGER dawdle BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION dawdle()",
  );
  await assert.rejects(
    loadDirect(at, at.connection.port, within({ statementMs: 300 })),
    { code: "sql/statement-timeout" },
  );
  assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [["0"]]);
});

Deno.test(
  "supabase.extractor keeps the connect, idle and statement deadlines of the API",
  needsFixture,
  async () => {
    await using at = await project(
      `${TABLE} INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 200) i;`,
    );
    const read = (deadlines: Partial<StepContext["deadlines"]>) =>
      drive(extractor, {
        connection: serviceConnection(at),
        config: { table: "people", retries: 0 },
        context: within(deadlines),
      });
    at.faults.next({ kind: "latency", ms: 60_000 }, { path: "/" });
    await assert.rejects(read({ connectMs: 200 }), {
      code: "connection/timeout",
      message: /nothing came for 0\.2 s/,
    });
    at.faults.clear();
    at.faults.next({ kind: "latency", ms: 60_000 }, { path: "/people" });
    await assert.rejects(read({ idleMs: 1000 }), {
      code: "connection/timeout",
      message: /nothing came for 1 s/,
    });
    at.faults.clear();
    const crawl = { kind: "trickle", bytes: 1, pauseMs: 50 } as const;
    at.faults.next(crawl, { path: "/people" });
    await assert.rejects(read({ statementMs: 1000 }), {
      code: "sql/statement-timeout",
    });
    at.faults.clear();
    assert.equal(cells(await read({ statementMs: 30_000 })).id.length, 200);
  },
);

Deno.test(
  "supabase.writer finds rows again whose request took too long, and writes none twice",
  needsFixture,
  async () => {
    await using at = await project(TABLE);
    at.faults.next({ kind: "lost-answer", how: "hang" }, {
      method: "POST",
      after: 1,
    });
    const { report, events } = await load(
      at,
      {
        table: "people",
        batch_size: 20,
      },
      [people(1, 100)],
      { context: within({ statementMs: 1500 }) },
    );
    assert.equal(report?.rowsWritten, 100);
    assert.equal(
      events.find(({ name }) => name === "lost_answer")?.facts.verdict,
      "written",
    );
    assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [[
      "100",
    ]]);
  },
);

Deno.test("supabase.writer leaves an SQL endpoint that says nothing", async () => {
  await using at = await project(TABLE);
  using server = mute();
  const connection = {
    ...serviceConnection(at),
    sql_url: `http://127.0.0.1:${server.port}/`,
  };
  const config = { table: "fresh", create_if_missing: true };
  await assert.rejects(
    load(at, config, [people(1, 2)], {
      connection,
      context: within({ connectMs: 2000 }),
    }),
    { code: "connection/timeout", message: /run SQL over HTTP/ },
  );
});
