// supabase.extractor over a real PostgreSQL: every row once, past the API's cap, and a word when that can't be promised.
import assert from "node:assert/strict";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import {
  cells,
  columnTypes,
  extract,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const warnings = (driven: { logs: { level: string; message: string }[] }) =>
  driven.logs.filter(({ level }) => level === "warn").map(({ message }) =>
    message
  );

const range = (from: number, to: number): bigint[] =>
  Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

Deno.test("supabase.extractor reads past the cap of 1000 rows, by key and once each", async () => {
  await using at = await project(`
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12,2));
    INSERT INTO orders SELECT i, i / 4.0 FROM generate_series(1, 3456) i;`);
  const driven = await extract(at, { table: "orders" });
  assert.deepEqual(cells(driven).id, range(1, 3456));
  assert.deepEqual(warnings(driven), []);
  if (at.isReal) return;
  const pages = at.requests.filter(({ path, query }) =>
    path === "/orders" && !query.includes("limit=0")
  );
  assert.equal(pages.length, 4);
  assert.ok(pages.every(({ query }) => !query.includes("offset=")));
});

Deno.test("supabase.extractor keeps every digit of big integers and numerics", async () => {
  await using at = await project(`
    CREATE TABLE big (id bigint PRIMARY KEY, exact numeric(38,10), free numeric);
    INSERT INTO big VALUES (9007199254740993, 1234567890123456789012345678.0123456789, 0.1),
      (9223372036854775807, -0.0000000001, 12345678901234567890.123456789);`);
  const driven = await extract(at, { table: "big" });
  assert.deepEqual(cells(driven), {
    id: [9007199254740993n, 9223372036854775807n],
    exact: [12345678901234567890123456780123456789n, -1n],
    free: ["0.1", "12345678901234567890.123456789"],
  });
  assert.match(warnings(driven)[0], /"free".*types/);
});

Deno.test("supabase.extractor takes the type that the config names", async () => {
  await using at = await project(`
    CREATE TABLE big (id int PRIMARY KEY, free numeric);
    INSERT INTO big VALUES (1, 0.1), (2, 12.125);`);
  const types = { free: "decimal(20,4)" };
  const driven = await extract(at, { table: "big", types });
  assert.deepEqual(cells(driven).free, [1000n, 121250n]);
  await assert.rejects(
    extract(at, { table: "big", types: { free: "decimal(20,2)" } }),
    { code: "data/lossy", details: { table: "big", column: "free", row: 2 } },
  );
  await assert.rejects(
    extract(at, { table: "big", types: { fre: "utf8" } }),
    { code: "config/invalid", hint: 'Did you mean "free"?' },
  );
});

Deno.test("supabase.extractor turns a value that does not fit into NULL where allow_lossy says so, and counts it", async () => {
  await using at = await project(`
    CREATE TABLE events (id int PRIMARY KEY, at timestamptz);
    INSERT INTO events VALUES (1, 'infinity'), (2, '2024-02-29 12:00:00+02');`);
  await assert.rejects(extract(at, { table: "events" }), {
    code: "data/lossy",
    details: { table: "events", column: "at", row: 1 },
  });
  await assert.rejects(
    extract(at, { table: "events", allow_lossy: ["aat"] }),
    { code: "config/invalid", hint: 'Did you mean "at"?' },
  );
  const driven = await extract(at, { table: "events", allow_lossy: ["at"] });
  assert.deepEqual(cells(driven).at, [null, 1709200800000000n]);
  assert.deepEqual(driven.metrics, [
    { name: "lossy_values", value: 1, unit: "values" },
  ]);
});

Deno.test(
  "supabase.extractor pages by a key of several columns, text with any character in it",
  needsFixture,
  async () => {
    const odd = `E'a,b', E'"x"', E'(\\\\)', E'é.1', E'a b'`;
    await using at = await project(
      `
    CREATE TABLE parts (kind text, no int, PRIMARY KEY (kind, no));
    INSERT INTO parts SELECT kind, no FROM unnest(ARRAY[${odd}]) kind, generate_series(1, 7) no;`,
      { maxRows: 3 },
    );
    const read = cells(await extract(at, { table: "parts" }));
    const wanted = await rowsOf(
      at,
      "SELECT kind, no::text FROM parts ORDER BY kind, no",
    );
    assert.deepEqual(
      read.kind.map((kind, row) => [kind, String(read.no[row])]),
      wanted,
    );
  },
);

Deno.test(
  "supabase.extractor follows the user's order and still continues by key",
  needsFixture,
  async () => {
    await using at = await project(
      `
    CREATE TABLE scores (id int PRIMARY KEY, score int NOT NULL, note text);
    INSERT INTO scores SELECT i, i % 5, CASE WHEN i % 3 = 0 THEN 'n' || i END FROM generate_series(1, 40) i;`,
      { maxRows: 7 },
    );
    const byScore = cells(
      await extract(at, { table: "scores", order: "score.desc", select: "id" }),
    );
    const wanted = await rowsOf(
      at,
      "SELECT id::text FROM scores ORDER BY score DESC, scores.id",
    );
    assert.deepEqual(Object.keys(byScore), ["id"]);
    assert.deepEqual(byScore.id.map(String), wanted.map(([id]) => id));
    // A column that may be NULL can't be continued from: these pages count rows.
    const byNote = cells(
      await extract(at, { table: "scores", order: ["note.asc.nullsfirst"] }),
    );
    const nullsFirst = await rowsOf(
      at,
      "SELECT id::text FROM scores ORDER BY note NULLS FIRST, scores.id",
    );
    assert.deepEqual(byNote.id.map(String), nullsFirst.map(([id]) => id));
  },
);

Deno.test(
  "supabase.extractor reads a view without key by offset, each row once",
  needsFixture,
  async () => {
    await using at = await project(
      `
    CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (a_id int REFERENCES a, m int);
    INSERT INTO a SELECT i, i FROM generate_series(1, 30) i;
    INSERT INTO b SELECT 1 + i % 30, i % 4 FROM generate_series(1, 200) i;
    CREATE VIEW pairs AS SELECT a.id, a.n, b.m FROM a JOIN b ON b.a_id = a.id;`,
      { maxRows: 9 },
    );
    const driven = await extract(at, { view: "pairs" });
    const read = cells(driven);
    const mine = read.id.map((id, row) => `${id},${read.m[row]}`).sort();
    const wanted = (await rowsOf(at, "SELECT id || ',' || m FROM pairs")).map((
      [row],
    ) => row).sort();
    assert.deepEqual(mine, wanted);
    assert.deepEqual(warnings(driven), []);
  },
);

Deno.test("supabase.extractor refuses a key that does not tell rows apart", async () => {
  await using at = await project(`
    CREATE TABLE t (id int PRIMARY KEY, n int, m int);
    INSERT INTO t SELECT i, i / 2, CASE WHEN i > 3 THEN i END FROM generate_series(1, 9) i;`);
  await assert.rejects(extract(at, { table: "t", key: "n" }), {
    code: "data/duplicate-key",
  });
  await assert.rejects(extract(at, { table: "t", key: "m" }), {
    code: "data/null-key",
  });
  await assert.rejects(extract(at, { table: "t", key: "nn" }), {
    code: "sql/unknown-column",
    hint: 'Did you mean "n"?',
  });
});

/** Runs SQL just before the second page is asked for. */
function beforeSecondPage(at: Project, sql: string): typeof fetch {
  let pages = 0;
  return async (input, init) => {
    const { searchParams } = new URL(String(input));
    if (searchParams.has("limit") && ++pages === 2) await at.sql(sql);
    return await fetch(input, init);
  };
}

Deno.test(
  "supabase.extractor says so when rows come or go while it reads",
  needsFixture,
  async () => {
    const sql = `CREATE TABLE t (id int PRIMARY KEY);
    INSERT INTO t SELECT 10 * i FROM generate_series(1, 20) i;`;
    for (
      const change of [
        "INSERT INTO t VALUES (15)",
        "INSERT INTO t VALUES (999)",
        "DELETE FROM t WHERE id = 10",
        "DELETE FROM t WHERE id = 200",
      ]
    ) {
      await using at = await project(sql, { maxRows: 6 });
      const context = { fetch: beforeSecondPage(at, change) };
      const driven = await extract(at, { table: "t" }, { context });
      assert.equal(driven.events.at(-1)?.name, "rows_changed", change);
      assert.match(warnings(driven)[0], /changed while they were read/);
      const ids = cells(driven).id as number[];
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(ids.includes(999), change.includes("999"));
    }
    await using at = await project(sql, { maxRows: 6 });
    const context = {
      fetch: beforeSecondPage(at, "INSERT INTO t VALUES (15)"),
    };
    await assert.rejects(
      extract(at, { table: "t", on_change: "fail" }, { context }),
      { code: "data/count-mismatch" },
    );
  },
);

Deno.test(
  "supabase.extractor stops when rows shift under pages that count them",
  needsFixture,
  async () => {
    await using at = await project(
      `CREATE TABLE t (id int PRIMARY KEY, n int);
    INSERT INTO t SELECT i, i FROM generate_series(1, 20) i;
    CREATE VIEW v AS SELECT n FROM t GROUP BY n;`,
      { maxRows: 6 },
    );
    const context = {
      fetch: beforeSecondPage(at, "DELETE FROM t WHERE n = 2"),
    };
    await assert.rejects(extract(at, { view: "v" }, { context }), {
      code: "data/count-mismatch",
    });
  },
);

Deno.test(
  "supabase.extractor keeps limit and offset, and says what limit leaves out",
  needsFixture,
  async () => {
    await using at = await project(
      `CREATE TABLE t (id int PRIMARY KEY);
    INSERT INTO t SELECT i FROM generate_series(1, 50) i;`,
      { maxRows: 8 },
    );
    const driven = await extract(at, { table: "t", offset: 5, limit: 20 });
    assert.deepEqual(cells(driven).id.map(Number), range(6, 25).map(Number));
    assert.match(warnings(driven)[0], /leaves out 25 of the 50 rows/);
    const rest = await extract(at, { table: "t", offset: 45 });
    assert.deepEqual(cells(rest).id, [46, 47, 48, 49, 50]);
    const beyond = await extract(at, { table: "t", offset: 51 });
    assert.deepEqual(beyond.batches.map(({ length }) => length), [0]);
  },
);

Deno.test("supabase.extractor gives one empty batch with all columns for a table without rows", async () => {
  await using at = await project(
    `CREATE TABLE t (id int PRIMARY KEY, name text, tags text[], amount numeric(8,2))`,
  );
  const driven = await extract(at, { table: "t" });
  assert.deepEqual(driven.batches.map(({ length }) => length), [0]);
  assert.deepEqual(Object.keys(columnTypes(driven)), [
    "id",
    "name",
    "tags",
    "amount",
  ]);
  assert.deepEqual(warnings(driven), []);
});

Deno.test(
  "supabase.extractor warns of policies when a key that they hold for sees no rows",
  needsFixture,
  async () => {
    await using at = await project(`
    CREATE TABLE secret (id int PRIMARY KEY); INSERT INTO secret VALUES (1), (2);
    ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON secret FOR SELECT TO authenticated USING (id = 2);`);
    const connection = { url: at.url, "anon_key": at.anonKey };
    const hidden = await extract(at, { table: "secret" }, { connection });
    assert.deepEqual(hidden.batches.map(({ length }) => length), [0]);
    assert.match(warnings(hidden)[0], /row-level security/);
    const jwt = await at.makeJwt({ role: "authenticated", sub: "1" });
    const user = await extract(at, { table: "secret" }, {
      connection: { ...connection, jwt },
    });
    assert.deepEqual(cells(user).id, [2]);
    const all = await extract(at, { table: "secret" });
    assert.deepEqual(cells(all).id, [1, 2]);
  },
);

const shop = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, since date);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, total numeric(8,2));
  INSERT INTO customers VALUES (1, 'Ada', '2020-01-01'), (2, 'Bob', NULL);
  INSERT INTO orders VALUES (10, 1, 5), (11, 2, 7.5), (12, NULL, 1);`;

Deno.test("supabase.extractor flattens an embedded row and keeps a list of rows as json", async () => {
  await using at = await project(shop);
  const flat = await extract(at, {
    table: "orders",
    select: "id,customer:customers(name,since)",
  });
  assert.deepEqual(columnTypes(flat), {
    id: "int32",
    customer_name: "utf8",
    customer_since: "date",
  });
  assert.deepEqual(cells(flat).customer_name, ["Ada", "Bob", null]);
  assert.deepEqual(cells(flat).customer_since, [18262, null, null]);
  const lists = await extract(at, {
    table: "customers",
    select: "name,orders(id,total)",
    order: "name",
  });
  assert.deepEqual(columnTypes(lists), { name: "utf8", orders: "json" });
  assert.deepEqual(JSON.parse(cells(lists).orders[0] as string), [
    { id: 10, total: 5 },
  ]);
  const json = await extract(at, {
    table: "orders",
    select: "id,customers(name)",
    embedded: "json",
  });
  assert.deepEqual(cells(json).customers, [
    '{"name":"Ada"}',
    '{"name":"Bob"}',
    null,
  ]);
});

Deno.test("supabase.extractor knows casts, paths, aliases and spreads of select", async () => {
  await using at = await project(`${shop}
    ALTER TABLE customers ADD data jsonb;
    UPDATE customers SET data = '{"a": {"b": 12345678901234567890}, "c": "x"}' WHERE id = 1;`);
  const driven = await extract(at, {
    table: "customers",
    select: "key:id::text,data->a->b,data->>c,whole:data",
  });
  assert.deepEqual(columnTypes(driven), {
    key: "utf8",
    b: "json",
    c: "utf8",
    whole: "json",
  });
  assert.deepEqual(cells(driven).b, ["12345678901234567890", null]);
  const spread = await extract(at, {
    table: "orders",
    select: "id,...customers(who:name,since)",
  });
  assert.deepEqual(columnTypes(spread), {
    id: "int32",
    who: "utf8",
    since: "date",
  });
  await assert.rejects(
    extract(at, { table: "orders", select: "id,(x" }),
    { code: "config/invalid" },
  );
  await assert.rejects(
    extract(at, { table: "orders", select: "id,id:total" }),
    { code: "data/duplicate-column" },
  );
});

Deno.test("supabase.extractor takes filters as a map and as a list", async () => {
  await using at = await project(
    `CREATE TABLE t (id int PRIMARY KEY, name text, tags text[], n int);
    INSERT INTO t SELECT i, 'n' || i, ARRAY['a' || i % 3], NULLIF(i % 4, 0) FROM generate_series(1, 12) i;`,
  );
  const ids = async (filter: unknown) =>
    cells(await extract(at, { table: "t", filter })).id ?? [];
  assert.deepEqual(await ids({ id: ["gte.3", "lt.6"] }), [3, 4, 5]);
  assert.deepEqual(await ids({ name: "in.(n1,n7)", id: "gt.1" }), [7]);
  assert.deepEqual(await ids(["id=lte.2", { name: "neq.n1" }]), [2]);
  assert.deepEqual(await ids({ or: "(id.eq.1,name.eq.n5)" }), [1, 5]);
  assert.deepEqual(await ids({ "not.or": "(id.gt.2,n.is.null)" }), [1, 2]);
  assert.deepEqual(await ids({ tags: "cs.{a0}", n: "is.null" }), [12]);
  assert.deepEqual(await ids({ n: "not.is.null", name: "like(any).{n1,n2}" }), [
    1,
    2,
  ]);
  await assert.rejects(ids({ id: "equals.3" }), { code: "config/invalid" });
  await assert.rejects(ids({ id: "gtt.3" }), {
    code: "config/invalid",
    hint: 'Did you mean "gt"?',
  });
  await assert.rejects(ids(["id"]), { code: "config/invalid" });
});

Deno.test("supabase.extractor calls functions: rows past the cap, values, and one row", async () => {
  await using at = await project(
    `CREATE TABLE t (id int PRIMARY KEY, amount numeric(10,2), big bigint);
    INSERT INTO t SELECT i, i / 8.0, 9007199254740993 FROM generate_series(1, 2500) i;
    CREATE FUNCTION rows_from(lowest int) RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t WHERE id >= lowest ORDER BY id';
    CREATE FUNCTION numbers() RETURNS SETOF bigint LANGUAGE sql STABLE AS 'SELECT 9007199254740993 + i FROM generate_series(1, 3) i';
    CREATE FUNCTION answer(a int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + 41';
    CREATE FUNCTION act() RETURNS SETOF t LANGUAGE sql VOLATILE AS 'SELECT * FROM t';`,
  );
  const rows = await extract(at, {
    rpc: "rows_from",
    args: { lowest: 101 },
    order: "id",
  });
  assert.deepEqual(cells(rows).id.map(Number), range(101, 2500).map(Number));
  assert.equal(cells(rows).big[0], 9007199254740993n);
  assert.equal(columnTypes(rows).amount, "decimal(38,2)");
  const keyed = await extract(at, {
    rpc: "rows_from",
    args: { lowest: 1 },
    key: "id",
  });
  assert.equal(cells(keyed).id.length, 2500);
  assert.deepEqual(cells(await extract(at, { rpc: "numbers" })).numbers, [
    9007199254740994n,
    9007199254740995n,
    9007199254740996n,
  ]);
  assert.deepEqual(cells(await extract(at, { rpc: "answer" })).answer, [42n]);
  await assert.rejects(extract(at, { rpc: "act" }), {
    code: "data/count-mismatch",
  });
  await assert.rejects(extract(at, { rpc: "answr" }), {
    code: "sql/unknown-function",
    hint: 'Did you mean "answer"?',
  });
});

Deno.test(
  "supabase.extractor reads what the API does not describe, and says so",
  needsFixture,
  async () => {
    await using at = await project(
      `CREATE TABLE t (id int PRIMARY KEY, name text);
    INSERT INTO t SELECT i, 'n' || i FROM generate_series(1, 30) i;`,
      {
        maxRows: 7,
      },
    );
    const context = {
      fetch:
        ((input, init) =>
          String(input).endsWith("/rest/v1/")
            ? Promise.resolve(
              new Response('{"code":"PGRST126","message":"disabled"}', {
                status: 404,
              }),
            )
            : fetch(input, init)) as typeof fetch,
    };
    const driven = await extract(at, { table: "t", key: "id" }, { context });
    assert.equal(cells(driven).id.length, 30);
    assert.deepEqual(columnTypes(driven), { id: "int64", name: "utf8" });
    assert.match(warnings(driven)[0], /does not describe/);
  },
);

Deno.test(
  "supabase.extractor reads a few rows only in a dry run",
  needsFixture,
  async () => {
    await using at = await project(`CREATE TABLE t (id int PRIMARY KEY);
    INSERT INTO t SELECT i FROM generate_series(1, 3000) i;`);
    const driven = await extract(at, { table: "t" }, {
      context: { sampleRows: 5 },
    });
    assert.deepEqual(cells(driven).id, [1, 2, 3, 4, 5]);
    assert.equal(at.requests.length, 2);
  },
);

Deno.test("supabase.extractor reads another schema", needsFixture, async () => {
  await using at = await project(
    "CREATE TABLE shop.t (id int PRIMARY KEY); INSERT INTO shop.t VALUES (7)",
    { schemas: ["public", "shop"] },
  );
  assert.deepEqual(
    cells(await extract(at, { table: "t", schema: "shop" })).id,
    [7],
  );
  const connection = { ...serviceConnection(at), schema: "shop" };
  assert.deepEqual(
    cells(await extract(at, { table: "t" }, { connection })).id,
    [
      7,
    ],
  );
});
