// supabase.extractor with a cursor: each new row once, those that come late included.
import assert from "node:assert/strict";
import { refusal } from "../kit/faults.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { sleep } from "../kit/run/drivers.ts";
import { cells, extract, project } from "./kit.ts";

const BIG = 9007199254740993n;

type Read = Awaited<ReturnType<typeof extract>>;

const ids = (driven: Read): number[] =>
  (cells(driven).id ?? []).map(Number).sort((a, b) => a - b);

/** Reads on from what the last read kept. */
function since(at: Project, config: object, last?: Read): Promise<Read> {
  const context = last === undefined ? {} : { state: last.state ?? null };
  return extract(at, { table: "t", ...config }, { context });
}

Deno.test("supabase.extractor reads with a cursor what is new since the kept state", async () => {
  await using at = await project(`
    CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL);
    INSERT INTO t VALUES (1, '2024-01-01 00:00:00.5Z'), (2, '2024-01-01 02:00:01+02');`);
  const config = { cursor: { column: "at" } };
  const first = await since(at, config);
  assert.deepEqual(ids(first), [1, 2]);
  await at.sql("INSERT INTO t VALUES (3, '2024-01-01 00:00:01.000001Z')");
  const second = await since(at, config, first);
  assert.deepEqual(ids(second), [3]);
  const third = await since(at, config, second);
  assert.deepEqual(ids(third), []);
  assert.deepEqual(third.state, second.state);
  await at.sql("DELETE FROM t WHERE id > 1");
  const fourth = await since(at, config, third);
  assert.deepEqual(fourth.state, second.state, "the kept value never falls");
});

Deno.test("supabase.extractor keeps every digit of a cursor, and takes filters and pages as without one", async () => {
  await using at = await project(`
    CREATE TABLE t (id bigint PRIMARY KEY, part text);
    INSERT INTO t SELECT ${BIG} + i, 'a' FROM generate_series(1, 2500) i;
    INSERT INTO t VALUES (${BIG + 9000n}, 'b');`);
  const config = { filter: { part: "eq.a" }, cursor: { column: "id" } };
  const first = await since(at, config);
  assert.equal(cells(first).id.length, 2500);
  assert.deepEqual(first.state, { column: "id", value: String(BIG + 2500n) });
  await at.sql(`INSERT INTO t VALUES (${BIG + 2501n}, 'a')`);
  const second = await since(at, config, first);
  assert.deepEqual(cells(second).id, [BIG + 2501n]);
});

for (
  const [type, overlap, value] of [
    ["timestamptz", "10 minutes", (m: number) => `2024-03-31 00:${m}:00.25+00`],
    ["timestamp", "10 minute", (m: number) => `2024-03-31 00:${m}:00`],
    ["date", "10 days", (m: number) => `2024-03-${m - 9}`],
    ["numeric", 0.1, (m: number) => `${m / 100}`],
    ["bigint", "10", (m: number) => `${BIG + BigInt(m)}`],
  ] as const
) {
  Deno.test(`supabase.extractor finds rows that were committed late, once (${type})`, async () => {
    // A name of its own: servers keep plans by the text of a query.
    const table = `late_${type}`;
    await using at = await project(`
      CREATE TABLE ${table} (id int, part text, at ${type} NOT NULL, PRIMARY KEY (id, part));
      INSERT INTO ${table} VALUES (1, 'a', '${value(20)}'), (2, 'a', '${
      value(29)
    }'),
        (3, 'b', '${value(30)}');`);
    const config = {
      table,
      select: "id",
      cursor: { column: "at", overlap, keys: ["id", "part"] },
    };
    const first = await since(at, config);
    assert.deepEqual(ids(first), [1, 2, 3]);
    assert.deepEqual(Object.keys(cells(first)), ["id"]);
    await at.sql(`INSERT INTO ${table} VALUES (4, 'a', '${value(25)}'),
      (5, 'a', '${value(19)}'), (3, 'c', '${value(30)}'), (6, 'a', '${
      value(31)
    }');`);
    const second = await since(at, config, first);
    // 19 lies below the overlap; (3, 'c') is another row than (3, 'b').
    assert.deepEqual(ids(second), [3, 4, 6]);
    const third = await since(at, config, second);
    assert.deepEqual(ids(third), []);
    await at.sql(`UPDATE ${table} SET at = '${value(28)}' WHERE id = 2`);
    const fourth = await since(at, config, third);
    assert.deepEqual(ids(fourth), [2], "a row that was changed is new");
    assert.deepEqual(ids(await since(at, config, fourth)), []);
  });
}

Deno.test(
  "supabase.extractor leaves rows that come in while it reads to the next run",
  needsFixture,
  async () => {
    await using at = await project(`
    CREATE TABLE t (id int PRIMARY KEY);
    INSERT INTO t SELECT generate_series(1, 5000);`);
    const config = { "page_size": 100, cursor: { column: "id" } };
    const reading = since(at, config);
    const isReading = () =>
      at.requests.filter(({ path, query }) =>
        path === "/t" && query.includes("limit=100")
      ).length > 5;
    while (!isReading()) await sleep(1);
    await at.sql("INSERT INTO t VALUES (5001)");
    const first = await reading;
    assert.equal(ids(first).length, 5000);
    assert.deepEqual(ids(await since(at, config, first)), [5001]);
  },
);

Deno.test("supabase.extractor reads a range for a backfill without looking at the state", async () => {
  await using at = await project(`
    CREATE TABLE t (id bigint PRIMARY KEY);
    INSERT INTO t SELECT generate_series(1, 10);`);
  const cursor = { column: "id", from: 3, to: 6, overlap: 2, keys: ["id"] };
  const driven = await extract(at, { table: "t", cursor }, {
    context: { state: { column: "id", value: "9", seen: [["5"]] } },
  });
  assert.deepEqual(ids(driven), [4, 5, 6]);
});

Deno.test("supabase.extractor treats NULLs in the cursor column as told", async () => {
  await using at = await project(`
    CREATE TABLE t (id int PRIMARY KEY, n int, part text);
    INSERT INTO t VALUES (1, 1, 'a'), (2, NULL, 'a'), (3, 3, 'b');`);
  const config = (nulls: string, part: string) => ({
    filter: { part: `eq.${part}` },
    cursor: { column: "n", nulls },
  });
  const error = await refusal(() => since(at, config("error", "a")));
  assert.equal(error.code, "data/null-key");
  assert.deepEqual(ids(await since(at, config("error", "b"))), [3]);
  assert.deepEqual(ids(await since(at, config("skip", "a"))), [1]);
  const first = await since(at, config("include", "a"));
  assert.deepEqual(ids(first), [1, 2]);
  assert.deepEqual(ids(await since(at, config("include", "a"), first)), [2]);
});

Deno.test("supabase.extractor reads nothing where there is nothing, and keeps no state", async () => {
  await using at = await project("CREATE TABLE t (id int PRIMARY KEY);");
  const driven = await since(at, { cursor: { column: "id" } });
  assert.deepEqual(ids(driven), []);
  assert.equal(driven.state, null);
});

Deno.test("supabase.extractor refuses a cursor that could lose rows", async () => {
  await using at = await project(`
    CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL, at timestamp);
    INSERT INTO t VALUES (1, 'a', 'infinity');`);
  const refused: [object, string][] = [
    [{ limit: 2 }, "config/invalid"],
    [{ offset: 1 }, "config/invalid"],
    [{ table: undefined, rpc: "f" }, "config/invalid"],
    [{ cursor: { column: "id", overlap: 3 } }, "config/invalid"],
    [
      { cursor: { column: "id", overlap: "1 day", keys: ["id"] } },
      "config/invalid",
    ],
    [
      { cursor: { column: "name", overlap: 1, keys: ["id"] } },
      "config/invalid",
    ],
    [{ cursor: { column: "at" } }, "config/invalid"],
    [{ cursor: { column: "nam" } }, "sql/unknown-column"],
  ];
  for (const [more, code] of refused) {
    const error = await refusal(() =>
      since(at, { cursor: { column: "id" }, ...more })
    );
    assert.equal(error.code, code, JSON.stringify(more));
  }
  const other = { column: "name", value: "1" };
  const error = await refusal(() =>
    extract(at, { table: "t", cursor: { column: "id" } }, {
      context: { state: other },
    })
  );
  assert.equal(error.code, "state/invalid");
});
