import assert from "node:assert/strict";
import { types } from "../../../src/table/type.ts";
import { batchOf } from "../../kit/table.ts";
import { transform } from "./run.ts";

const people = () =>
  batchOf(
    ["id", types.int32, [1, 2, 3, 4, 5]],
    ["name", types.utf8, ["Ada", "Bob", "Cyd", null, "Eve"]],
    ["city", types.utf8, ["Brno", "Praha", "Brno", "Praha", null]],
    ["age", types.int32, [36, 21, null, 50, 21]],
  );

const cities = () =>
  batchOf(
    ["city", types.utf8, ["Brno", "Praha", "Plzeň", null]],
    ["people", types.int32, [380, 1300, 170, 0]],
    ["id", types.int32, [10, 20, 30, 40]],
  );

async function ids(verbs: unknown[]): Promise<unknown> {
  return (await transform(people(), verbs)).table.id;
}

Deno.test("filter keeps rows for which the expression is true, NULL never", async () => {
  assert.deepEqual(await ids([{ filter: "d.age > 21" }]), [1, 4]);
  assert.deepEqual(await ids([{ filter: "d.age <= 21" }]), [2, 5]);
  assert.deepEqual(await ids([{ filter: "d.name === null" }]), [4]);
  assert.deepEqual(
    await ids([{ filter: "d.city !== null && d.age !== null" }]),
    [
      1,
      2,
      4,
    ],
  );
  assert.deepEqual(await ids([{ filter: "op.mean(d.age) < d.age" }]), [1, 4]);
});

Deno.test("derive adds columns, replaces columns, and spreads NULL through arithmetic", async () => {
  const { table, types } = await transform(people(), [
    {
      derive: {
        age: "d.age + 1",
        half: "d.age / 2",
        label: "`${d.name} (${d.age})`",
      },
    },
    { select: ["age", "half", "label"] },
  ]);
  assert.deepEqual(table, {
    age: [37n, 22n, null, 51n, 22n],
    half: [18, 10.5, null, 25, 10.5],
    label: ["Ada (36)", "Bob (21)", null, null, "Eve (21)"],
  });
  assert.deepEqual(types, { age: "int64", half: "float64", label: "utf8" });
});

Deno.test("derive takes functions, destructuring and window operations", async () => {
  const { table } = await transform(people(), [
    { orderby: ["age"] },
    {
      derive: {
        rank: "op.rank()",
        before: "op.lag(d.id, 1, 0)",
        twice: "row => row.age * 2",
        sum: "({ id, age }) => id + age",
      },
    },
    { select: ["id", "rank", "before", "twice", "sum"] },
  ]);
  assert.deepEqual(table, {
    id: [3, 2, 5, 1, 4],
    rank: [1n, 2n, 2n, 4n, 5n],
    before: [0n, 3n, 2n, 5n, 1n],
    twice: [null, 42n, 42n, 72n, 100n],
    sum: [null, 23n, 26n, 37n, 54n],
  });
});

Deno.test("select, rename and relocate place columns", async () => {
  const names = async (verbs: unknown[]): Promise<string[]> =>
    Object.keys((await transform(people(), verbs)).table);
  assert.deepEqual(await names([{ select: ["city", { id: "key" }] }]), [
    "city",
    "key",
  ]);
  assert.deepEqual(await names([{ select: { not: ["id", "age"] } }]), [
    "name",
    "city",
  ]);
  assert.deepEqual(await names([{ select: [{ range: ["name", "age"] }] }]), [
    "name",
    "city",
    "age",
  ]);
  assert.deepEqual(await names([{ select: [{ matches: "^.a" }] }]), ["name"]);
  assert.deepEqual(await names([{ select: [{ endswith: "e" }] }]), [
    "name",
    "age",
  ]);
  assert.deepEqual(await names([{ rename: { id: "key", age: "years" } }]), [
    "key",
    "name",
    "city",
    "years",
  ]);
  assert.deepEqual(
    await names([{ relocate: { columns: ["age", "city"], before: "name" } }]),
    ["id", "age", "city", "name"],
  );
  assert.deepEqual(
    await names([{ relocate: { columns: "id", after: "city" } }]),
    ["name", "city", "id", "age"],
  );
});

Deno.test("orderby orders by columns, expressions and locales, NULL below all", async () => {
  assert.deepEqual(await ids([{ orderby: ["age"] }]), [3, 2, 5, 1, 4]);
  assert.deepEqual(
    await ids([{ orderby: [{ desc: "age" }, { desc: "id" }] }]),
    [4, 1, 5, 2, 3],
  );
  assert.deepEqual(await ids([{ orderby: "op.abs(d.id - 3)" }]), [
    3,
    2,
    4,
    1,
    5,
  ]);
  const words = batchOf(["w", types.utf8, ["cihla", "hrad", "chata", "dub"]]);
  const czech = await transform(words, [
    { orderby: [{ asc: "w", locale: "cs" }] },
  ]);
  assert.deepEqual(czech.table.w, ["cihla", "dub", "hrad", "chata"]);
});

Deno.test("groupby and rollup give one row a group, in order of appearance", async () => {
  const { table, types } = await transform(people(), [
    { groupby: ["city"] },
    {
      rollup: {
        n: "op.count()",
        known: "op.valid(d.age)",
        total: "op.sum(d.age)",
        mean: "op.mean(d.age)",
        oldest: "op.max(d.age)",
        who: "op.any(d.name)",
      },
    },
  ]);
  assert.deepEqual(table, {
    city: ["Brno", "Praha", null],
    n: [2n, 2n, 1n],
    known: [1n, 2n, 1n],
    total: [36n, 71n, 21n],
    mean: [36, 35.5, 21],
    oldest: [36, 50, 21],
    who: ["Ada", "Bob", "Eve"],
  });
  assert.deepEqual(types, {
    city: "utf8",
    n: "int64",
    known: "int64",
    total: "int64",
    mean: "float64",
    oldest: "int32",
    who: "utf8",
  });
});

Deno.test("groupby groups by expressions, and tells NULL, '' and quotes apart", async () => {
  const batch = batchOf(
    ["a", types.utf8, ['x"|"y', "x", null, "", "null", null]],
    ["b", types.utf8, ["z", 'y"|"z', "", null, "", ""]],
  );
  const { table } = await transform(batch, [{ groupby: ["a", "b"] }, {
    count: true,
  }]);
  assert.deepEqual(table.count, [1n, 1n, 2n, 1n, 1n]);
  const adults = await transform(people(), [
    { groupby: { grown: "d.age > 30", initial: "op.slice(d.name, 0, 1)" } },
    { count: { as: "n" } },
    { filter: "d.grown" },
  ]);
  assert.deepEqual(adults.table, {
    grown: [true, true],
    initial: ["A", null],
    n: [1n, 1n],
  });
});

Deno.test("rollup without groups gives one row, of no rows too", async () => {
  const { table } = await transform(people(), [
    { filter: "d.age > 100" },
    { rollup: { n: "op.count()", total: "op.sum(d.age)" } },
  ]);
  assert.deepEqual(table, { n: [0n], total: [null] });
});

Deno.test("a rolled-up group of no rows keeps its schema", async () => {
  const { table, types } = await transform(people(), [
    { filter: "d.age > 100" },
    { groupby: "city" },
    {
      rollup: {
        n: "op.count()",
        mean: "op.mean(d.age)",
        who: "op.any(d.name)",
      },
    },
  ]);
  assert.deepEqual(table, { city: [], n: [], mean: [], who: [] });
  assert.deepEqual(types, {
    city: "utf8",
    n: "int64",
    mean: "float64",
    who: "utf8",
  });
});

Deno.test("ungroup makes the verbs after it see all rows", async () => {
  const { table } = await transform(people(), [
    { groupby: "city" },
    { derive: { inCity: "op.count()" } },
    { ungroup: true },
    { derive: { all: "op.count()" } },
    { select: ["inCity", "all"] },
  ]);
  assert.deepEqual(table, {
    inCity: [2n, 2n, 2n, 2n, 1n],
    all: [5n, 5n, 5n, 5n, 5n],
  });
});

Deno.test("slice keeps rows of the whole, or of each group", async () => {
  assert.deepEqual(await ids([{ slice: 2 }]), [1, 2]);
  assert.deepEqual(await ids([{ slice: [1, 3] }]), [2, 3]);
  assert.deepEqual(await ids([{ slice: { start: -2 } }]), [4, 5]);
  assert.deepEqual(
    await ids([{ orderby: [{ desc: "id" }] }, { slice: 2 }]),
    [5, 4],
  );
  assert.deepEqual(await ids([{ groupby: "city" }, { slice: [0, 1] }]), [
    1,
    2,
    5,
  ]);
});

Deno.test("sample draws the same rows for the same seed", async () => {
  const many = batchOf([
    "id",
    types.int32,
    Array.from({ length: 100 }, (_, i) => i),
  ]);
  const draw = async (seed: number): Promise<unknown> =>
    (await transform(many, [{ sample: { size: 10, seed } }])).table.id;
  assert.deepEqual(await draw(7), await draw(7));
  assert.notDeepEqual(await draw(7), await draw(8));
  const drawn = await draw(7) as number[];
  assert.equal(new Set(drawn).size, 10);
  const { table } = await transform(many, [
    { sample: { size: "op.round(0.05 * op.count())", shuffle: false } },
  ]);
  assert.equal(table.id.length, 5);
  const repeated = await transform(batchOf(["id", types.int32, [1]]), [
    { sample: { size: 3, replace: true } },
  ]);
  assert.deepEqual(repeated.table.id, [1, 1, 1]);
});

Deno.test("dedupe keeps first rows by columns, expressions or whole rows", async () => {
  assert.deepEqual(await ids([{ dedupe: "city" }]), [1, 2, 5]);
  assert.deepEqual(await ids([{ dedupe: ["city", "age"] }]), [1, 2, 3, 4, 5]);
  assert.deepEqual(await ids([{ dedupe: { grown: "d.age > 30" } }]), [1, 2]);
  assert.deepEqual(
    await ids([{ orderby: [{ desc: "id" }] }, { dedupe: "city" }]),
    [5, 4, 3],
  );
  const twice = await transform({ a: people(), b: people() }, [
    { concat: "b" },
    { dedupe: true },
  ]);
  assert.deepEqual(twice.table, (await transform(people(), [])).table);
});

const both = () => ({ people: people(), cities: cities() });

Deno.test("join puts matching rows beside each other, NULL matching nothing", async () => {
  const { table } = await transform(both(), [
    { join: { with: "cities", on: "city" } },
  ]);
  assert.deepEqual(table, {
    id_1: [1, 2, 3, 4],
    name: ["Ada", "Bob", "Cyd", null],
    city: ["Brno", "Praha", "Brno", "Praha"],
    age: [36, 21, null, 50],
    people: [380, 1300, 380, 1300],
    id_2: [10, 20, 10, 20],
  });
});

Deno.test("join_left, join_right and join_full keep rows without a match", async () => {
  const joined = async (verb: string): Promise<unknown[]> => {
    const { table } = await transform(both(), [
      { [verb]: { with: "cities", on: "city", suffix: ["", "_city"] } },
    ]);
    return [table.id, table.city, table.people];
  };
  assert.deepEqual(await joined("join_left"), [
    [1, 2, 3, 4, 5],
    ["Brno", "Praha", "Brno", "Praha", null],
    [380, 1300, 380, 1300, null],
  ]);
  assert.deepEqual(await joined("join_right"), [
    [1, 2, 3, 4, null, null],
    ["Brno", "Praha", "Brno", "Praha", "Plzeň", null],
    [380, 1300, 380, 1300, 170, 0],
  ]);
  assert.deepEqual(await joined("join_full"), [
    [1, 2, 3, 4, 5, null, null],
    ["Brno", "Praha", "Brno", "Praha", null, "Plzeň", null],
    [380, 1300, 380, 1300, null, 170, 0],
  ]);
});

Deno.test("join matches by columns of other names, several columns, and expressions", async () => {
  const left = batchOf(["a", types.int32, [1, 2, 2]], ["b", types.utf8, [
    "x",
    "y",
    "z",
  ]]);
  const right = batchOf(["k", types.int64, [2n, 2n, 3n]], ["l", types.utf8, [
    "y",
    "q",
    "x",
  ]], ["v", types.int32, [7, 8, 9]]);
  const v = async (on: unknown): Promise<unknown> =>
    (await transform({ left, right }, [
      { join: { with: "right", on, values: [["a", "b"], ["v"]] } },
    ])).table;
  assert.deepEqual(await v(["a", "k"]), {
    a: [2, 2, 2, 2],
    b: ["y", "y", "z", "z"],
    v: [7, 8, 7, 8],
  });
  const exact = { a: [2], b: ["y"], v: [7] };
  assert.deepEqual(await v([["a", "b"], ["k", "l"]]), exact);
  assert.deepEqual(await v({ a: "k", b: "l" }), exact);
  assert.deepEqual(await v("d1.a === d2.k && d1.b === d2.l"), exact);
  assert.deepEqual(await v("(a, b) => a.a < b.k && a.b === 'x'"), {
    a: [1, 1, 1],
    b: ["x", "x", "x"],
    v: [7, 8, 9],
  });
});

Deno.test("join computes columns over both tables", async () => {
  const { table } = await transform(both(), [{
    join_left: {
      with: "cities",
      on: "city",
      values: [["id"], [{ people: "size" }], {
        share: "d1.age / d2.people",
        both: "`${d1.name} in ${d2.city}`",
      }],
    },
  }]);
  assert.deepEqual(table, {
    id: [1, 2, 3, 4, 5],
    size: [380, 1300, 380, 1300, null],
    share: [36 / 380, 21 / 1300, null, 50 / 1300, null],
    both: ["Ada in Brno", "Bob in Praha", "Cyd in Brno", null, null],
  });
});

Deno.test("lookup adds columns of the last match", async () => {
  const again = batchOf(["city", types.utf8, ["Brno", "Brno"]], [
    "zip",
    types.utf8,
    ["60200", "61200"],
  ]);
  const { table } = await transform({ people: people(), again }, [
    { lookup: { with: "again", on: "city", values: ["zip"] } },
  ]);
  assert.deepEqual(table.zip, ["61200", null, "61200", null, null]);
});

Deno.test("semijoin and antijoin keep rows with and without a match", async () => {
  const kept = async (verb: string, on?: string): Promise<unknown> =>
    (await transform(both(), [
      { [verb]: { with: "cities", on: on ?? "city" } },
    ])).table.id;
  assert.deepEqual(await kept("semijoin"), [1, 2, 3, 4]);
  assert.deepEqual(await kept("antijoin"), [5]);
  assert.deepEqual(await kept("semijoin", "d1.age * 10 > d2.people"), [
    1,
    2,
    4,
    5,
  ]);
});

Deno.test("cross puts every row beside every row", async () => {
  const a = batchOf(["x", types.int32, [1, 2]]);
  const b = batchOf(["y", types.utf8, ["p", "q"]]);
  const { table } = await transform({ a, b }, [{ cross: "b" }]);
  assert.deepEqual(table, { x: [1, 1, 2, 2], y: ["p", "q", "p", "q"] });
});

Deno.test("concat, union, except and intersect combine rows, NULL equal to NULL", async () => {
  const a = batchOf(["x", types.int32, [1, 1, null, 3]]);
  const b = batchOf(["x", types.int32, [3, null, 4]]);
  const x = async (verb: string): Promise<unknown> =>
    (await transform({ a, b }, [{ [verb]: "b" }])).table.x;
  assert.deepEqual(await x("concat"), [1, 1, null, 3, 3, null, 4]);
  assert.deepEqual(await x("union"), [1, null, 3, 4]);
  assert.deepEqual(await x("except"), [1]);
  assert.deepEqual(await x("intersect"), [null, 3]);
});

Deno.test("concat fills a column that is missing with NULL, and refuses one that would be lost", async () => {
  const a = batchOf(["x", types.int32, [1]], ["y", types.utf8, ["a"]]);
  const b = batchOf(["x", types.int32, [2]]);
  const { table, batches } = await transform({ a, b }, [{ concat: ["b"] }]);
  assert.deepEqual(table, { x: [1, 2], y: ["a", null] });
  assert.ok(batches[0].schema.fields[1].nullable);
  await assert.rejects(transform({ b, a }, [{ concat: "a" }]), {
    code: "data/missing-column",
  });
});

Deno.test("fold makes rows of columns", async () => {
  const wide = batchOf(
    ["id", types.int32, [1, 2]],
    ["q1", types.int32, [10, null]],
    ["q2", types.int32, [30, 40]],
  );
  const { table, types: given } = await transform(wide, [
    { fold: { columns: ["q1", "q2"], as: ["quarter", "sales"] } },
  ]);
  assert.deepEqual(table, {
    id: [1, 1, 2, 2],
    quarter: ["q1", "q2", "q1", "q2"],
    sales: [10, 30, null, 40],
  });
  assert.equal(given.sales, "int32");
});

Deno.test("pivot makes columns of values, group by group", async () => {
  const long = batchOf(
    ["id", types.int64, [1n, 1n, 2n]],
    ["quarter", types.utf8, ["q2", "q1", "q2"]],
    ["sales", types.int32, [30, 10, 40]],
  );
  const { table } = await transform(long, [
    { groupby: "id" },
    { pivot: { on: "quarter", values: "sales" } },
  ]);
  assert.deepEqual(table, { id: [1n, 2n], q1: [10, null], q2: [30, 40] });
  const two = await transform(long, [{
    pivot: {
      on: "quarter",
      values: { n: "op.count()", total: "op.sum(d.sales)" },
    },
  }, { derive: { all: "d.total_q1 + d.total_q2" } }]);
  assert.deepEqual(two.table, {
    n_q1: [1n],
    total_q1: [10n],
    n_q2: [2n],
    total_q2: [70n],
    all: [80n],
  });
});

Deno.test("spread and unroll take lists apart", async () => {
  const lists = batchOf(["id", types.int64, [1n, 2n, 3n]], [
    "tags",
    types.utf8,
    ["a,b", "c", null],
  ]);
  const spread = await transform(lists, [{
    spread: {
      columns: { part: "op.split(d.tags, ',')" },
      as: ["first", "second"],
    },
  }]);
  assert.deepEqual(spread.table, {
    id: [1n, 2n, 3n],
    tags: ["a,b", "c", null],
    first: ["a", "c", null],
    second: ["b", null, null],
  });
  const unrolled = await transform(lists, [{
    unroll: {
      columns: { tag: "op.split(d.tags, ',')" },
      index: true,
      drop: "tags",
    },
  }]);
  assert.deepEqual(unrolled.table, {
    id: [1n, 1n, 2n],
    tag: ["a", "b", "c"],
    index: [0n, 1n, 0n],
  });
});

Deno.test("impute fills in what is missing, and missing combinations with expand", async () => {
  const { table, types: given } = await transform(people(), [
    { impute: { age: "op.min(d.age)", name: "'?'" } },
  ]);
  assert.deepEqual(table.age, [36, 21, 21, 50, 21]);
  assert.deepEqual(table.name, ["Ada", "Bob", "Cyd", "?", "Eve"]);
  assert.equal(given.age, "int32");
  const sales = batchOf(
    ["day", types.int32, [1, 1, 2]],
    ["shop", types.utf8, ["a", "b", "a"]],
    ["sold", types.int32, [5, 6, 7]],
  );
  const expanded = await transform(sales, [
    { impute: { values: { sold: "0" }, expand: ["day", "shop"] } },
  ]);
  assert.deepEqual(expanded.table, {
    day: [1, 1, 2, 2],
    shop: ["a", "b", "a", "b"],
    sold: [5, 6, 7, 0],
  });
});

Deno.test("count, reify and unorder", async () => {
  const { table } = await transform(people(), [
    { filter: "d.id > 1" },
    { reify: true },
    { count: true },
  ]);
  assert.deepEqual(table, { count: [4n] });
  assert.deepEqual(
    await ids([{ orderby: [{ desc: "id" }] }, { unorder: true }]),
    [1, 2, 3, 4, 5],
  );
});

Deno.test("literal inputs are parameters", async () => {
  const { table } = await transform(people(), [{ filter: "d.age >= $.min" }], {
    values: { min: 36 },
  });
  assert.deepEqual(table.id, [1, 4]);
});

Deno.test("rows left out are accounted for, while rows stay rows", async () => {
  const { accounted } = await transform(people(), [
    { filter: "d.age !== null" },
    { dedupe: "age" },
    { slice: 2 },
  ]);
  assert.deepEqual(accounted, { filtered: 1, deduplicated: 1, limited: 1 });
  const rolled = await transform(people(), [{ filter: "d.id > 1" }, {
    count: true,
  }]);
  assert.deepEqual(rolled.accounted, {});
});
