// What incremental steps keep, and when.
import assert from "node:assert/strict";
import { lockFile } from "../../src/run/live.ts";
import { statePath } from "../../src/run/state.ts";
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
  await bench.folder.write(".osiris/state/bench/a.json", "{");
  await assert.rejects(bench.run(pipeline(5)), { code: "state/invalid" });
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

Deno.test("states lie where they are asked for", async () => {
  await using bench = await runBench();
  await bench.run(pipeline(5), { stateFolder: "elsewhere" });
  assert.equal(stateOf(bench), undefined);
  const path = statePath(bench.folder.file("elsewhere"), "bench", "a");
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(path)).state, { n: 5 });
});
