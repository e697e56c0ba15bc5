/**
 * Every verb as its users have it: in a manifest, sandboxed, between steps,
 * over values that JavaScript's numbers and dates can't hold.
 */
import assert from "node:assert/strict";
import { run } from "../../../mod.ts";
import { type TempDir, tempDir } from "../../kit/temp.ts";

/** An integer beyond 2^53, a decimal beyond 15 digits, microseconds, NULL and "". */
const HARD = [
  "id,k,amount,at,note",
  '9007199254740993,a,12345678901234567890.1234567890,2024-01-02 03:04:05.000001,""',
  "9007199254740995,b,0.0000000001,2024-01-02 03:04:05.000002,x",
  ",a,,,",
];
const [HEADER, FIRST, SECOND, THIRD] = HARD;
const OTHER = ["id,more", "9007199254740993,one", "9007199254740994,two"];
const WIDE = ["k,p,q", "a,9007199254740993,", "b,,9007199254740995"];

const source = (id: string, config = {}) => ({
  id,
  driver: "filesystem.csv_extractor",
  config: { path: `${id}.csv`, ...config },
});

const SOURCES = [
  source("hard", { dtype: { amount: "decimal(30,10)", at: "timestamp" } }),
  source("other"),
  source("wide"),
  source("tags", { dtype: { tags: "utf8" } }),
];

type Verbs = readonly unknown[];
/** Input that the verbs start from, verbs, and the file they give. */
type Case = readonly [from: string, verbs: Verbs, csv: readonly string[]];

const CASES: Readonly<Record<string, Case>> = {
  "filter, derive, select, rename, relocate": ["hard", [
    { filter: "d.note !== 'x'" },
    { derive: { up: "op.upper(d.k)", gap: "d.note == null" } },
    { select: ["id", "amount", "at", "note", "up", "gap"] },
    { rename: { id: "key" } },
    { relocate: { columns: ["note"], before: "key" } },
  ], [
    "note,key,amount,at,up,gap",
    '"",9007199254740993,12345678901234567890.1234567890,2024-01-02 03:04:05.000001,A,false',
    ",,,,A,true",
  ]],
  "orderby, slice": ["hard", [{ orderby: [{ desc: "at" }] }, { slice: 2 }], [
    HEADER,
    SECOND,
    FIRST,
  ]],
  "groupby, rollup": ["hard", [
    { groupby: ["k"] },
    {
      rollup: {
        rows: "op.count()",
        last: "op.max(d.id)",
        sum: "op.sum(d.id)",
        when: "op.min(d.at)",
      },
    },
  ], [
    "k,rows,last,sum,when",
    "a,2,9007199254740993,9007199254740993,2024-01-02 03:04:05.000001",
    "b,1,9007199254740995,9007199254740995,2024-01-02 03:04:05.000002",
  ]],
  "ungroup, dedupe, sample": ["hard", [
    { groupby: ["k"] },
    { ungroup: true },
    { dedupe: ["k"] },
    { sample: { size: 2, shuffle: false, seed: 7 } },
  ], [HEADER, FIRST, SECOND]],
  "join, cross": ["hard", [
    { join: { with: "other", on: "id" } },
    { select: ["id", "amount", "at", "note", "more"] },
    { cross: { with: "wide", values: [["id", "note", "more"], ["p"]] } },
  ], [
    "id,note,more,p",
    '9007199254740993,"",one,9007199254740993',
    '9007199254740993,"",one,',
  ]],
  "lookup": ["hard", [
    { lookup: { with: "other", on: "id", values: ["more"] } },
  ], [`${HEADER},more`, `${FIRST},one`, `${SECOND},`, `${THIRD},`]],
  "semijoin": ["hard", [{ semijoin: { with: "other", on: "id" } }], [
    HEADER,
    FIRST,
  ]],
  "antijoin": ["hard", [{ antijoin: { with: "other", on: "id" } }], [
    HEADER,
    SECOND,
    THIRD,
  ]],
  "concat, union": ["hard", [{ concat: "hard" }, { union: "hard" }], HARD],
  "except": ["hard", [{ select: ["id"] }, { except: "ids" }], [
    "id",
    "9007199254740995",
    "",
  ]],
  "intersect": ["hard", [{ select: ["id"] }, { intersect: "ids" }], [
    "id",
    "9007199254740993",
  ]],
  "fold": ["wide", [{ fold: ["p", "q"] }], [
    "k,key,value",
    "a,p,9007199254740993",
    "a,q,",
    "b,p,",
    "b,q,9007199254740995",
  ]],
  "pivot": ["hard", [{ pivot: { on: "k", values: { v: "op.max(d.id)" } } }], [
    "a,b",
    "9007199254740993,9007199254740995",
  ]],
  "spread, unroll": ["tags", [
    {
      spread: {
        columns: { t: "op.split(d.tags, ';')" },
        as: ["x", "y"],
        drop: false,
      },
    },
    { unroll: { columns: { t: "op.split(d.tags, ';')" } } },
  ], [
    "id,tags,x,y,t",
    '9007199254740993,a;,a,"",a',
    '9007199254740993,a;,a,"",""',
  ]],
  "impute": ["wide", [{ impute: { p: "op.max(d.p)" } }], [
    "k,p,q",
    "a,9007199254740993,",
    "b,9007199254740993,9007199254740995",
  ]],
};

const INPUTS = {
  hard: "${hard}",
  other: "${other}",
  wide: "${wide}",
  tags: "${tags}",
  ids: "${ids}",
};

const IDS = {
  id: "ids",
  driver: "arquero.transform",
  inputs: { other: "${other}" },
  config: { verbs: [{ select: ["id"] }] },
};

/** Runs all cases in one run; a step of each, and one that writes what it gave. */
async function runAll(dir: TempDir): Promise<void> {
  const steps = Object.values(CASES).flatMap(([from, verbs], index) => [
    {
      id: `case_${index}`,
      driver: "arquero.transform",
      inputs: INPUTS,
      config: { from, verbs },
    },
    {
      id: `save_${index}`,
      driver: "filesystem.csv_writer",
      inputs: { df: `\${case_${index}}` },
      config: { path: `out/${index}.csv` },
    },
  ]);
  const { status, error, unsandboxed } = await run({
    name: "verbs",
    parallel: 2,
    steps: [...SOURCES, IDS, ...steps],
  }, { cwd: dir.path });
  assert.equal(error, undefined);
  assert.deepEqual([status, unsandboxed], ["success", []]);
}

Deno.test("every verb, sandboxed between steps, keeps every digit", async (t) => {
  await using dir = await tempDir("verbs-");
  await dir.write("hard.csv", lines(HARD));
  await dir.write("other.csv", lines(OTHER));
  await dir.write("wide.csv", lines(WIDE));
  await dir.write(
    "tags.csv",
    lines(["id,tags", "9007199254740993,a;", "9007199254740995,"]),
  );
  await runAll(dir);
  for (const [index, [verbs, [, , csv]]] of Object.entries(CASES).entries()) {
    await t.step(verbs, async () => {
      const path = dir.file("out", `${index}.csv`);
      assert.equal(await Deno.readTextFile(path), lines(csv));
    });
  }
});

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join("");
}
