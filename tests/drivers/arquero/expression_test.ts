import assert from "node:assert/strict";
import { OsirisError } from "../../../src/error.ts";
import { decimal, types } from "../../../src/table/type.ts";
import { fc } from "../../deps/fast_check.ts";
import { batchOf } from "../../kit/table.ts";
import { transform } from "./run.ts";

const row = () =>
  batchOf(
    ["n", types.int32, [1]],
    ["price", types.float64, [2.5]],
    ["s", types.utf8, ["return 1"]],
    ["json", types.json, ['{"a": {"b": [1, 2]}}']],
    ["at", types.timestamp, [1_700_000_000_000_001n]],
    ["day", types.date, [19_675]],
    ["bytes", types.binary, [new Uint8Array([1])]],
    ["big", decimal(20, 2), [12345678901234567n]],
  );

async function value(expression: string): Promise<unknown> {
  const { table } = await transform(row(), [{ derive: { x: expression } }]);
  return table.x[0];
}

async function failure(
  verbs: unknown[],
  inputs = { rows: row() },
): Promise<OsirisError> {
  try {
    await transform(inputs, verbs);
  } catch (error) {
    assert.ok(error instanceof OsirisError, `${error}`);
    return error;
  }
  throw new Error("did not fail");
}

/** Ways from data to code that the Arquero parser leaves open, or that one would try. */
const ATTACKS = [
  "d.s.constructor",
  "d.s['constructor']",
  "d.s['const' + 'ructor'].constructor",
  "op.pluck([d.s], 'constructor')[0].constructor",
  "d.s.__proto__.constructor",
  "d.constructor.constructor('return 1')()",
  "op.constructor.constructor('return 1')()",
  "op['constructor']",
  "op",
  "op.sum",
  "$.constructor",
  "$.__proto__",
  "globalThis.Deno",
  "Deno.env.get('HOME')",
  "self.close()",
  "eval('1')",
  "Function('return 1')()",
  "new Function('return 1')",
  "import('npm:chalk')",
  "import.meta.url",
  "this",
  "this.constructor",
  "arguments",
  "fn.sum",
  "data.n.at(row)",
  "(() => globalThis)()",
  "(d => d.constructor)(1)",
  "function () { return this }",
  "function* () {}",
  "async d => d.n",
  "await d.n",
  "d.s`x`",
  "String.raw`x`",
  "d.n = 2",
  "d.n++",
  "delete d.n",
  "(d.n, globalThis)",
  "1); globalThis.pwned = 1; (1",
  "1) + (globalThis.pwned = 1",
  "`${globalThis.pwned = 1}`",
  "({ __proto__: /x/, exec: d.s })",
  "({ '__proto__': null })",
  "({ ['__proto__']: 1 })",
  "({ get x() { return 1 } })",
  "({ x() { return 1 } })",
  "({ ...globalThis })",
  "[...globalThis]",
  "op.match('globalThis.pwned = 1', { __proto__: /x/, exec: d.s.constructor.constructor, flags: '' })",
  "op.includes({ __proto__: d.bytes.constructor.prototype, includes: d.s.constructor.constructor }, 'globalThis.pwned = 1')",
  "op.to_json({ 'globalThis.pwned = 1': { toJSON: d.s.constructor.constructor } })",
  "op.osiris_get(d.s, 'constructor')",
  "op.osiris_sum(d.n)",
  "op.addFunction('x', 1)",
  "op.toString()",
  "op.hasOwnProperty('x')",
  "Math.constructor('return 1')()",
  "Math.constructor",
  "aq.escape(d => 1)",
  "escape(1)",
  "x => { return globalThis }",
  "({ n = globalThis.pwned }) => n",
  "({ ...rest }) => rest",
  "({ [globalThis.x]: n }) => n",
  "d[globalThis]",
  "d?.constructor.constructor",
  "debugger",
  "d.n instanceof Object",
  "'n' in d",
  "typeof d.n",
  "void 0",
];

Deno.test("no expression reaches code: what isn't data is refused", async () => {
  for (const attack of ATTACKS) {
    for (
      const verb of [
        { filter: attack },
        { derive: { x: attack } },
        { rollup: { x: attack } },
        { orderby: [attack] },
        { groupby: { x: attack } },
        { join: { with: "rows", on: `(${attack}) && true` } },
      ]
    ) {
      let result: unknown;
      try {
        result = (await transform({ rows: row() }, [verb])).table;
      } catch (error) {
        assert.ok(error instanceof OsirisError, `${attack}: ${error}`);
        assert.match(error.code, /^(data|config)\//, attack);
        continue;
      }
      // Two attempts are only data: a property that isn't an own one is nothing.
      assert.match(attack, /'const' \+|op\.pluck/, `${attack} gave ${result}`);
      assert.doesNotMatch(
        JSON.stringify(result, (_k, v) => typeof v === "bigint" ? `${v}` : v),
        /native/,
      );
    }
  }
  assert.equal((globalThis as { pwned?: unknown }).pwned, undefined);
});

Deno.test("an expression is text, never an object that Arquero would take for more", async () => {
  const objects: unknown[] = [
    { escape: true, expr: "d.n" },
    { expr: "d.n" },
    { func: true },
    ["d.n"],
    { toString: "x" },
  ];
  for (const given of objects) {
    const error = await failure([{ derive: { x: given } }]);
    assert.equal(error.code, "data/expression");
  }
});

Deno.test("column names can't break out of the code that is made of them", async () => {
  const names = [
    '"]; globalThis.pwned = 1; d["',
    "`${globalThis.pwned = 1}`",
    "'); globalThis.pwned = 1; ('",
    "\\",
    "\u2028",
    "constructor",
    "toString",
    "2024",
    "a b",
    "š",
  ];
  const batch = () =>
    batchOf(...names.map((name, i) => [name, types.int32, [i, i]] as const));
  const { table } = await transform({ a: batch(), b: batch() }, [
    {
      derive: Object.fromEntries(
        names.map((n) => [n, `d[${JSON.stringify(n)}] + 1`]),
      ),
    },
    { orderby: names },
    { join: { with: "b", on: { [names[0]]: names[1] }, suffix: ["", "_b"] } },
    { select: names },
    { dedupe: true },
    { groupby: names.slice(0, 2) },
    {
      rollup: Object.fromEntries(
        names.slice(2).map((n) => [n, `op.sum(d[${JSON.stringify(n)}])`]),
      ),
    },
  ]);
  assert.deepEqual(Object.keys(table).sort(), [...names].sort());
  assert.deepEqual(table.constructor, [6n]);
  assert.equal((globalThis as { pwned?: unknown }).pwned, undefined);
});

Deno.test('a column named "__proto__" is refused', async () => {
  const error = await failure([], {
    rows: batchOf(["__proto__", types.int32, [1]]),
  });
  assert.equal(error.code, "data/expression");
});

Deno.test("any text as an expression ends in a value or in our error", async () => {
  const pieces = fc.constantFrom(
    "d.n",
    "d.s",
    "d",
    "op.",
    "sum",
    "(",
    ")",
    "[",
    "]",
    "'x'",
    "+",
    "=>",
    "constructor",
    ".",
    "`",
    "${",
    "}",
    "{",
    ":",
    ",",
    "/x/",
    "__proto__",
    "1",
    "n",
    "?",
    "...",
    "new ",
    "$",
    "\\u0061",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
        fc.string({ unit: "binary", maxLength: 12 }),
      ),
      async (expression) => {
        try {
          await transform(row(), [{ derive: { x: expression } }]);
        } catch (error) {
          assert.ok(error instanceof OsirisError, `${expression}: ${error}`);
          assert.match(error.code, /^(data|config)\//, `${error}`);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("members of data are read: of lists, texts, objects and JSON", async () => {
  assert.equal(await value("op.split(d.s, ' ')[0]"), "return");
  assert.equal(await value("op.split(d.s, ' ').length"), 2n);
  assert.equal(await value("d.s.length"), 8n);
  assert.equal(await value("op.parse_json(d.json).a.b[1]"), 2n);
  assert.equal(await value("op.parse_json(d.json).none?.b"), null);
  assert.equal(await value("op.match(d.s, /(\\d)/)[1]"), "1");
  assert.equal(await value("op.pluck([{ a: 7 }], 'a')[0]"), 7n);
  assert.equal(await value("({ a: d.n }).a"), 1n);
});

Deno.test("lists and objects become JSON", async () => {
  assert.equal(await value("[d.n, d.s, null]"), '[1,"return 1",null]');
  assert.equal(
    await value("({ at: d.at, day: d.day, big: d.big })"),
    '{"at":"2023-11-14T22:13:20.000Z","day":"2023-11-14T00:00:00.000Z","big":123456789012345.67}',
  );
  assert.equal(await value("op.to_json({ a: null })"), '{"a":null}');
});

Deno.test("dates compare with dates, texts of dates, and by value", async () => {
  assert.equal(await value("d.day === '2023-11-14'"), true);
  assert.equal(await value("d.at > '2023-11-14T22:13:20Z'"), true);
  assert.equal(await value("d.at < '2023-11-15'"), true);
  assert.equal(await value("d.day === op.parse_date('2023-11-14')"), true);
  assert.equal(await value("d.at !== d.at"), false);
  assert.equal(await value("op.round((d.at - d.day) * 1000)"), 80_000_000_001n);
  const error = await failure([{ filter: "d.day > 'yesterday'" }]);
  assert.equal(error.code, "data/expression");
});

Deno.test("functions of dates are of UTC, wherever the machine stands", async () => {
  assert.equal(await value("op.year(d.day)"), 2023n);
  assert.equal(await value("op.date(d.day)"), 14n);
  assert.equal(await value("op.hours(d.at)"), 22n);
  assert.equal(await value("op.format_date(d.day)"), "2023-11-14");
  assert.equal(
    await value("op.format_date(d.day, false)"),
    "2023-11-14T00:00:00.000Z",
  );
  assert.equal(
    await value("op.datetime(2024, 0, 31)"),
    BigInt(Date.UTC(2024, 0, 31)) * 1000n,
  );
  assert.equal(
    await value("op.parse_date('2024-01-31 12:00:00.5')"),
    BigInt(Date.UTC(2024, 0, 31, 12, 0, 0, 500)) * 1000n,
  );
  const error = await failure([{ derive: { x: "op.parse_date(d.s)" } }]);
  assert.equal(error.code, "data/type");
});

Deno.test("texts join as in SQL: with NULL they are NULL", async () => {
  const { table } = await transform(
    batchOf(["a", types.utf8, ["x", null]], ["n", types.int64, [
      2n ** 60n,
      1n,
    ]]),
    [{ derive: { plus: "d.a + '-' + d.n", template: "`${d.a}-${d.n}`" } }],
  );
  assert.deepEqual(table.plus, ["x-1152921504606846976", null]);
  assert.deepEqual(table.template, ["x-1152921504606846976", null]);
});

Deno.test("an unknown column is named with the nearest one, its place and the expression", async () => {
  const error = await failure([{ filter: "true" }, {
    derive: { total: "d.prise * 2" },
  }]);
  assert.equal(error.code, "data/expression");
  assert.match(error.message, /verbs\[1\]\.derive\.total/);
  assert.match(error.message, /d\.prise \* 2/);
  assert.match(error.hint ?? "", /"price"/);
  assert.deepEqual(error.details, {
    path: "verbs[1].derive.total",
    column: "prise",
    expression: "d.prise * 2",
  });
});

Deno.test("columns are those at that point, not those of the input", async () => {
  const gone = await failure([{ select: ["n"] }, { filter: "d.price > 1" }]);
  assert.equal(gone.code, "data/expression");
  const renamed = await failure([{ rename: { n: "count" } }, { orderby: "n" }]);
  assert.equal(renamed.details?.path, "verbs[1].orderby[0]");
});

Deno.test("a fault is found before any row is read", async () => {
  const { default: driver } = await import(
    "../../../drivers/arquero/transform.ts"
  );
  let isRead = false;
  const running = driver.run({
    config: { verbs: [{ filter: "d.n > 0" }, { derive: { x: "d.m" } }] },
    inputs: {
      rows: {
        schema: () => Promise.resolve(row().schema),
        async *batches() {
          isRead = true;
          yield await Promise.resolve(row());
        },
        gather() {
          isRead = true;
          return Promise.resolve([row()]);
        },
      },
    },
    values: {},
    connection: null,
    sources: {},
    targets: {},
  }, { signal: new AbortController().signal } as never);
  await assert.rejects(Array.fromAsync(running as AsyncIterable<unknown>), {
    code: "data/expression",
  });
  assert.equal(isRead, false);
});

const MISTAKES: [verb: unknown, code: string, path: string][] = [
  [{ filter: "d.n >" }, "data/expression", "verbs[0].filter"],
  [{ filter: "" }, "data/expression", "verbs[0].filter"],
  [{ filter: "n > 1" }, "data/expression", "verbs[0].filter"],
  [
    { filter: "d.s.toUpperCase() === 'X'" },
    "data/expression",
    "verbs[0].filter",
  ],
  [{ filter: "op.summ(d.n)" }, "data/expression", "verbs[0].filter"],
  [{ filter: "$.min > 1" }, "data/expression", "verbs[0].filter"],
  [{ derive: "d.n" }, "config/invalid", "verbs[0].derive"],
  [{ derive: {} }, "config/invalid", "verbs[0].derive"],
  [{ rollup: { x: "d.n" } }, "data/expression", "verbs[0].rollup"],
  [{ rename: ["n"] }, "config/invalid", "verbs[0].rename"],
  [{ rename: { n: "s" } }, "data/duplicate-column", ""],
  [{ select: [2024] }, "config/invalid", "verbs[0].select[0]"],
  [{ select: ["m"] }, "data/expression", "verbs[0].select[0]"],
  [{ relocate: { columns: "n" } }, "config/invalid", "verbs[0].relocate"],
  [{ orderby: [{ down: "n" }] }, "config/invalid", "verbs[0].orderby[0].down"],
  [{ orderby: ["m"] }, "data/expression", "verbs[0].orderby[0]"],
  [{ groupby: ["m"] }, "data/expression", "verbs[0].groupby[0]"],
  [{ slice: ["a"] }, "config/invalid", "verbs[0].slice.start"],
  [{ sample: { size: -1 } }, "config/invalid", "verbs[0].sample.size"],
  [{ join: { with: "roes" } }, "config/invalid", "verbs[0].join.with"],
  [
    { join: { with: "rows", on: "m" } },
    "data/expression",
    "verbs[0].join.on[0]",
  ],
  [{ join: { with: "rows", on: ["n", "s"] } }, "data/type", ""],
  [{ join: { with: "rows", by: "n" } }, "config/invalid", "verbs[0].join.by"],
  [{ concat: "other" }, "config/invalid", "verbs[0].concat"],
  [{ pivot: { on: "at", values: "n" } }, "config/invalid", "verbs[0].pivot.on"],
  [{ spread: ["m"] }, "data/expression", "verbs[0].spread[0]"],
  [{ impute: { m: "1" } }, "data/expression", "verbs[0].impute.m"],
];

for (const [verb, code, path] of MISTAKES) {
  Deno.test(`a mistake is told with its place: ${JSON.stringify(verb)}`, async () => {
    const error = await failure([verb]);
    assert.equal(error.code, code, error.message);
    if (path !== "") assert.equal(error.details?.path, path);
  });
}

Deno.test("a column of texts and numbers is refused by name", async () => {
  const mixed = batchOf(["n", types.int32, [0, 1]]);
  const error = await failure(
    [{ derive: { x: "d.n > 0 ? 'a' : 1" } }],
    { rows: mixed },
  );
  assert.equal(error.code, "data/type");
  assert.equal(error.details?.column, "x");
});

Deno.test("verbs and their config are checked by the schema", async () => {
  const bad = [
    [{ filtr: "d.n" }],
    [{ filter: "d.n", derive: {} }],
    [{}],
    ["filter"],
  ];
  for (const verbs of bad) {
    assert.equal((await failure(verbs)).code, "config/invalid");
  }
});

Deno.test("from names the input to start from, and is asked for when there are several", async () => {
  const { default: driver } = await import(
    "../../../drivers/arquero/transform.ts"
  );
  const { drive } = await import("../../kit/drive.ts");
  const run = (from?: string) =>
    drive(driver, {
      config: { verbs: [], ...(from && { from }) },
      inputs: { a: [row()], b: [row()] },
    });
  await assert.rejects(run(), { code: "config/invalid" });
  await assert.rejects(run("c"), { code: "config/invalid" });
  assert.equal((await run("b")).batches[0].length, 1);
});
