// Runs that failed and are resumed: nothing twice, nothing missing.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { CheckpointData } from "../../src/run/checkpoint.ts";
import { lockRun } from "../../src/run/live.ts";
import {
  type BenchOptions,
  count,
  eventsOf,
  type RunBench,
  runBench,
  step,
  treeOf,
} from "../kit/run/run.ts";

/** a feeds c1 and c2 by way of b; c2 fails unless told otherwise by a driver of its own. */
const steps = [
  step("a", "rows", { rows: 100, batch: 30 }),
  step("b", "whole", {}, "a"),
  step("c1", "keep", { into: "c1" }, "b"),
  step("c2", "second", {}, "b"),
];

/** A writer that fails until it is mended. */
function second() {
  const state = { isBroken: true, rows: [] as number[], commits: 0 };
  const driver = {
    spec: {
      name: "test.second",
      version: "1.0.0",
      summary: "Fails until it is mended.",
      mode: "write",
      config: { type: "object", additionalProperties: false, properties: {} },
      inputs: { min: 1, max: 1 },
      output: false,
    },
    async run(
      { inputs }: {
        inputs: Record<string, { batches(): AsyncIterable<BatchLike> }>;
      },
    ) {
      const rows: number[] = [];
      for await (const { columns, length } of inputs.df.batches()) {
        rows.push(...columns[0].data.subarray(0, length));
      }
      if (state.isBroken) throw new Error("not mended");
      state.rows.push(...rows);
      state.commits++;
      return { rowsWritten: rows.length };
    },
  };
  return { state, drivers: { "test.second": driver as never } };
}

interface BatchLike {
  readonly length: number;
  readonly columns: readonly { readonly data: Int32Array }[];
}

async function failThenMend(
  bench: RunBench,
  options: BenchOptions = {},
  pipeline: readonly object[] = steps,
) {
  const { state, drivers } = second();
  const all = { ...options, drivers };
  const failed = await bench.run(pipeline, all);
  assert.equal(failed.status, "failed");
  assert.equal(failed.error!.step, "c2");
  state.isBroken = false;
  return { failed, state, drivers, all };
}

const started = (runFolder: string): unknown[] =>
  eventsOf(runFolder).filter(({ event }) => event === "step_start")
    .map(({ step_id }) => step_id);

Deno.test("a resumed run does what is left, and reads again what it needs", async () => {
  await using bench = await runBench();
  const { failed, state, all } = await failThenMend(bench);
  const resumed = await bench.run(steps, { ...all, resume: failed.runId });
  assert.equal(resumed.status, "success");
  assert.deepEqual(started(resumed.runFolder), ["a", "b", "c2"]);
  assert.equal(bench.kept.commits.get("c1"), 1);
  assert.deepEqual(state.rows, count(100));
  assert.equal(resumed.stepsCompleted, 4);
  assert.equal(resumed.totalRows, 200);
});

Deno.test("a resumed run reads kept tables from disk and repeats nothing", async () => {
  await using bench = await runBench();
  const options = { checkpoint: true };
  const { failed, state, all } = await failThenMend(bench, options);
  assert.deepEqual(
    treeOf(failed.runFolder).filter((path) => path.includes("checkpoint/")),
    ["checkpoint/b.arrow"],
  );
  const resumed = await bench.run(steps, { ...all, resume: "last" });
  assert.equal(resumed.status, "success");
  assert.deepEqual(started(resumed.runFolder), ["c2"]);
  assert.deepEqual(state.rows, count(100));
  const skipped = eventsOf(resumed.runFolder).filter(({ event }) =>
    event === "step_skipped"
  );
  assert.deepEqual(skipped.map(({ step_id }) => step_id), ["a", "b", "c1"]);
  const left = treeOf(bench.folder.path).filter((path) =>
    path.endsWith(".arrow")
  );
  assert.deepEqual(left, []);
});

Deno.test("a run can be resumed again and again, each time from the last", async () => {
  await using bench = await runBench();
  const options = { checkpoint: true };
  const { failed, state, all } = await failThenMend(bench, options);
  state.isBroken = true;
  const again = await bench.run(steps, { ...all, resume: failed.runId });
  assert.equal(again.status, "failed");
  state.isBroken = false;
  const twice = bench.run(steps, { ...all, resume: failed.runId });
  await assert.rejects(twice, { code: "run/cannot-resume" });
  const last = await bench.run(steps, { ...all, resume: again.runId });
  assert.equal(last.status, "success");
  assert.deepEqual(state.rows, count(100));
  assert.equal(state.commits, 1);
  const more = bench.run(steps, { ...all, resume: again.runId });
  await assert.rejects(more, { code: "run/cannot-resume" });
});

Deno.test("a run that has succeeded can't be resumed, nor one that never was", async () => {
  await using bench = await runBench();
  const own = [step("a", "rows"), step("c1", "keep", {}, "a")];
  const { runId } = await bench.run(own);
  await assert.rejects(bench.run(own, { resume: runId }), {
    code: "run/cannot-resume",
  });
  await assert.rejects(bench.run(own, { resume: "none" }), {
    code: "run/unknown",
  });
});

Deno.test("a run is not resumed when something has changed, and says what", async () => {
  await using bench = await runBench();
  const { failed, all } = await failThenMend(bench);
  const changed = [
    step("a", "rows", { rows: 99, batch: 30 }),
    ...steps.slice(1),
  ];
  await assert.rejects(
    bench.run(changed, { ...all, resume: failed.runId }),
    (error: { code: string; faults: { path: string }[] }) => {
      assert.equal(error.code, "run/cannot-resume");
      assert.deepEqual(error.faults.map(({ path }) => path), [
        "steps.a.config.rows",
      ]);
      return true;
    },
  );
  const settings = { ...all, manifest: { limits: { rows: 10_000 } } };
  await assert.rejects(
    bench.run(steps, { ...settings, resume: failed.runId }),
    (error: { faults: { path: string }[] }) => {
      assert.deepEqual(error.faults.map(({ path }) => path), ["manifest"]);
      return true;
    },
  );
  const { status } = await bench.run(steps, { ...all, resume: failed.runId });
  assert.equal(status, "success");
});

Deno.test("a run that is alive is not resumed", async () => {
  await using bench = await runBench();
  const { failed, all } = await failThenMend(bench);
  const lock = lockRun(failed.runFolder)!;
  const resume = bench.run(steps, { ...all, resume: failed.runId });
  await assert.rejects(resume, { code: "run/locked" });
  lock.release();
});

Deno.test("a step cut off while it made its changes final needs a word of the user's", async () => {
  await using bench = await runBench();
  for (const isThere of [true, false]) {
    const { failed, state, all } = await failThenMend(bench);
    const path = join(failed.runFolder, "checkpoint.json");
    const data = JSON.parse(Deno.readTextFileSync(path)) as CheckpointData;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ ...data, committing: ["c2"] }),
    );
    const blind = bench.run(steps, { ...all, resume: failed.runId });
    await assert.rejects(blind, { code: "run/cannot-resume" });
    const { status } = await bench.run(steps, {
      ...all,
      resume: failed.runId,
      verdicts: { c2: isThere },
    });
    assert.equal(status, "success");
    assert.equal(state.commits, isThere ? 0 : 1);
  }
});

const incremental = (upto: number): object[] => [
  step("a", "since", { upto }),
  step("c1", "keep", { into: "c1" }, "a"),
  step("c2", "second", {}, "a"),
];

Deno.test("a resumed incremental run gives all readers the same rows, and moves its state on once", async () => {
  await using bench = await runBench();
  const { failed, state, all } = await failThenMend(
    bench,
    {},
    incremental(5),
  );
  assert.ok(treeOf(failed.runFolder).includes("checkpoint/a.arrow"));
  const { status, error } = await bench.run(incremental(5), {
    ...all,
    resume: failed.runId,
  });
  assert.equal(status, "success", `${error?.message}`);
  assert.deepEqual(bench.kept.tables.get("c1"), count(5));
  assert.deepEqual(state.rows, count(5));
  const text = Deno.readTextFileSync(
    bench.folder.file(".osiris/state/bench/a.json"),
  );
  assert.deepEqual(JSON.parse(text).state, { n: 5 });
});

Deno.test("an incremental run is not resumed when its table is gone or its state has moved on", async () => {
  await using bench = await runBench();
  const { failed, state, all } = await failThenMend(
    bench,
    {},
    incremental(5),
  );
  const table = join(failed.runFolder, "checkpoint/a.arrow");
  Deno.renameSync(table, `${table}.away`);
  const lost = bench.run(incremental(5), { ...all, resume: failed.runId });
  await assert.rejects(lost, { code: "run/cannot-resume" });
  Deno.renameSync(`${table}.away`, table);
  await bench.run(incremental(5), all); // a run of its own moves the state
  const late = bench.run(incremental(5), { ...all, resume: failed.runId });
  await assert.rejects(late, { code: "run/cannot-resume" });
  assert.equal(state.commits, 1);
});
