// Runs that are stopped from outside, through the API.
import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import type { RunEvent } from "../../src/event.ts";
import { sleep } from "../kit/run/drivers.ts";
import { eventsOf, indexOf, runBench, step, treeOf } from "../kit/run/run.ts";

const slow = { rows: 10_000, batch: 1, "delay_ms": 5 };

/** Aborts when a step says so, after a while. */
function stopAt(event: string, afterMs = 0, reason?: unknown) {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onEvent: (heard: RunEvent) => {
      if (heard.event !== event) return;
      setTimeout(() => controller.abort(reason), afterMs);
    },
  };
}

Deno.test("run() refuses to start when its signal is aborted already", async () => {
  await using bench = await runBench();
  const signal = AbortSignal.abort("no");
  await assert.rejects(bench.run([step("a", "rows")], { signal }), {
    code: "run/interrupted",
  });
  assert.deepEqual(treeOf(bench.folder.path), []);
});

for (const reason of [undefined, "text", new Error("closed")]) {
  Deno.test(`run() is interrupted by any reason (${reason}), in status and index`, async () => {
    await using bench = await runBench();
    const { status, error, runFolder } = await bench.run([
      step("a", "rows", slow),
      step("b", "file", { path: "b.txt" }, "a"),
    ], stopAt("step_start", 30, reason));
    assert.equal(status, "interrupted");
    assert.equal(error!.code, "run/interrupted");
    assert.equal(indexOf(bench.folder.path)[0].status, "interrupted");
    const events = eventsOf(runFolder).map(({ event }) => event);
    assert.deepEqual(events.slice(-4), [
      "execution_interrupted",
      "execution_failed",
      "cleanup_complete",
      "run_end",
    ]);
    assert.ok(!treeOf(bench.folder.path).some((path) => /b\.txt/.test(path)));
  });
}

Deno.test("run() starts no step after it was stopped between two", async () => {
  await using bench = await runBench();
  const controller = new AbortController();
  const { status, stepsCompleted } = await bench.run([
    step("a", "rows"),
    step("b", "whole", {}, "a"),
    step("c", "keep", {}, "b"),
  ], {
    signal: controller.signal,
    onEvent: ({ event }) => event === "step_complete" && controller.abort(),
  });
  assert.equal(status, "interrupted");
  assert.equal(stepsCompleted, 1);
  assert.equal(bench.kept.tables.size, 0);
});

Deno.test("run() stops while it waits to try again", async () => {
  await using bench = await runBench();
  const started = performance.now();
  const { status } = await bench.run([
    step("a", "rows", { "fail_at": 0, code: "connection/lost" }, [], {
      retry: { "initial_delay": "60m", "max_delay": "60m", jitter: false },
    }),
  ], stopAt("step_retry", 20));
  assert.equal(status, "interrupted");
  assert.ok(performance.now() - started < 30_000);
});

Deno.test("run() waits for a step that undoes its work", async () => {
  await using bench = await runBench();
  const started = performance.now();
  const { status } = await bench.run([
    step("a", "rows", slow),
    step("b", "keep", { "rollback_ms": 300 }, "a"),
  ], stopAt("step_start", 50));
  assert.equal(status, "interrupted");
  assert.ok(performance.now() - started > 300);
});

Deno.test("run() keeps its deadline and those of its steps", async () => {
  await using bench = await runBench();
  const run = await bench.run([step("a", "rows", slow)], {
    manifest: { deadlines: { run: "100ms" } },
  });
  assert.equal(run.error!.code, "run/deadline");
  assert.equal(run.status, "failed");
  const one = await bench.run([
    step("a", "rows", slow, [], { deadlines: { step: "100ms" } }),
  ]);
  assert.equal(one.error!.code, "step/timeout");
  assert.equal(one.error!.step, "a");
});

Deno.test("run() that can't write its journal stops and says so", async () => {
  await using bench = await runBench();
  const { error, status } = await bench.run([
    step("a", "rows", { ...slow, rows: 200 }),
    step("b", "keep", {}, "a"),
  ], {
    onEvent: ({ event }) => {
      if (event === "step_start") {
        Deno.removeSync(bench.folder.file("run_logs"), { recursive: true });
      }
    },
  });
  assert.equal(status, "failed");
  assert.equal(error!.code, "run/folder");
});

Deno.test("run() passes an interruption's own words on", async () => {
  await using bench = await runBench();
  const reason = new OsirisError("run/interrupted", "Cannot complete run: tea");
  const { error } = await bench.run(
    [step("a", "rows", slow)],
    stopAt("step_start", 10, reason),
  );
  assert.equal(error!.message, reason.message);
  await sleep(0);
});
