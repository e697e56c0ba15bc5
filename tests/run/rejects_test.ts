// Bad rows that are collected instead of failing.
import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import { jsonLines, runBench, step, treeOf } from "../kit/run/run.ts";

const pipeline = (more: object): object[] => [
  step("a", "rows", { rows: 35, batch: 10 }),
  step("b", "picky", {}, "a", more),
  step("c", "keep", {}, "b"),
];

Deno.test("bad rows go to a file with their reason, and the rest goes on", async () => {
  await using bench = await runBench();
  const { status, error, artifacts, steps } = await bench.run(
    pipeline({ rejects: "bad/rows.jsonl" }),
  );
  assert.equal(status, "success", `${error?.message}`);
  const path = bench.folder.file("bad/rows.jsonl");
  const rows = jsonLines(path) as Record<string, unknown>[];
  assert.deepEqual(rows[1], {
    step: "b",
    line: 11,
    reason: "it is round",
    row: { n: 10, text: 'row "10", bad' },
  });
  assert.equal(rows.length, 4);
  assert.equal(bench.kept.tables.get("kept")!.length, 31);
  assert.deepEqual(artifacts.map(({ path }) => path), [path]);
  assert.equal(steps[1].rowsWritten, 31);
});

Deno.test("bad rows are CSV when their file is called so", async () => {
  await using bench = await runBench();
  await bench.run(pipeline({ rejects: "bad.csv" }));
  const lines = Deno.readTextFileSync(bench.folder.file("bad.csv")).split("\n");
  assert.equal(lines[0], "step,line,reason,row");
  assert.equal(
    lines[2],
    'b,11,it is round,"{""n"":10,""text"":""row \\""10\\"", bad""}"',
  );
});

Deno.test("without a file for them the first bad row fails the step", async () => {
  await using bench = await runBench();
  const { error } = await bench.run(pipeline({}));
  assert.equal(error!.code, "data/rejected");
  assert.equal(error!.step, "b");
});

Deno.test("one bad row more than may be fails the step, and those before are shown", async () => {
  await using bench = await runBench();
  const enough = await bench.run(
    pipeline({ rejects: "bad.jsonl", "max_rejects": 4 }),
  );
  assert.equal(enough.status, "success");
  const { error } = await bench.run(
    pipeline({ rejects: "bad.jsonl", "max_rejects": 2 }),
  );
  assert.equal(error!.code, "data/rejected");
  assert.equal(jsonLines(bench.folder.file("bad.jsonl")).length, 2);
  assert.deepEqual(
    treeOf(bench.folder.path).filter((path) => path.includes("partial")),
    [],
  );
});

Deno.test("a run without bad rows leaves an empty file, not an old one", async () => {
  await using bench = await runBench();
  await bench.folder.write("bad.jsonl", "old\n");
  const { status } = await bench.run([
    step("a", "rows", { rows: 5, from: 1 }),
    step("b", "picky", {}, "a", { rejects: "bad.jsonl", "max_rejects": 0 }),
    step("c", "keep", {}, "b"),
  ]);
  assert.equal(status, "success");
  assert.equal(Deno.readTextFileSync(bench.folder.file("bad.jsonl")), "");
});

Deno.test("filesystem.csv_extractor collects ragged rows as they stand, with their line", async () => {
  await using bench = await runBench();
  await bench.folder.write(
    "in.csv",
    'a,b\n1,x\n2\n3,"y\ny"\n4,"z",more\n5,w\n',
  );
  const steps = [
    {
      id: "a",
      driver: "filesystem.csv_extractor",
      config: { path: "in.csv" },
      rejects: "bad.jsonl",
      "max_rejects": 2,
    },
    {
      id: "c",
      driver: "filesystem.csv_writer",
      config: { path: "out.csv" },
      inputs: { df: "${a}" },
    },
  ];
  const options = { registry: builtinDrivers };
  const dry = await bench.run(steps, { ...options, dryRun: true });
  assert.equal(dry.status, "success", `${dry.error?.message}`);
  assert.ok(!treeOf(bench.folder.path).includes("bad.jsonl"));
  const { status, error, totalRows } = await bench.run(steps, options);
  assert.equal(status, "success", `${error?.message}`);
  assert.equal(totalRows, 3);
  const rows = jsonLines(bench.folder.file("bad.jsonl")) as {
    line: number;
    row: string;
  }[];
  assert.deepEqual(rows.map(({ line, row }) => [line, row]), [
    [3, "2"],
    [6, '4,"z",more'],
  ]);
  const few = steps.map((one) => ({
    ...one,
    ...(one.rejects && { "max_rejects": 1 }),
  }));
  const failed = await bench.run(few, options);
  assert.equal(failed.error!.code, "data/rejected");
});
