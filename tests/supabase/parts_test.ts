// deno-lint-ignore-file camelcase -- configs and connections have their fields in snake case
// Appends over REST that broke off, and go on after the requests that came through.
import assert from "node:assert/strict";
import type { CommittedPart, StepContext } from "../../src/driver/driver.ts";
import { decimal, types } from "../../src/table/type.ts";
import type { Driven } from "../kit/drive.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import {
  directFields,
  load,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const KEYED = "CREATE TABLE people (id bigint PRIMARY KEY, name text);";
const LOOSE = "CREATE TABLE people (id bigint, name text);";
const CONFIG = { table: "people", batch_size: 20, timeout: 1 };

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const people = (from: number, to: number) => [
  batchOf(
    ["id", types.int64, numbers(from, to).map(BigInt)],
    ["name", types.utf8, numbers(from, to).map((id) => `n${id}`)],
  ),
];

const countOf = async (at: Project): Promise<number[]> =>
  (await rowsOf(at, "SELECT count(*) n, count(DISTINCT id) d FROM people"))[0]
    .map(Number);

/** An append of 95 rows that is left before its third request, or once that is done. */
async function breakOff(
  at: Project,
  word: "beforeCommit" | "afterCommit" | "noted",
): Promise<CommittedPart> {
  const known = { rows: 0, announced: null as number | null, token: "" };
  const stop = () => Promise.reject(new Error("left"));
  const context: Partial<StepContext> = {
    beforeCommit: (token = "", rows = 0) => {
      if (word === "noted" && rows === 80) return stop();
      Object.assign(known, { token, announced: rows });
      return word === "beforeCommit" && rows === 60
        ? stop()
        : Promise.resolve();
    },
    afterCommit: (rows = 0) => {
      if (word === "afterCommit" && rows === 60) return stop();
      Object.assign(known, { rows, announced: null });
      return Promise.resolve();
    },
  };
  await assert.rejects(load(at, CONFIG, people(1, 95), { context }));
  return known;
}

/** Goes on with what a run knows. */
function goOn(
  at: Project,
  committed: CommittedPart,
  more: object = {},
): Promise<Driven> {
  return load(at, { ...CONFIG, ...more }, people(1, 95), {
    context: { committed },
  });
}

const verdicts = ({ events }: Driven): unknown[] =>
  events.filter(({ name }) => name === "lost_answer")
    .map(({ facts }) => facts.verdict);

Deno.test(
  "supabase.writer goes on after the requests that came through, which the key tells",
  needsFixture,
  async () => {
    for (
      const [word, found, before] of [
        ["beforeCommit", ["absent"], 40],
        ["afterCommit", ["written"], 60],
        ["noted", [], 60],
      ] as const
    ) {
      await using at = await project(KEYED);
      const committed = await breakOff(at, word);
      // Others may write meanwhile: a key needs no count.
      await at.sql("INSERT INTO people VALUES (1000, 'other')");
      const driven = await goOn(at, committed);
      assert.deepEqual(await countOf(at), [96, 96], word);
      assert.deepEqual(verdicts(driven), found);
      const { rowsWritten, rowsBefore } = driven.report!;
      assert.deepEqual([rowsWritten, rowsBefore], [95, before]);
      assert.deepEqual(driven.logs, []);
    }
  },
);

Deno.test(
  "supabase.writer does not take others' rows for those of a request that was cut off",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    const committed = await breakOff(at, "beforeCommit");
    // The first row's key, then all keys with other values.
    await at.sql("INSERT INTO people VALUES (41, 'other')");
    await assert.rejects(goOn(at, committed), { code: "data/uncertain" });
    await at.sql(
      "INSERT INTO people SELECT n, 'other' FROM generate_series(42, 60) AS n",
    );
    await assert.rejects(goOn(at, committed), { code: "data/uncertain" });
    assert.deepEqual(await countOf(at), [60, 60]);
  },
);

Deno.test(
  "supabase.writer goes on without a key only as far as the count and the rows prove it",
  needsFixture,
  async () => {
    await using at = await project(LOOSE);
    const done = await breakOff(at, "afterCommit");
    assert.equal((await goOn(at, done)).report!.rowsBefore, 60);
    assert.deepEqual(await countOf(at), [95, 95]);

    await at.sql("TRUNCATE people");
    const noted = await breakOff(at, "noted");
    await at.sql("INSERT INTO people VALUES (1000, 'other')");
    await goOn(at, noted);
    assert.deepEqual(await countOf(at), [96, 96]);

    await at.sql("TRUNCATE people");
    const undone = await breakOff(at, "beforeCommit");
    await assert.rejects(goOn(at, undone), { code: "data/uncertain" });
    assert.deepEqual(await countOf(at), [40, 40]);
    // As many rows as are looked for, but others.
    await at.sql(
      "INSERT INTO people SELECT n, 'other' FROM generate_series(101, 120) AS n",
    );
    await assert.rejects(goOn(at, undone), { code: "data/uncertain" });
    await at.sql("DELETE FROM people WHERE id > 100");
    await goOn(at, undone, { on_uncertain: "resend" });
    assert.deepEqual(await countOf(at), [95, 95]);
  },
);

Deno.test(
  "supabase.writer ends over REST what it began there, in the table where it began",
  needsFixture,
  async () => {
    await using at = await project(KEYED);
    const committed = await breakOff(at, "afterCommit");
    const connection = { ...serviceConnection(at), ...directFields(at) };
    const driven = await load(at, CONFIG, people(1, 95), {
      connection,
      context: { committed },
    });
    assert.deepEqual(await countOf(at), [95, 95]);
    const [end] = driven.events.filter(({ name }) => name === "write_complete");
    assert.deepEqual([end.facts.channel, end.facts.rows], ["rest", 95]);
    await at.sql("DROP TABLE people");
    await at.reloadSchema();
    const create = { ...CONFIG, create_if_missing: true };
    const gone = load(at, create, people(1, 95), {
      connection,
      context: { committed },
    });
    await assert.rejects(gone, { code: "sql/unknown-table" });
  },
);

Deno.test(
  "supabase.writer leaves nothing to go on after where the table has changed its rows",
  needsFixture,
  async () => {
    await using at = await project("CREATE TABLE n (v numeric(10,1));");
    const said: unknown[] = [];
    const batch = batchOf(["v", decimal(10, 2), [125n, 250n]]);
    await assert.rejects(
      load(at, { table: "n" }, [batch], {
        context: {
          beforeCommit: (_, rows) => Promise.resolve(void said.push(rows)),
          afterCommit: (rows) => Promise.resolve(void said.push(rows)),
        },
      }),
      { code: "data/lossy" },
    );
    assert.deepEqual(said, [1, undefined]);
  },
);
