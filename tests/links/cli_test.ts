/**
 * `parseArgs` of `@std/cli` behaves as the real one was recorded to. The
 * specifier resolves to the stand-in here; without `links` in deno.json the
 * same tests hold the real one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseArgs } from "../../src/deps/cli.ts";

type Options = Parameters<typeof parseArgs>[1];

/** Arguments as in a shell line without quotes, options, expected result. */
const cases: [line: string, options: Options, result: object][] = [
  // values
  ["--out a --n=5 x 7", {}, { out: "a", n: 5, _: ["x", 7] }],
  ["--hex 0xff --f 1e3 --v 10f", {}, { hex: 255, f: 1000, v: "10f", _: [] }],
  ["--id 007", { string: ["id"] }, { id: "007", _: [] }],
  ["007", { string: ["_"] }, { _: ["007"] }],
  ["--a=b=c", {}, { a: "b=c", _: [] }],
  ["--param a=b", { string: ["param"] }, { param: "a=b", _: [] }],
  ["--name", { string: ["name"] }, { name: "", _: [] }],
  ["--name --other", { string: ["name"] }, { name: "", other: true, _: [] }],
  ["--n -5", {}, { 5: true, n: true, _: [] }],
  ["--n=-5", {}, { n: -5, _: [] }],
  ["--a 1 --a 2", {}, { a: 2, _: [] }],
  // booleans
  ["--json x", { boolean: ["json"] }, { json: true, _: ["x"] }],
  ["", { boolean: ["json"] }, { json: false, _: [] }],
  ["--json=false", { boolean: ["json"] }, { json: false, _: [] }],
  ["--json false x", { boolean: ["json"] }, { json: false, _: ["x"] }],
  ["--json x --k=v", { boolean: true }, { json: true, k: "v", _: ["x"] }],
  // letters
  ["-abc 5", {}, { a: true, b: true, c: 5, _: [] }],
  ["-n5", {}, { n: 5, _: [] }],
  ["-k=v", {}, { k: "v", _: [] }],
  ["-I/usr/x", {}, { I: "/usr/x", _: [] }],
  ["-xy/z", {}, { x: true, y: "/z", _: [] }],
  ["-f -", {}, { f: "-", _: [] }],
  ["-", {}, { _: ["-"] }],
  ["-art", { string: ["a", "t"] }, { a: "", r: true, t: "", _: [] }],
  // negation
  ["--no-color", {}, { "no-color": true, _: [] }],
  ["--no-color", { boolean: ["no-color"] }, { "no-color": true, _: [] }],
  [
    "--color --no-color",
    { boolean: ["color"], negatable: ["color"] },
    { color: false, _: [] },
  ],
  [
    "--f 1 --no-f",
    { string: ["f"], collect: ["f"], negatable: ["f"] },
    { f: false, _: [] },
  ],
  // collecting
  ["--p a --p b", { collect: ["p"] }, { p: ["a", "b"], _: [] }],
  ["--p a", { string: ["p"], collect: ["p"] }, { p: ["a"], _: [] }],
  ["", { string: ["p"], collect: ["p"] }, { p: [], _: [] }],
  ["", { collect: ["p"] }, { _: [] }],
  [
    "-vvv",
    { boolean: ["v"], collect: ["v"] },
    { v: [true, true, true], _: [] },
  ],
  // aliases and defaults
  ["-h", { boolean: ["help"], alias: { help: "h" } }, {
    h: true,
    help: true,
    _: [],
  }],
  ["--b 1", { alias: { a: ["b", "c"] } }, { a: 1, b: 1, c: 1, _: [] }],
  ["", { default: { a: 1 }, alias: { a: "b" } }, { a: 1, b: 1, _: [] }],
  ["--a 2", { default: { a: 1 } }, { a: 2, _: [] }],
  ["", { collect: ["p"], default: { p: ["x"] } }, { p: ["x"], _: [] }],
  // dots
  ["--a.b 1 --a.c", {}, { a: { b: 1, c: true }, _: [] }],
  ["--a.b 2", { alias: { "a.b": "x.y" } }, { a: { b: 2 }, x: { y: 2 }, _: [] }],
  // ends
  ["-a -- --b 1", {}, { a: true, _: ["--b", "1"] }],
  ["x -- --b 1", { "--": true }, { _: ["x"], "--": ["--b", "1"] }],
  ["--a run --b", { boolean: ["a"], stopEarly: true }, {
    a: true,
    _: ["run", "--b"],
  }],
  // names that mean something to JavaScript
  ["--toString --valueOf x", {}, { toString: true, valueOf: "x", _: [] }],
];

for (const [line, options, result] of cases) {
  const given = JSON.stringify(options);
  Deno.test(`parseArgs() reads "${line}" given ${given}`, () => {
    const args = line.split(" ").filter(Boolean);
    // Key order is no part of what either promises.
    assert.deepEqual({ ...parseArgs(args, options) }, result);
  });
}

Deno.test("parseArgs() takes an empty argument for an operand", () => {
  assert.deepEqual({ ...parseArgs(["--s", ""], { string: ["s"] }) }, {
    s: "",
    _: [""],
  });
});

Deno.test("parseArgs() keeps line breaks within a value", () => {
  assert.deepEqual({ ...parseArgs(["--s=a\nb", "-t", "c\nd"]) }, {
    s: "a\nb",
    t: "c\nd",
    _: [],
  });
});

Deno.test("parseArgs() shows what no option declares to unknown, which may drop it", () => {
  const seen: unknown[] = [];
  const result = parseArgs(
    ["--json", "--bad", "x", "-p", "55", "--k=5", "y", "--empty="],
    {
      boolean: ["json"],
      unknown: (...args) => {
        seen.push(args);
        return false;
      },
    },
  );
  assert.deepEqual({ ...result }, { json: true, _: [] });
  assert.deepEqual(seen, [
    ["--bad", "bad", "x"],
    ["-p", "p", "55"],
    ["--k=5", "k", "5"],
    ["y"],
    ["--empty=", "empty=", true],
  ]);
});

Deno.test("parseArgs() asks unknown about no alias and no declared name", () => {
  const seen: string[] = [];
  parseArgs(["-h", "--herp", "x", "--s", "1", "--other"], {
    alias: { h: "herp" },
    string: "s",
    unknown: (arg) => seen.push(arg),
  });
  assert.deepEqual(seen, ["--other"]);
});

// More than the real one promises.
Deno.test("parseArgs() leaves Object.prototype alone", () => {
  parseArgs(["--__proto__.polluted", "1", "--constructor.prototype.bad=1"]);
  assert.equal("polluted" in {}, false);
  assert.equal("bad" in {}, false);
});

Deno.test("parseArgs() types its result by the names it is given", () => {
  const args = parseArgs(["--param", "a"], {
    boolean: ["json"],
    string: ["out", "param"],
    collect: ["param"],
    negatable: ["out"],
    default: { level: 3 },
    "--": true,
  });
  // These lines are the test: they don't compile against a wrong type.
  const json: boolean = args.json;
  const out: string | false | undefined = args.out;
  const param: readonly string[] | false = args.param;
  const after: string[] = args["--"];
  // @ts-expect-error a boolean is no string
  const wrong: string = args.json;
  assert.deepEqual([json, out, param, after, wrong], [
    false,
    undefined,
    ["a"],
    [],
    false,
  ]);
});
