import assert from "node:assert/strict";
import type { Batch } from "../../../src/table/batch.ts";
import { decimal, types } from "../../../src/table/type.ts";
import { fc } from "../../deps/fast_check.ts";
import { anyBatch } from "../../kit/arbitrary_table.ts";
import { batchOf, tableOf } from "../../kit/table.ts";
import { transform } from "./run.ts";

/** A column of each type with values that JavaScript's numbers and dates can't hold. */
const hard = (): Batch =>
  batchOf(
    ["row", types.int32, [0, 1, 2, 3]],
    ["int64", types.int64, [
      2n ** 63n - 1n,
      2n ** 63n - 2n,
      null,
      -(2n ** 63n),
    ], { metadata: { "mysql.type": "bigint", "mysql.key": "primary" } }],
    ["uint64", types.uint64, [2n ** 64n - 1n, 0n, null, 2n ** 53n + 1n]],
    ["decimal", decimal(38, 10), [
      10n ** 37n + 1n,
      10n ** 37n,
      null,
      -(10n ** 37n),
    ], { metadata: { "mysql.type": "decimal(38,10)" } }],
    ["wide", decimal(65, 30), [10n ** 64n + 1n, 1n, null, -1n]],
    ["timestamp", types.timestamp, [
      1_700_000_000_000_001n,
      1_700_000_000_000_002n,
      null,
      -62_135_596_799_999_999n,
    ]],
    ["utc", types.timestampUtc, [253_402_300_799_999_999n, 1n, null, -1n]],
    ["date", types.date, [-719_162, 0, null, 2_932_896]],
    ["time", types.time, [-3_020_399_000_001n, 90_000_000_001n, null, 0n]],
    ["float", types.float64, [NaN, -0, null, 5e-324]],
    ["float32", types.float32, [1.5, -0, null, Infinity]],
    ["text", types.utf8, ["", "\ufeffžluť 🐎\0", null, 'a"|"b']],
    ["bytes", types.binary, [
      new Uint8Array([0, 255]),
      new Uint8Array(0),
      null,
      new Uint8Array([1]),
    ]],
    ["json", types.json, ['{"a" : 1.0}', "1e400", null, "null"]],
    ["bool", types.bool, [true, false, null, true]],
    ["null", types.null, [null, null, null, null]],
  );

/** Asserts that the result is rows of `hard()`, all else about its columns the same. */
async function assertRows(
  verbs: unknown[],
  rows: number[],
  inputs: Record<string, Batch | Batch[]> = { hard: hard() },
): Promise<void> {
  const { table, batches } = await transform(inputs, verbs);
  const given = tableOf([hard()]);
  const { fields } = hard().schema;
  assert.deepEqual(
    batches[0].schema.fields.filter(({ name }) => name in given),
    fields,
  );
  for (const { name } of fields) {
    assert.deepEqual(table[name], rows.map((row) => given[name][row]), name);
  }
}

const others = (): Batch =>
  batchOf(["row", types.int64, [3n, 1n, 9n]], ["more", types.utf8, [
    "x",
    "y",
    "z",
  ]]);

const PATHS: Record<string, [verbs: unknown[], rows: number[]]> = {
  nothing: [[], [0, 1, 2, 3]],
  filter: [[{ filter: "d.row !== 1" }], [0, 2, 3]],
  orderby: [[{ orderby: [{ desc: "row" }] }], [3, 2, 1, 0]],
  slice: [[{ slice: [1, 3] }], [1, 2]],
  "slice of groups": [[{ groupby: "bool" }, { slice: 1 }], [0, 1, 2]],
  sample: [[{ sample: { size: 4, shuffle: false } }], [0, 1, 2, 3]],
  "dedupe by all columns": [[{ dedupe: true }], [0, 1, 2, 3]],
  "derive of others": [[{ derive: { x: "d.row * 2" } }], [0, 1, 2, 3]],
  "filter, order and slice": [[
    { filter: "d.row > 0" },
    { orderby: [{ desc: "row" }] },
    { slice: 2 },
  ], [3, 2]],
  "grouped filter": [[
    { groupby: "bool" },
    { filter: "op.count() > 1" },
  ], [0, 3]],
  "window order": [[
    { orderby: [{ desc: "row" }] },
    { derive: { n: "op.row_number()" } },
  ], [3, 2, 1, 0]],
};

for (const [name, [verbs, rows]] of Object.entries(PATHS)) {
  Deno.test(`what ${name} moves stays exactly what it was`, async () => {
    await assertRows(verbs, rows);
    const halves = await transform({ hard: hard() }, [{ slice: 2 }]);
    const rest = await transform({ hard: hard() }, [{ slice: [2] }]);
    // The same from a table in two batches.
    await assertRows(verbs, rows, {
      hard: [halves.batches[0], rest.batches[0]],
    });
  });
}

Deno.test("what joins move stays exactly what it was", async () => {
  const both = () => ({ hard: hard(), others: others() });
  await assertRows([{ join: { with: "others", on: "row" } }], [1, 3], both());
  await assertRows([{ join_left: { with: "others", on: "row" } }], [
    0,
    1,
    2,
    3,
  ], both());
  await assertRows([{ lookup: { with: "others", on: "row" } }], [
    0,
    1,
    2,
    3,
  ], both());
  await assertRows(
    [{ semijoin: { with: "others", on: "row" } }],
    [1, 3],
    both(),
  );
  await assertRows(
    [{ antijoin: { with: "others", on: "row" } }],
    [0, 2],
    both(),
  );
  await assertRows(
    [
      {
        join: {
          with: "others",
          on: "(a, b) => a.row === b.row",
          suffix: ["", "_b"],
        },
      },
    ],
    [1, 3],
    both(),
  );
});

Deno.test("what comes from the right side of a join stays exact, and may be NULL", async () => {
  const { table, batches } = await transform(
    { others: others(), hard: hard() },
    [
      { join_left: { with: "hard", on: "row" } },
    ],
  );
  const given = tableOf([hard()]);
  for (const [name, cells] of Object.entries(given).slice(1)) {
    assert.deepEqual(table[name], [cells[3], cells[1], null], name);
  }
  assert.ok(
    batches[0].schema.fields.slice(2).every(({ nullable }) => nullable),
  );
});

Deno.test("what concat, union, except and intersect move stays exactly what it was", async () => {
  const twice = () => ({ hard: hard(), again: hard() });
  await assertRows([{ concat: "again" }], [0, 1, 2, 3, 0, 1, 2, 3], twice());
  await assertRows([{ union: "again" }], [0, 1, 2, 3], twice());
  await assertRows([{ intersect: "again" }], [0, 1, 2, 3], twice());
  await assertRows([{ except: "again" }], [], twice());
});

Deno.test("what fold and unroll copy stays exactly what it was", async () => {
  await assertRows([{ derive: { a: "d.row", b: "d.row" } }, {
    fold: ["a", "b"],
  }], [0, 0, 1, 1, 2, 2, 3, 3]);
  await assertRows([{ unroll: { n: "op.sequence(d.row)" } }], [
    1,
    2,
    2,
    3,
    3,
    3,
  ]);
});

Deno.test("a key column stays exact through groupby and rollup, whatever its type", async () => {
  const given = tableOf([hard()]);
  for (const { name, type } of hard().schema.fields) {
    const { table, batches } = await transform(hard(), [
      { groupby: name },
      { rollup: { n: "op.count()" } },
    ]);
    const distinct = name === "bool"
      ? [true, false, null]
      : name === "null"
      ? [null]
      : given[name];
    assert.deepEqual(table[name], distinct, name);
    assert.deepEqual(batches[0].schema.fields[0].type, type);
  }
});

Deno.test("a column under another name keeps type and metadata", async () => {
  const { batches, table } = await transform(hard(), [
    { derive: { copy: "d.int64" } },
    { select: [{ copy: "a" }, { decimal: "b" }] },
  ]);
  const given = tableOf([hard()]);
  assert.deepEqual(table, { a: given.int64, b: given.decimal });
  assert.deepEqual(batches[0].schema.fields.map(({ metadata }) => metadata), [
    { "mysql.type": "bigint", "mysql.key": "primary" },
    { "mysql.type": "decimal(38,10)" },
  ]);
});

Deno.test("orderby orders what numbers can't hold", async () => {
  const order = async (column: string): Promise<unknown> =>
    (await transform(hard(), [{ orderby: column }, { select: "row" }])).table
      .row;
  assert.deepEqual(await order("int64"), [2, 3, 1, 0]);
  assert.deepEqual(await order("uint64"), [2, 1, 3, 0]);
  assert.deepEqual(await order("decimal"), [2, 3, 1, 0]);
  assert.deepEqual(await order("wide"), [2, 3, 1, 0]);
  assert.deepEqual(await order("timestamp"), [2, 3, 0, 1]);
  assert.deepEqual(await order("bytes"), [2, 1, 0, 3]);
});

Deno.test("joins tell values apart that are equal as numbers, and meet across types", async () => {
  const big = 2n ** 53n;
  const left = batchOf(["k", types.int64, [big, big + 1n, 5n]]);
  const right = batchOf(
    ["k", decimal(38, 2), [(big + 1n) * 100n, 500n, 501n]],
    ["v", types.utf8, ["big", "five", "no"]],
  );
  const { table } = await transform({ left, right }, [
    { join: { with: "right", on: "k" } },
  ]);
  assert.deepEqual(table, { k: [big + 1n, 5n], v: ["big", "five"] });
});

Deno.test("concat of numeric types takes the one that holds both", async () => {
  const a = batchOf(["x", types.int32, [1]]);
  const b = batchOf(["x", types.int64, [2n ** 62n]]);
  const c = batchOf(["x", decimal(10, 2), [150n]]);
  const ints = await transform({ a, b }, [{ concat: "b" }]);
  assert.deepEqual([ints.table.x, ints.types.x], [[1n, 2n ** 62n], "int64"]);
  const mixed = await transform({ a, c }, [{ concat: "c" }]);
  assert.deepEqual([mixed.table.x, mixed.types.x], [
    [100n, 150n],
    "decimal(38,2)",
  ]);
  await assert.rejects(
    transform({ a, t: batchOf(["x", types.utf8, ["1"]]) }, [{ concat: "t" }]),
    { code: "data/type" },
  );
});

Deno.test("sums of integers and decimals are exact", async () => {
  const cents = Array.from({ length: 10_000 }, (_, i) => BigInt(i % 100 + 1));
  const { table, types: given } = await transform(
    batchOf(
      ["cents", decimal(10, 2), cents],
      ["big", types.int64, cents.map((n) => 2n ** 48n + n)],
    ),
    [{ rollup: { cents: "op.sum(d.cents)", big: "op.sum(d.big)" } }],
  );
  assert.deepEqual(table, {
    cents: [505_000n],
    big: [2n ** 48n * 10_000n + 505_000n],
  });
  assert.deepEqual(given, { cents: "decimal(38,2)", big: "int64" });
});

Deno.test("decimals stay decimals through sums, differences and products", async () => {
  const { table, types: given } = await transform(
    batchOf(["price", decimal(10, 2), [1999n, 10n, null]], [
      "count",
      types.int32,
      [3, 7, 1],
    ]),
    [{
      derive: {
        total: "d.price * d.count",
        vat: "d.price * 1.21",
        less: "d.price - 0.1",
        half: "d.price / 2",
      },
    }, { select: { not: ["price", "count"] } }],
  );
  assert.deepEqual(table, {
    total: [5997n, 70n, null],
    vat: [241879n, 1210n, null],
    less: [1989n, 0n, null],
    half: [9.995, 0.05, null],
  });
  assert.deepEqual(given, {
    total: "decimal(38,2)",
    vat: "decimal(38,4)",
    less: "decimal(38,2)",
    half: "float64",
  });
});

Deno.test("calculating with what isn't exactly a number is refused, unless it may be rounded", async () => {
  const calculations: [string, unknown][] = [
    ["int64", { derive: { x: "d.int64 + 1" } }],
    ["decimal", { derive: { x: "d.decimal * 2" } }],
    ["decimal", { filter: "d.decimal > 1" }],
    ["uint64", { rollup: { x: "op.mean(d.uint64)" } }],
  ];
  for (const [column, verb] of calculations) {
    await assert.rejects(transform(hard(), [verb]), { code: "data/lossy" });
    const { events, table } = await transform(hard(), [verb], {
      allowLossy: [column],
    });
    assert.deepEqual(events, [{
      name: "lossy_conversion",
      facts: { column, rows: column === "uint64" ? 2 : 3 },
    }]);
    // What is only moved stays exact all the same.
    if (column in table && !("filter" in (verb as object))) {
      assert.deepEqual(table[column], tableOf([hard()])[column]);
    }
  }
});

Deno.test("allow_lossy for a column that no input has is refused", async () => {
  await assert.rejects(
    transform(hard(), [{ filter: "d.int64 > 1" }], { allowLossy: ["int46"] }),
    { code: "config/invalid", hint: 'Did you mean "int64"?' },
  );
});

Deno.test("results that lost digits are refused", async () => {
  const big = batchOf(["a", types.int64, [2n ** 53n - 1n]], [
    "d",
    decimal(15, 2),
    [999_999_999_999_999n],
  ]);
  for (const expression of ["d.a * 2", "d.a + d.a", "d.d * d.d"]) {
    await assert.rejects(transform(big, [{ derive: { x: expression } }]), {
      code: "data/lossy",
    });
  }
});

Deno.test("computed columns get the type of their expression, whatever the rows", async () => {
  const verbs = [{
    derive: {
      sum: "d.a + 1",
      ratio: "d.a / 2",
      text: "`n${d.a}`",
      when: "op.utcdatetime(2024)",
      year: "op.year(d.at)",
      yes: "d.a > 0",
      later: "op.lag(d.at)",
      day: "op.parse_date('2024-01-31')",
    },
  }, { select: { not: ["a", "at"] } }];
  const expected = {
    sum: "int64",
    ratio: "float64",
    text: "utf8",
    when: "timestamp",
    year: "int64",
    yes: "bool",
    later: "timestamp_utc",
    day: "timestamp",
  };
  for (const rows of [2, 0]) {
    const { types: given } = await transform(
      batchOf(["a", types.int32, [1, 2].slice(0, rows)], [
        "at",
        types.timestampUtc,
        [0n, 1n].slice(0, rows),
      ]),
      verbs,
    );
    assert.deepEqual(given, expected);
  }
});

Deno.test("a transform of nothing gives any table back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyBatch({ minColumns: 1 }),
      fc.integer({ min: 1, max: 3 }),
      async (batch, times) => {
        const { batches } = await transform(
          { t: Array(times).fill(batch) },
          [],
        );
        assert.deepEqual(batches[0].schema, batch.schema);
        assert.deepEqual(tableOf(batches), tableOf(Array(times).fill(batch)));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("filter, reversal and reversal back give any table its rows back", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyBatch({ minColumns: 1, maxColumns: 4 }),
      async (batch) => {
        const numbered = {
          schema: {
            fields: [...batch.schema.fields, {
              name: "row number",
              type: types.int32,
              nullable: false,
            }],
          },
          length: batch.length,
          columns: [
            ...batch.columns,
            batchOf([
              "n",
              types.int32,
              Array.from({ length: batch.length }, (_, i) => i),
            ])
              .columns[0],
          ],
        };
        const odd = (remainder: number) => ({
          filter: `d["row number"] % 2 === ${remainder}`,
        });
        const order = [{ orderby: [{ desc: "row number" }] }, { reify: true }, {
          orderby: "row number",
        }];
        const even = await transform(numbered, [odd(0), ...order]);
        const rest = await transform(numbered, [odd(1), ...order]);
        const back = await transform({ a: even.batches, b: rest.batches }, [
          { concat: "b" },
          { orderby: "row number" },
        ]);
        assert.deepEqual(tableOf(back.batches), tableOf([numbered]));
        assert.deepEqual(back.batches[0].schema, numbered.schema);
      },
    ),
    { numRuns: 60 },
  );
});
