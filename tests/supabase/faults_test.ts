// deno-lint-ignore-file camelcase -- configs and connections have their fields in snake case
// supabase.extractor and supabase.writer while everything goes wrong: no row lost, none twice, no success that is none.
import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { startPostgres } from "../kit/postgres.ts";
import type { Fault, FaultFilter } from "../kit/postgrest/faults.ts";
import { startPostgrest } from "../kit/postgrest/start.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import { startCutter } from "./commit_cutter.ts";
import {
  cells,
  directFields,
  extract,
  load,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const people = (from: number, to: number): Batch =>
  batchOf(
    ["id", types.int64, numbers(from, to).map(BigInt)],
    ["name", types.utf8, numbers(from, to).map((id) => `n${id}`)],
  );

const KEYED = "CREATE TABLE people (id bigint PRIMARY KEY, name text);";
const LOOSE = "CREATE TABLE people (id bigint, name text);";

const state = (at: Project) =>
  rowsOf(at, "SELECT count(*) AS n, count(DISTINCT id) AS d FROM people");

/** Appends 100 rows in batches of 20, the third of which meets `fault`. */
function appendThrough(
  at: Project,
  fault: Fault,
  config: Record<string, unknown> = {},
  filter: FaultFilter = {},
) {
  at.faults.next(fault, { method: "POST", after: 2, ...filter });
  return load(at, { table: "people", batch_size: 20, timeout: 1, ...config }, [
    people(1, 100),
  ]);
}

/** Faults after which the rows are in the table, and nobody says so. */
const DONE: Fault[] = [
  { kind: "lost-answer", how: "close" },
  { kind: "lost-answer", how: "hang" },
  { kind: "proxy-page", status: 502, isDone: true },
  { kind: "proxy-page", status: 504, isDone: true },
];

Deno.test(
  "supabase.writer finds rows whose answer was lost, and never appends them twice",
  needsFixture,
  async () => {
    for (const table of [KEYED, LOOSE]) {
      for (const fault of DONE) {
        await using at = await project(table);
        const driven = await appendThrough(at, fault);
        assert.deepEqual(await state(at), [["100", "100"]]);
        assert.equal(driven.report?.rowsWritten, 100);
        assert.equal(
          driven.events.find(({ name }) => name === "lost_answer")?.facts
            .verdict,
          "written",
        );
      }
    }
  },
);

Deno.test(
  "supabase.writer sends again what certainly was not written",
  needsFixture,
  async () => {
    for (
      const fault of [
        { kind: "refuse" },
        { kind: "proxy-page", status: 502 },
        { kind: "too-many", retryAfter: 0 },
        { kind: "unavailable" },
      ] satisfies Fault[]
    ) {
      await using at = await project(KEYED);
      const driven = await appendThrough(at, fault, {}, { times: 2 });
      assert.deepEqual(await state(at), [["100", "100"]]);
      assert.equal(driven.report?.rowsWritten, 100);
      assert.ok(driven.events.some(({ name }) => name === "retry"));
    }
  },
);

Deno.test(
  "supabase.writer stops, and says how many rows are certain, where nothing proves what became of a batch",
  needsFixture,
  async () => {
    await using at = await project(LOOSE);
    await assert.rejects(appendThrough(at, { kind: "refuse" }), {
      code: "data/uncertain",
      details: {
        table: "people",
        committed: null,
        rows_certain: 40,
        rows_uncertain: 20,
        first_row: 41,
        last_row: 60,
      },
    });
    assert.deepEqual(await state(at), [["40", "40"]]);
  },
);

Deno.test(
  "supabase.writer sends an unproven batch again where the user says so",
  needsFixture,
  async () => {
    await using at = await project(LOOSE);
    await appendThrough(at, { kind: "refuse" }, { on_uncertain: "resend" });
    assert.deepEqual(await state(at), [["100", "100"]]);
  },
);

Deno.test(
  "supabase.writer does not take others' rows for its own",
  needsFixture,
  async () => {
    await using at = await project(LOOSE);
    let posts = 0;
    const context = {
      fetch: (async (input, init) => {
        if (init?.method === "POST" && ++posts === 3) {
          await at.sql("INSERT INTO people VALUES (1000, 'other')");
        }
        return await fetch(input, init);
      }) as typeof fetch,
    };
    at.faults.next({ kind: "lost-answer", how: "close" }, {
      method: "POST",
      after: 2,
    });
    await assert.rejects(
      load(at, { table: "people", batch_size: 20 }, [people(1, 100)], {
        context,
      }),
      { code: "data/uncertain" },
    );
  },
);

Deno.test(
  "supabase.writer knows its rows by their key where others write as well",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    let posts = 0;
    const context = {
      fetch: (async (input, init) => {
        if (init?.method === "POST" && ++posts === 3) {
          await at.sql("INSERT INTO people VALUES (1000, 'other')");
        }
        return await fetch(input, init);
      }) as typeof fetch,
    };
    at.faults.next({ kind: "lost-answer", how: "close" }, {
      method: "POST",
      after: 2,
    });
    const driven = await load(at, { table: "people", batch_size: 20 }, [
      people(1, 100),
    ], { context });
    assert.deepEqual(await state(at), [["101", "101"]]);
    assert.equal(driven.report?.rowsWritten, 100);
    assert.match(driven.logs.at(-1)!.message, /others write to it/);
  },
);

Deno.test(
  "supabase.writer tells a row that was there before from one whose answer was lost",
  needsFixture,
  async () => {
    await using at = await project(
      `${KEYED} INSERT INTO people VALUES (41, 'before')`,
    );
    await assert.rejects(
      appendThrough(at, { kind: "lost-answer", how: "close" }),
      (error: { code: string; details: Record<string, unknown> }) => {
        assert.equal(error.code, "sql/duplicate-key");
        assert.equal(error.details.row, 41);
        assert.equal(error.details.rows_certain, 40);
        return true;
      },
    );
    assert.deepEqual(await state(at), [["41", "41"]]);
  },
);

Deno.test(
  "supabase.writer waits for a batch that is still being written, and does not send it twice",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    // The first attempt is executed after the writer has given up waiting for it.
    const driven = await appendThrough(at, { kind: "latency", ms: 1300 });
    assert.deepEqual(await state(at), [["100", "100"]]);
    assert.equal(driven.report?.rowsWritten, 100);
  },
);

Deno.test(
  "supabase.writer repeats upserts, whose answers may be lost",
  needsFixture,
  async () => {
    for (const fault of DONE) {
      await using at = await project(KEYED);
      await appendThrough(at, fault, { write_mode: "upsert" });
      assert.deepEqual(await state(at), [["100", "100"]]);
    }
  },
);

Deno.test(
  "supabase.writer replaces in full through lost answers",
  needsFixture,
  async () => {
    await using at = await project(
      `${KEYED} INSERT INTO people SELECT i, 'old' FROM generate_series(50, 900) i`,
    );
    at.faults.next({ kind: "lost-answer", how: "close" }, { method: "DELETE" });
    at.faults.next({ kind: "reset", afterBytes: 10 }, {
      method: "GET",
      after: 1,
    });
    await appendThrough(at, DONE[0], { write_mode: "replace" });
    assert.deepEqual(
      await rowsOf(
        at,
        "SELECT count(*), max(id), min(left(name, 1)) FROM people",
      ),
      [["100", "100", "n"]],
    );
  },
);

Deno.test(
  "supabase.writer halves batches that are too large, and grows them back",
  needsFixture,
  async () => {
    await using at = await project(KEYED, { maxBodyBytes: 600 });
    const driven = await load(at, { table: "people", batch_size: 64 }, [
      people(1, 600),
    ]);
    assert.equal(driven.report?.rowsWritten, 600);
    const sizes = at.requests.filter(({ method }) => method === "POST").map((
      { status },
    ) => status);
    assert.ok(sizes.filter((status) => status === 413).length <= 4, `${sizes}`);
    at.settings.maxBodyBytes = undefined;
    at.requests.length = 0;
    at.faults.next({ kind: "too-large" }, { method: "POST" });
    await load(at, { table: "people", batch_size: 20 }, [people(1001, 1400)]);
    const bodies = at.requests.filter(({ method }) => method === "POST")
      .map(({ body }) => JSON.parse(body).length);
    assert.deepEqual(bodies.slice(0, 2), [20, 10]);
    assert.ok(bodies.indexOf(20, 1) > 0, "grown back");
    assert.deepEqual(await state(at), [["1000", "1000"]]);
  },
);

Deno.test(
  "supabase.writer halves batches that run into the statement timeout",
  needsFixture,
  async () => {
    await using at = await project(
      `${KEYED}
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
    CREATE TRIGGER slowing BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION slow();`,
      {
        statementTimeoutMs: 300,
      },
    );
    await load(at, { table: "people", batch_size: 40 }, [people(1, 40)]);
    assert.deepEqual(await state(at), [["40", "40"]]);
  },
);

Deno.test(
  "supabase.writer gives up on what does not pass, after as many attempts as it may make",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    const posts = () =>
      at.requests.filter(({ method }) => method === "POST").length;
    await assert.rejects(
      appendThrough(at, { kind: "unavailable" }, { retries: 2 }, { times: 9 }),
      { code: "http/unavailable" },
    );
    assert.equal(posts(), 5);
    at.faults.clear();
    at.requests.length = 0;
    await assert.rejects(
      appendThrough(at, { kind: "too-many", retryAfter: 3600 }, {}, {
        after: 0,
      }),
      { code: "http/rate-limited" },
    );
    assert.equal(posts(), 1);
  },
);

Deno.test(
  "supabase.extractor reads in full through resets, lost answers, pages of proxies and storms of 429",
  needsFixture,
  async () => {
    const faults: [Fault, FaultFilter][] = [
      [{ kind: "reset", afterBytes: 100 }, { after: 1 }],
      [{ kind: "lost-answer", how: "close" }, { after: 2 }],
      [{ kind: "refuse" }, { after: 0 }],
      [{ kind: "proxy-page", status: 502 }, { after: 1, times: 2 }],
      [{ kind: "too-many", retryAfter: 0 }, { after: 1, times: 6 }],
      [{ kind: "unavailable", retryAfter: new Date().toUTCString() }, {}],
      [{ kind: "trickle", bytes: 40, pauseMs: 30 }, { after: 1 }],
      [{ kind: "lost-answer", how: "hang" }, { after: 1 }],
    ];
    await using at = await project(
      `${KEYED} INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 60) i`,
      { maxRows: 20 },
    );
    for (const [fault, filter] of faults) {
      at.faults.next(fault, { path: "/people", ...filter });
      const driven = await extract(at, { table: "people", timeout: 0.7 });
      assert.deepEqual(
        cells(driven).id,
        numbers(1, 60).map(BigInt),
        JSON.stringify(fault),
      );
      assert.equal(at.faults.pending, 0);
    }
  },
);

Deno.test(
  "supabase.extractor does not retry what will fail again",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    await assert.rejects(
      extract(at, { table: "people", filter: { id: "eq.x" } }),
      {
        code: "data/type",
      },
    );
    assert.equal(
      at.requests.filter(({ path }) => path === "/people").length,
      1,
    );
  },
);

Deno.test(
  "supabase drivers carry on when the database is killed and started again",
  needsFixture,
  async () => {
    await using server = await startPostgres();
    await using database = await server.database("shop");
    await database.sql(
      `${KEYED} INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 500) i`,
    );
    const { host, port, adminUser: user, adminPassword: password } = server;
    const api = await startPostgrest({
      postgres: { host, port, user, password, database: database.name },
      maxRows: 100,
    });
    try {
      const at = {
        ...api,
        sql: database.sql,
        connection: database.connection,
      } as unknown as Project;
      await database.sql("GRANT ALL ON people TO service_role");
      await api.reloadSchema();
      let requests = 0;
      const context = {
        fetch: (async (input, init) => {
          if (++requests === 4) {
            await server.kill();
            setTimeout(() => void server.restart(), 400);
          }
          return await fetch(input, init);
        }) as typeof fetch,
      };
      const read = await extract(at, { table: "people", retries: 8 }, {
        context,
      });
      assert.equal(cells(read).id.length, 500);
      requests = 0;
      await load(at, { table: "people", batch_size: 50, retries: 8 }, [
        people(501, 1000),
      ], { context });
      assert.deepEqual(await state(at), [["1000", "1000"]]);
    } finally {
      await api.close();
    }
  },
);

Deno.test("supabase.writer asks after a commit whose answer was lost on the direct channel", async () => {
  await using at = await project(KEYED);
  const { host, port } = at.connection;
  for (const isDone of [true, false]) {
    await at.sql("TRUNCATE people");
    await using cutter = await startCutter({ host, port }, isDone);
    const connection = {
      ...serviceConnection(at),
      ...directFields(at),
      pg_port: cutter.port,
    };
    const writing = load(at, { table: "people" }, [people(1, 50)], {
      connection,
    });
    if (isDone) assert.equal((await writing).report?.rowsWritten, 50);
    else await assert.rejects(writing, { code: "connection/lost" });
    assert.deepEqual(await state(at), [
      isDone ? ["50", "50"] : ["0", "0"],
    ]);
  }
});
