// What incremental steps keep, and when.
import assert from "node:assert/strict";
import { lockFile } from "../../src/run/live.ts";
import { statePath } from "../../src/run/state.ts";
import { listStates, resetStates } from "../../src/run/states.ts";
import { since } from "../kit/run/drivers.ts";
import { count, runBench, step } from "../kit/run/run.ts";
import type { RunBench } from "../kit/run/run.ts";

const stateOf = ({ folder }: RunBench, id = "a"): unknown => {
  try {
    const text = Deno.readTextFileSync(
      statePath(folder.file(".osiris/state"), "bench", id),
    );
    return JSON.parse(text).state;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
};

const pipeline = (upto: number, ...more: object[]): object[] => [
  step("a", "since", { upto }),
  step("b", "whole", {}, "a"),
  step("c", "keep", { into: "c" }, "b"),
  ...more,
];

Deno.test("an incremental step reads on from the state of the last run", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(5));
  assert.deepEqual(stateOf(bench), { n: 5 });
  assert.deepEqual(bench.kept.tables.get("c"), count(5));
  await bench.run(pipeline(8));
  assert.deepEqual(bench.kept.tables.get("c"), count(8, 5));
});

Deno.test("a state is kept only when all that reads the step has committed", async () => {
  await using bench = await runBench();
  await bench.run(
    pipeline(5, step("d", "keep", { into: "d", "fail_at": 0 }, "a")),
  );
  assert.deepEqual(bench.kept.tables.get("c"), count(5));
  assert.equal(stateOf(bench), undefined);
  await bench.run(pipeline(5, step("d", "keep", { into: "d" }, "a")));
  assert.deepEqual(stateOf(bench), { n: 5 });
});

Deno.test("a dry run keeps no state and takes no lock", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(5), { dryRun: true });
  assert.equal(stateOf(bench), undefined);
});

Deno.test("a state that can't be read is refused before anything starts", async () => {
  await using bench = await runBench();
  for (const text of ["{", "{}", '{"pipeline":"other","state":{"n":3}}']) {
    await bench.folder.write(".osiris/state/bench/a.json", text);
    await assert.rejects(bench.run(pipeline(5)), { code: "state/invalid" });
  }
  assert.deepEqual(bench.heard, []);
});

Deno.test("two runs of one incremental pipeline don't run at once", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(1));
  const lock = lockFile(bench.folder.file(".osiris/state/bench/.lock"), "test");
  await assert.rejects(bench.run(pipeline(5)), { code: "run/locked" });
  lock.release();
  const { status } = await bench.run(pipeline(5));
  assert.equal(status, "success");
});

Deno.test("runs of a step without a cursor may go on at once, and read everything", async () => {
  await using bench = await runBench();
  const { upto } = since.spec.config.properties as Record<string, object>;
  const config = { ...since.spec.config, properties: { upto } };
  const more = {
    "test.since": { ...since, spec: { ...since.spec, config } },
  };
  await bench.folder.write(".osiris/state/bench/.lock", "");
  const lock = lockFile(bench.folder.file(".osiris/state/bench/.lock"), "test");
  for (let run = 0; run < 2; run++) {
    const { status } = await bench.run(pipeline(5), { more });
    assert.equal(status, "success");
    assert.deepEqual(bench.kept.tables.get("c"), count(5));
  }
  lock.release();
});

Deno.test("states lie where they are asked for", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(5), { stateFolder: "elsewhere" });
  assert.equal(stateOf(bench), undefined);
  const path = statePath(bench.folder.file("elsewhere"), "bench", "a");
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(path)).state, { n: 5 });
});

Deno.test("listStates() shows what is kept, and resetStates() forgets it", async () => {
  await using bench = await runBench();
  const { runId } = await bench.run(pipeline(5));
  const cwd = bench.folder.path;
  const [{ ts, ...kept }] = listStates({ cwd });
  assert.deepEqual(kept, {
    pipeline: "bench",
    step: "a",
    runId,
    state: { n: 5 },
  });
  assert.match(ts!, /Z$/);
  assert.deepEqual(listStates({ cwd, pipeline: "other" }), []);
  assert.throws(() => resetStates({ cwd, pipeline: "bench", step: "b" }), {
    code: "usage/invalid",
  });
  assert.equal(resetStates({ cwd, pipeline: "bench" }).length, 1);
  assert.deepEqual(listStates({ cwd }), []);
  await bench.run(pipeline(3));
  assert.deepEqual(bench.kept.tables.get("c"), count(3));
});

Deno.test("resetStates() leaves the state of a pipeline that runs", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(5));
  const lock = lockFile(bench.folder.file(".osiris/state/bench/.lock"), "test");
  const reset = () =>
    resetStates({ cwd: bench.folder.path, pipeline: "bench" });
  assert.throws(reset, { code: "run/locked" });
  lock.release();
});

Deno.test("a run with bounds reads its range and leaves the state", async () => {
  await using bench = await runBench();
  const steps = [
    step("a", "since", { upto: 9, cursor: { column: "n" } }),
    step("c", "keep", { into: "c" }, "a"),
  ];
  await bench.run(steps);
  const { status } = await bench.run(steps, { bounds: { from: 2, to: 5 } });
  assert.equal(status, "success");
  assert.deepEqual(bench.kept.tables.get("c"), count(5, 2));
  assert.deepEqual(stateOf(bench), { n: 9 });
  await assert.rejects(
    bench.run([step("a", "rows"), step("c", "keep", {}, "a")], {
      bounds: { to: 5 },
    }),
    { code: "usage/invalid" },
  );
});
