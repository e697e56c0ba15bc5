// deno-lint-ignore-file camelcase -- configs and connections have their fields in snake case
// supabase.writer over a real PostgreSQL, through the API and over the direct channel.
import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { decimal, types } from "../../src/table/type.ts";
import type { Driven } from "../kit/drive.ts";
import type { Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import {
  directFields,
  load,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Rows `id, name` with ids from `from` to `to`. */
const people = (from: number, to: number, name = "n"): Batch =>
  batchOf(
    ["id", types.int64, numbers(from, to).map(BigInt)],
    ["name", types.utf8, numbers(from, to).map((id) => `${name}${id}`)],
  );

const PEOPLE = "CREATE TABLE people (id bigint PRIMARY KEY, name text);";

/** The two ways: through the API, and over the direct channel. */
const ways = (at: Project) => [
  { channel: "rest", connection: serviceConnection(at) },
  {
    channel: "direct",
    connection: { ...serviceConnection(at), ...directFields(at) },
  },
];

/** Loads and gives what is in the table afterwards. */
async function loaded(
  at: Project,
  { channel, connection }: ReturnType<typeof ways>[number],
  config: Record<string, unknown>,
  batches: Batch[],
) {
  const driven = await load(at, { channel, ...config }, batches, {
    connection,
  });
  const sql = `SELECT id::text, name FROM ${config.table} t ORDER BY t.id`;
  return { driven, rows: await rowsOf(at, sql) };
}

Deno.test("supabase.writer appends all rows and counts them", async () => {
  await using at = await project(PEOPLE);
  for (const way of ways(at)) {
    await at.sql("TRUNCATE people");
    const { driven, rows } = await loaded(at, way, {
      table: "people",
      batch_size: 400,
    }, [people(1, 700), people(701, 701), people(702, 1500)]);
    assert.equal(driven.report?.rowsWritten, 1500);
    assert.deepEqual(rows, numbers(1, 1500).map((id) => [`${id}`, `n${id}`]));
    assert.deepEqual(driven.logs, []);
  }
  if (at.isReal) return;
  const posts = at.requests.filter(({ method }) => method === "POST");
  assert.equal(posts.length, 4);
  assert.ok(posts.every(({ query }) => query.includes('columns="id","name"')));
});

Deno.test("supabase.writer upserts by key: the last of equal keys counts", async () => {
  await using at = await project(PEOPLE);
  for (const way of ways(at)) {
    await at.sql(
      "TRUNCATE people; INSERT INTO people VALUES (2, 'old'), (9, 'stays')",
    );
    const { driven, rows } = await loaded(at, way, {
      table: "people",
      write_mode: "upsert",
      primary_key: "id",
    }, [people(1, 3), people(3, 4, "later")]);
    assert.deepEqual(rows, [["1", "n1"], ["2", "n2"], ["3", "later3"], [
      "4",
      "later4",
    ], ["9", "stays"]]);
    assert.equal(driven.report?.rowsWritten, 4);
    assert.deepEqual(driven.accounted, { deduplicated: 1 });
  }
});

Deno.test("supabase.writer replaces: what did not come is gone, what came is there", async () => {
  await using at = await project(
    `CREATE TABLE pairs (id int, name text, n int, PRIMARY KEY (id, name));`,
  );
  for (const way of ways(at)) {
    await at.sql(
      "TRUNCATE pairs; INSERT INTO pairs SELECT i, 'a,\"b' || i, 0 FROM generate_series(1, 2300) i",
    );
    const rows = batchOf(
      ["id", types.int32, [1, 2, 5000]],
      ["name", types.utf8, ['a,"b1', "new", "x"]],
      ["n", types.int32, [7, 8, 9]],
    );
    const { driven, rows: there } = await loaded(at, way, {
      table: "pairs",
      write_mode: "replace",
    }, [rows]);
    assert.deepEqual(there, [["1", 'a,"b1'], ["2", "new"], ["5000", "x"]]);
    assert.equal(driven.report?.rowsWritten, 3);
    assert.equal(
      driven.events.find(({ name }) => name === "rows_removed")?.facts.rows,
      2299,
    );
  }
});

Deno.test("supabase.writer leaves nothing over the direct channel when its input fails", async () => {
  await using at = await project(PEOPLE);
  const [, direct] = ways(at);
  async function* failing() {
    yield people(1, 20_000);
    await Promise.resolve();
    throw new Error("the producer failed");
  }
  for (const write_mode of ["append", "upsert", "replace"]) {
    await assert.rejects(
      load(at, { table: "people", write_mode }, failing(), {
        connection: direct.connection,
      }),
      { message: "the producer failed" },
    );
  }
  assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [["0"]]);
});

Deno.test("supabase.writer says exactly what the API keeps when its input fails half way", async () => {
  await using at = await project(PEOPLE);
  async function* failing() {
    yield people(1, 1234);
    await Promise.resolve();
    throw new OsirisError("data/type", "Cannot read file: row 1235: no number");
  }
  const logs: Driven["logs"] = [];
  const events: Driven["events"] = [];
  await assert.rejects(
    load(at, { table: "people", batch_size: 500 }, failing(), {
      context: {
        log: (level, message) => void logs.push({ level, message }),
        emit: (name, facts = {}) => void events.push({ name, facts }),
      },
    }),
    (error: OsirisError) => {
      assert.equal(error.code, "data/type");
      assert.match(error.message, /"people" keeps 1000 rows of this load$/);
      assert.deepEqual(error.details, {
        committed: 1000,
        rows_certain: 1000,
        rows_uncertain: 0,
      });
      return true;
    },
  );
  assert.deepEqual(await rowsOf(at, "SELECT count(*), max(id) FROM people"), [
    ["1000", "1000"],
  ]);
  assert.deepEqual(events.find(({ name }) => name === "partial_write")?.facts, {
    table: "people",
    mode: "append",
    rows_certain: 1000,
    rows_uncertain: 0,
  });
  assert.ok(logs.some(({ message }) => message.includes("keeps 1000 rows")));
});

Deno.test("supabase.writer shows readers the old rows or the new, never fewer, while it replaces directly", async () => {
  await using at = await project(
    `${PEOPLE} INSERT INTO people SELECT i, 'old' FROM generate_series(1, 500) i;`,
  );
  const [, direct] = ways(at);
  const seen = new Set<string>();
  async function* slow() {
    for (const from of [1, 201, 401]) {
      yield people(from, from + 199, "new");
      const [[state]] = await rowsOf(
        at,
        "SELECT count(*) || ' ' || min(left(name, 3)) FROM people",
      );
      seen.add(state!);
    }
  }
  await load(at, { table: "people", write_mode: "replace" }, slow(), {
    connection: direct.connection,
  });
  assert.deepEqual([...seen], ["500 old"]);
  assert.deepEqual(
    await rowsOf(at, "SELECT count(*), min(left(name, 3)) FROM people"),
    [["600", "new"]],
  );
});

Deno.test("supabase.writer makes a missing table with the types that come in, in either way", async () => {
  await using at = await project("");
  for (const way of ways(at)) {
    await at.sql("DROP TABLE IF EXISTS made; NOTIFY pgrst, 'reload schema'");
    const rows = batchOf(
      ["id", types.int64, [1n], { nullable: false }],
      ["amount", decimal(12, 3), [1500n]],
      ["at", types.timestampUtc, [0n]],
      ["data", types.json, ['{"a": 1}']],
      ["big", types.uint64, [18446744073709551615n]],
      ["raw", types.binary, [new Uint8Array([1])]],
    );
    const driven = await load(
      at,
      {
        table: "made",
        create_if_missing: true,
        primary_key: ["id"],
        channel: way.channel,
      },
      [rows],
      {
        connection: { ...way.connection, ...directFields(at) },
      },
    );
    assert.equal(driven.report?.rowsWritten, 1);
    assert.deepEqual(
      await rowsOf(at, "SELECT * FROM made"),
      [[
        "1",
        "1.500",
        "1970-01-01 00:00:00+00",
        '{"a": 1}',
        "18446744073709551615",
        "\\x01",
      ]],
    );
    assert.deepEqual(
      await rowsOf(
        at,
        "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'made'::regclass AND attnum > 0",
      ),
      [["bigint, numeric(12,3), timestamp with time zone, jsonb, numeric(20,0), bytea"]],
    );
    assert.deepEqual(
      await rowsOf(
        at,
        "SELECT relrowsecurity::text FROM pg_class WHERE oid = 'made'::regclass",
      ),
      [["true"]],
    );
  }
});

Deno.test("supabase.writer fails before it writes when the table is missing and can't be made", async () => {
  await using at = await project(PEOPLE);
  const [rest, direct] = ways(at);
  for (
    const [way, config, hint] of [
      [rest, {}, 'Did you mean "people"?'],
      [rest, { create_if_missing: true }, 'Did you mean "people"?'],
      [direct, {}, 'Did you mean "people"?'],
    ] as const
  ) {
    await assert.rejects(
      load(at, { table: "peple", channel: way.channel, ...config }, [
        people(1, 2),
      ], { connection: way.connection }),
      { code: "sql/unknown-table", hint },
    );
  }
  assert.ok(at.requests.every(({ method }) => method === "GET"));
});

Deno.test("supabase.writer refuses a column that the table does not have, or can't take, before it writes", async () => {
  await using at = await project(
    "CREATE TABLE t (id int PRIMARY KEY, raw bytea, twice int GENERATED ALWAYS AS (id * 2) STORED);",
  );
  for (const way of ways(at)) {
    const into = (batch: Batch) =>
      load(at, { table: "t", channel: way.channel }, [batch], {
        connection: way.connection,
      });
    await assert.rejects(into(batchOf(["idd", types.int32, [1]])), {
      code: "sql/unknown-column",
      hint: 'Did you mean "id"?',
    });
    await assert.rejects(into(batchOf(["raw", types.int32, [1]])), {
      code: "data/type",
      details: { table: "t", column: "raw" },
    });
  }
  const [, direct] = ways(at);
  await assert.rejects(
    load(at, { table: "t" }, [batchOf(["twice", types.int32, [1]])], {
      connection: direct.connection,
    }),
    { code: "sql/constraint" },
  );
});

Deno.test("supabase.writer never lets the table round: numbers, instants, texts", async () => {
  await using at = await project(
    `CREATE TABLE t (id int PRIMARY KEY, n numeric(8,2), at timestamptz(3), r real, d date, s varchar(3), i smallint);`,
  );
  const cases = [
    ["n", decimal(10, 4), [15000n, 12345n], 2],
    ["n", types.float64, [1.5, 0.001], 2],
    ["at", types.timestampUtc, [1_000_000n, 123_456n], 2],
    ["r", types.float64, [0.5, 0.1], 2],
    ["d", types.timestamp, [0n, 1n], 2],
    ["s", types.utf8, ["abc", "abc "], 2],
    ["i", types.int32, [32767, 32768], 2],
    ["i", decimal(4, 1), [20n, 25n], 2],
  ] as const;
  for (const way of ways(at)) {
    for (const [column, type, values, row] of cases) {
      const batch = batchOf(["id", types.int32, [1, 2]], [
        column,
        type,
        values,
      ]);
      await assert.rejects(
        load(at, { table: "t", channel: way.channel }, [batch], {
          connection: way.connection,
        }),
        (error: { code: string; details: Record<string, unknown> }) => {
          assert.match(error.code, /^data\/(lossy|type)$/, column);
          assert.equal(error.details.row, row, `${way.channel} ${column}`);
          assert.equal(error.details.column, column);
          return true;
        },
      );
      await at.sql("TRUNCATE t");
    }
  }
});

Deno.test("supabase.writer lets the table round where allow_lossy says so, and counts it", async () => {
  await using at = await project(
    "CREATE TABLE t (id int PRIMARY KEY, n numeric(8,2));",
  );
  const batch = () =>
    batchOf(["id", types.int32, [1, 2, 3]], ["n", decimal(10, 4), [
      15000n,
      12345n,
      19999n,
    ]]);
  const [rest, direct] = ways(at);
  const exact = await load(at, { table: "t", allow_lossy: ["n"] }, [batch()], {
    connection: direct.connection,
  });
  assert.deepEqual(exact.metrics, [
    { name: "lossy_values", value: 2, unit: "values" },
  ]);
  await at.sql("TRUNCATE t");
  await load(at, { table: "t", allow_lossy: ["n"] }, [batch()], {
    connection: rest.connection,
  });
  assert.deepEqual(await rowsOf(at, "SELECT n FROM t ORDER BY id"), [
    ["1.50"],
    ["1.23"],
    ["2.00"],
  ]);
});

Deno.test("supabase.writer refuses allow_lossy for a column that does not come in, before it makes a table", async () => {
  await using at = await project("CREATE TABLE t (id int PRIMARY KEY);");
  for (const { channel, connection } of ways(at)) {
    for (
      const more of [{ table: "t" }, { table: "u", create_if_missing: true }]
    ) {
      const config = { ...more, channel, allow_lossy: ["ix"] };
      await assert.rejects(
        load(at, config, [batchOf(["id", types.int32, [1]])], { connection }),
        { code: "config/invalid", hint: 'Did you mean "id"?' },
      );
    }
  }
  assert.deepEqual(await rowsOf(at, "SELECT id FROM t"), []);
  assert.deepEqual(await rowsOf(at, "SELECT to_regclass('u')"), [[null]]);
});

Deno.test("supabase.writer says that rows were dropped when a trigger drops them", async () => {
  await using at = await project(`${PEOPLE}
    CREATE FUNCTION drop_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.id % 10 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
    CREATE TRIGGER dropping BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION drop_some();`);
  for (const way of ways(at)) {
    await assert.rejects(
      load(at, { table: "people", channel: way.channel }, [people(1, 20)], {
        connection: way.connection,
      }),
      { code: "data/count-mismatch" },
    );
    await at.sql("TRUNCATE people");
  }
});

Deno.test("supabase.writer refuses rows without a key and modes without one", async () => {
  await using at = await project(
    `${PEOPLE} CREATE TABLE loose (id bigint, name text);`,
  );
  for (const way of ways(at)) {
    const config = { channel: way.channel, write_mode: "upsert" };
    const nulls = batchOf(["id", types.int64, [1n, null]], [
      "name",
      types.utf8,
      ["a", "b"],
    ]);
    await assert.rejects(
      load(at, { table: "people", ...config }, [nulls], {
        connection: way.connection,
      }),
      { code: "data/null-key", details: { table: "people", row: 2 } },
    );
    await assert.rejects(
      load(at, { table: "loose", ...config }, [people(1, 2)], {
        connection: way.connection,
      }),
      { code: "config/invalid" },
    );
    await assert.rejects(
      load(at, { table: "loose", ...config, primary_key: "id" }, [
        people(1, 2),
      ], { connection: way.connection }),
      { code: "sql/constraint" },
    );
  }
});

Deno.test("supabase.writer writes what text, JSON and lists can hold, the same in both ways", async () => {
  await using at = await project(
    "CREATE TABLE t (id int PRIMARY KEY, s text, j jsonb, a text[], m int[], k json);",
  );
  const texts = ["", "\\N", "\\", "tab\tline\nret\r", '"quoted"', "ü€😀\u0001"];
  for (const way of ways(at)) {
    await at.sql("TRUNCATE t");
    const batch = batchOf(
      ["id", types.int32, texts.map((_, i) => i)],
      ["s", types.utf8, texts],
      ["j", types.json, texts.map((text) => JSON.stringify({ [text]: text }))],
      [
        "a",
        types.json,
        texts.map((text) => JSON.stringify([text, null, "NULL"])),
      ],
      ["m", types.json, texts.map((_, i) => `[[${i}, 2], [3, null]]`)],
      ["k", types.json, texts.map(() => '{"b":  1,"a":12345678901234567890}')],
    );
    await load(at, { table: "t", channel: way.channel }, [batch], {
      connection: way.connection,
    });
    const rows = await rowsOf(
      at,
      "SELECT s, j::text, to_json(a)::text, m::text, k::text FROM t ORDER BY id",
    );
    assert.deepEqual(rows.map(([s]) => s), texts);
    assert.deepEqual(
      rows.map(([, j]) => JSON.parse(j!)),
      texts.map((text) => ({ [text]: text })),
    );
    assert.deepEqual(
      rows.map(([, , a]) => JSON.parse(a!)),
      texts.map((text) => [text, null, "NULL"]),
    );
    assert.deepEqual(rows[1][3], "{{1,2},{3,NULL}}");
    assert.deepEqual(rows[0][4], '{"b":  1,"a":12345678901234567890}');
  }
});

Deno.test("supabase.writer takes a naive timestamp as UTC, and says so", async () => {
  await using at = await project(
    "CREATE TABLE t (id int PRIMARY KEY, at timestamptz);",
  );
  for (const way of ways(at)) {
    await at.sql("TRUNCATE t");
    const driven = await load(at, { table: "t", channel: way.channel }, [
      batchOf(["id", types.int32, [1]], ["at", types.timestamp, [0n]]),
    ], { connection: way.connection });
    assert.match(driven.logs[0].message, /taken as UTC/);
    assert.deepEqual(
      await rowsOf(at, "SELECT extract(epoch FROM at)::text FROM t"),
      [["0.000000"]],
    );
  }
});

Deno.test("supabase.writer goes through the API when the direct channel can't be reached and auto allows it", async () => {
  await using at = await project(PEOPLE);
  const connection = {
    ...serviceConnection(at),
    ...directFields(at),
    pg_port: 1,
  };
  const driven = await load(at, { table: "people" }, [people(1, 3)], {
    connection,
  });
  assert.equal(driven.report?.rowsWritten, 3);
  assert.match(driven.logs[0].message, /through the API instead/);
  await assert.rejects(
    load(at, { table: "people", channel: "direct" }, [people(4, 5)], {
      connection,
    }),
    { code: "connection/refused" },
  );
  await assert.rejects(
    load(at, { table: "people" }, [people(4, 5)], {
      connection: { ...connection, ...directFields(at), pg_password: "wrong" },
    }),
    { code: "connection/auth" },
  );
});

Deno.test("supabase.writer accepts the keys that the original's compiler fills in", async () => {
  await using at = await project(
    "CREATE TABLE revenue_by_country (country text PRIMARY KEY, name text);",
  );
  const filled = {
    batch_size: 100,
    create_if_missing: true,
    ddl_channel: "auto",
    prefer: "return=minimal",
    primary_key: ["country"],
    retries: 3,
    returning: "minimal",
    schema: "public",
    table: "revenue_by_country",
    timeout: 30,
    write_mode: "upsert",
  };
  const batch = batchOf(["country", types.utf8, ["CZ", "DE"]]);
  const driven = await load(at, filled, [batch]);
  assert.equal(driven.report?.rowsWritten, 2);
});
