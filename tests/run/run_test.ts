// Whole runs of small drivers: what is committed, what is told, who is blamed.
import assert from "node:assert/strict";
import { defineDriver, type Driver } from "../../src/driver/driver.ts";
import type { RunEvent } from "../../src/event.ts";
import { failure, rows, rowsBatch } from "../kit/run/drivers.ts";
import {
  count,
  eventsOf,
  indexOf,
  metricsOf,
  runBench,
  step,
  treeOf,
} from "../kit/run/run.ts";
import { batchBytes } from "../../src/table/batch.ts";

const names = (events: readonly RunEvent[]): string[] =>
  events.map(({ event, "step_id": id }) => id ? `${event} ${id}` : event);

Deno.test("run() tells what happens in order, on disk as heard", async () => {
  await using bench = await runBench();
  const { status, runFolder } = await bench.run([
    step("a", "rows", { rows: 20, batch: 7 }),
    step("b", "whole", {}, "a"),
    step("c", "keep", {}, "b"),
  ]);
  assert.equal(status, "success");
  assert.deepEqual(bench.kept.tables.get("kept"), count(20));
  assert.deepEqual(eventsOf(runFolder), bench.heard);
  assert.deepEqual(names(bench.heard), [
    "run_start",
    "step_start a",
    "inputs_resolved a",
    "step_complete a",
    "step_start b",
    "step_start c",
    "inputs_resolved b",
    "inputs_resolved c",
    "step_complete b",
    "step_complete c",
    "cleanup_complete",
    "run_end",
  ]);
});

Deno.test("run() counts rows of each step and in total, with a unit each", async () => {
  await using bench = await runBench();
  const { totalRows, steps, runFolder } = await bench.run([
    step("a", "rows", { rows: 20 }),
    step("b", "file", { path: "out/b.txt" }, "a"),
    step("c", "keep", {}, "a"),
  ]);
  assert.equal(totalRows, 40);
  assert.deepEqual(
    steps.map(({ step, rowsRead, rowsWritten }) => [
      step,
      rowsRead,
      rowsWritten,
    ]),
    [["a", 20, 20], ["b", 20, 20], ["c", 20, 20]],
  );
  const metrics = metricsOf(runFolder);
  const of = (name: string) =>
    metrics.filter(({ metric }) => metric === name)
      .map(({ step_id, value, unit }) => `${step_id} ${value} ${unit}`);
  assert.deepEqual(of("rows_read"), ["a 20 rows"]);
  assert.deepEqual(of("rows_written"), ["b 20 rows", "c 20 rows"]);
  assert.equal(of("peak_rss_bytes").length, 4);
  assert.equal(of("rows_per_second").length, 3);
  assert.equal(of("bytes_written")[1], "b 50 bytes");
});

Deno.test("run() leaves status and index, and no trace of its work", async () => {
  await using bench = await runBench();
  const result = await bench.run([
    step("a", "rows", { rows: 1000, batch: 100 }),
    step("b", "whole", {}, "a"),
    step("c", "file", { path: "out/c.txt" }, "b"),
  ], { manifest: { "memory_budget": 0 } });
  assert.equal(result.status, "success");
  const status = JSON.parse(
    Deno.readTextFileSync(`${result.runFolder}/status.json`),
  );
  assert.equal(status.status, "success");
  assert.equal(status.steps_completed, 3);
  const [record] = indexOf(bench.folder.path);
  assert.equal(record.run_id, result.runId);
  assert.equal(record.total_rows, 1000);
  const files = treeOf(bench.folder.path).map((path) =>
    path.replace(/run_logs\/.*\//, "RUN/")
  );
  assert.deepEqual(files, [
    ".osiris/index/runs.jsonl",
    "out/c.txt",
    "RUN/events.jsonl",
    "RUN/manifest.json",
    "RUN/metrics.jsonl",
    "RUN/status.json",
  ]);
});

for (const budget of [0, batchBytes(rowsBatch(0, 100)) * 3, 1 << 30]) {
  for (const parallel of [1, 4]) {
    Deno.test(`run() gives the same rows with ${budget} bytes and ${parallel} at once`, async () => {
      await using bench = await runBench();
      const { status, error } = await bench.run([
        step("a", "rows", { rows: 1000, batch: 100 }),
        step("b", "rows", { rows: 500, from: 1000, batch: 100 }),
        step("a2", "pass", {}, "a"),
        step("both", "whole", {}, ["a2", "b"]),
        step("k1", "keep", { into: "k1" }, "both"),
        step("k2", "keep", { into: "k2" }, "both"),
        step("k3", "keep", { into: "k3" }, "a"),
      ], { manifest: { "memory_budget": budget, parallel } });
      assert.equal(status, "success", `${error?.message}`);
      assert.deepEqual(bench.kept.tables.get("k1"), count(1500));
      assert.deepEqual(bench.kept.tables.get("k2"), count(1500));
      assert.deepEqual(bench.kept.tables.get("k3"), count(1000));
    });
  }
}

Deno.test("run() runs as many independent steps at once as it is told", async () => {
  await using bench = await runBench();
  const steps = [1, 2, 3, 4].flatMap((n) => [
    step(`m${n}`, "meeting"),
    step(`k${n}`, "keep", { into: `k${n}` }, `m${n}`),
  ]);
  const together = await bench.run(steps, {
    manifest: { parallel: 4 },
    more: { "test.meeting": meeting(4) },
  });
  assert.equal(together.status, "success", `${together.error?.message}`);
  assert.equal(together.totalRows, 4);
  const three = await bench.run(steps, {
    manifest: { parallel: 3, deadlines: { run: "500ms" } },
    more: { "test.meeting": meeting(4) },
  });
  assert.equal(three.error!.code, "run/deadline");
});

/** An extractor that gives a row as soon as so many of its steps run. */
function meeting(all: number): Driver<never> {
  let here = 0;
  const everybody = Promise.withResolvers<void>();
  return defineDriver({
    spec: { ...rows.spec, name: "test.meeting" },
    async *run(_step, { signal }) {
      if (++here === all) everybody.resolve();
      const stopped = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => stopped.reject(signal.reason));
      await Promise.race([everybody.promise, stopped.promise]);
      yield rowsBatch(0, 1);
    },
  }) as Driver<never>;
}

Deno.test("run() in parallel takes steps in any acyclic order", async () => {
  await using bench = await runBench();
  const steps = [
    step("k", "keep", {}, "p"),
    step("p", "whole", {}, "r"),
    step("r", "rows", { rows: 5 }),
  ];
  const { status } = await bench.run(steps, { manifest: { parallel: 2 } });
  assert.equal(status, "success");
  assert.deepEqual(bench.kept.tables.get("kept"), count(5));
});

Deno.test("run() stops at the first failure and commits nothing of the step", async () => {
  await using bench = await runBench();
  const { status, error, stepsCompleted, runFolder } = await bench.run([
    step("a", "rows", { rows: 20, batch: 5 }),
    step("b", "file", { path: "out.txt", "fail_at": 10 }, "a"),
    step("c", "keep", {}, "a"),
  ]);
  assert.equal(status, "failed");
  assert.equal(error!.code, "sql/failed");
  assert.equal(error!.step, "b");
  assert.equal(stepsCompleted, 1);
  assert.equal(bench.kept.tables.size, 0);
  const left = treeOf(bench.folder.path).filter((path) =>
    !path.startsWith("run_logs") && !path.startsWith(".osiris")
  );
  assert.deepEqual(left, []);
  assert.deepEqual(
    names(eventsOf(runFolder)).slice(-5),
    [
      "step_start b",
      "inputs_resolved b",
      "step_failed b",
      "execution_failed b",
      "cleanup_complete",
      "run_end",
    ].slice(-5),
  );
  assert.equal(indexOf(bench.folder.path)[0].code, "sql/failed");
});

const chain = (at: Record<string, object>): object[] => [
  step("a", "rows", { rows: 30, batch: 5, ...at.a }),
  step("b", "pass", { ...at.b }, "a"),
  step("c", "keep", { ...at.c }, "b"),
];

for (const id of ["a", "b", "c"]) {
  for (const code of ["data/type", "plain"]) {
    Deno.test(`run() blames step ${id} of a chain for its ${code} failure, not those it pulls along`, async () => {
      await using bench = await runBench();
      const { error, runFolder } = await bench.run(
        chain({ [id]: { "fail_at": 10, code } }),
      );
      assert.equal(error!.step, id);
      assert.equal(error!.code, code === "plain" ? "step/failed" : code);
      const failed = eventsOf(runFolder).filter(({ event }) =>
        event === "step_failed"
      );
      assert.deepEqual(failed.map(({ step_id }) => step_id), [id]);
      assert.equal(bench.kept.tables.size, 0);
    });
  }
}

Deno.test("run() blames the step that stops reading, not the one that is cut off", async () => {
  await using bench = await runBench();
  const { error } = await bench.run(chain({ c: { "stop_after": 10 } }));
  assert.equal(error!.step, "c");
  assert.match(error!.code, /^(data\/count-mismatch|driver\/protocol)$/);
});

Deno.test("run() fails when a writer has lost a row, and not when it says why", async () => {
  await using bench = await runBench();
  const lost = await bench.run(chain({ c: { lose: 1 } }));
  assert.equal(lost.error!.code, "data/count-mismatch");
  assert.equal(lost.error!.step, "c");
  const said = await bench.run(chain({ c: { lose: 1, filtered: 1 } }));
  assert.equal(said.status, "success");
});

Deno.test("run() cancels the siblings of a failing step, which commit nothing", async () => {
  await using bench = await runBench();
  const { error, runFolder } = await bench.run([
    step("a", "rows", { rows: 10, batch: 5, "fail_at": 5, "delay_ms": 20 }),
    step("b", "rows", { rows: 1000, batch: 1, "delay_ms": 5 }),
    step("c", "file", { path: "out.txt" }, "b"),
  ], { manifest: { parallel: 4 } });
  assert.equal(error!.step, "a");
  const failed = eventsOf(runFolder).filter(({ event }) =>
    event === "step_failed"
  );
  assert.deepEqual(failed[0].step_id, "a");
  assert.deepEqual(
    failed.slice(1).map(({ code }) => code),
    ["step/cancelled"],
  );
  const left = treeOf(bench.folder.path).filter((path) =>
    path.includes("out.txt")
  );
  assert.deepEqual(left, []);
});

Deno.test("run() tries again what passes by itself, from a clean state", async () => {
  await using bench = await runBench();
  const flaky = flakyKeeper(2);
  const { status, runFolder } = await bench.run([
    step("a", "rows", { rows: 100, batch: 10 }),
    step("b", "whole", {}, "a"),
    step("c", "flaky", {}, "b"),
  ], {
    more: { "test.flaky": flaky.driver },
    manifest: { retry: { "max_attempts": 3, "initial_delay": "5ms" } },
  });
  assert.equal(status, "success");
  assert.deepEqual(flaky.rows(), count(100));
  const told = eventsOf(runFolder).filter(({ event }) =>
    event === "step_retry"
  );
  assert.deepEqual(told.map(({ attempt }) => attempt), [2, 3]);
});

Deno.test("run() gives up after the attempts that it has", async () => {
  await using bench = await runBench();
  const flaky = flakyKeeper(9);
  const { error, runFolder } = await bench.run([
    step("a", "rows", { rows: 10 }),
    step("c", "flaky", {}, "a", {
      retry: { "max_attempts": 3, "initial_delay": "1ms" },
    }),
  ], { more: { "test.flaky": flaky.driver } });
  assert.equal(error!.code, "connection/lost");
  const failed = eventsOf(runFolder).filter(({ event }) =>
    event === "step_failed"
  );
  assert.deepEqual(failed.map(({ attempt }) => attempt), [1, 2, 3]);
});

Deno.test("run() tries again as the step that failed says, not the one beside it", async () => {
  const retry = (attempts: number) => ({
    retry: { "max_attempts": attempts, "initial_delay": "1ms" },
  });
  const code = "connection/lost";
  for (const [a, c, expected] of [[3, 1, 1], [1, 3, 3]]) {
    await using bench = await runBench();
    const { error, runFolder } = await bench.run([
      step("a", "rows", { rows: 10 }, [], retry(a)),
      step("c", "keep", { "fail_at": 5, code }, "a", retry(c)),
    ]);
    assert.equal(error!.code, code);
    const attempts = eventsOf(runFolder).filter(({ event }) =>
      event === "step_failed"
    );
    assert.equal(attempts.length, expected);
  }
});

Deno.test("run() does not try again when a change is final already", async () => {
  await using bench = await runBench();
  const { error, runFolder } = await bench.run([
    step("a", "rows", { rows: 10 }),
    step("c", "keep", { lose: 1 }, "a", {
      retry: { "max_attempts": 5, "initial_delay": "1ms", on: ["data"] },
    }),
  ]);
  assert.equal(error!.code, "data/count-mismatch");
  assert.equal(bench.kept.commits.get("kept"), 1);
  assert.equal(
    eventsOf(runFolder).filter(({ event }) => event === "step_retry").length,
    0,
  );
});

for (const fused of [true, false]) {
  Deno.test(`run() holds ${fused ? "fused" : "kept"} tables to their limits`, async () => {
    await using bench = await runBench();
    const steps = [
      step("a", "rows", { rows: 100, batch: 10 }, [], { limits: { rows: 50 } }),
      step("b", fused ? "pass" : "whole", {}, "a"),
      step("c", "keep", {}, "b"),
    ];
    const { error, runFolder } = await bench.run(steps);
    assert.equal(error!.code, "run/limit");
    assert.equal(error!.step, "a");
    assert.equal(bench.kept.tables.size, 0);
    const near = eventsOf(runFolder).filter(({ event }) =>
      event === "limit_near"
    );
    assert.deepEqual(near.map(({ seen }) => seen), [40]);
  });
}

for (const cut of [false, true]) {
  Deno.test(`run() holds what a writer takes ${cut ? "from the cache" : "as it flows"} to its limits`, async () => {
    await using bench = await runBench();
    const { error, runFolder } = await bench.run([
      step("a", "rows", { rows: 100, batch: 10 }),
      step("c", "keep", {}, "a", { limits: { rows: 50 } }),
      ...cut ? [step("d", "keep", { into: "d" }, "a")] : [],
    ]);
    assert.equal(error!.code, "run/limit");
    assert.equal(error!.step, "c");
    assert.equal(bench.kept.tables.size, 0);
    const near = eventsOf(runFolder).filter(({ event }) =>
      event === "limit_near"
    );
    assert.deepEqual(near.map(({ step_id, seen }) => [step_id, seen]), [
      ["c", 40],
    ]);
  });
}

for (const scope of ["run", "step"]) {
  Deno.test(`run() holds what is on disk to the limit of the ${scope}`, async () => {
    await using bench = await runBench();
    const limits = { disk: "200KiB" };
    const { error, runFolder } = await bench.run([
      step("a", "rows", { rows: 20_000, batch: 1000 }, [], {
        ...scope === "step" && { limits },
      }),
      step("b", "whole", {}, "a"),
      step("c", "keep", {}, "b"),
    ], { manifest: { memory_budget: 0, ...scope === "run" && { limits } } });
    assert.equal(error!.code, "run/limit");
    assert.equal(error!.step, "a");
    const events = eventsOf(runFolder);
    const [near] = events.filter(({ event }) => event === "limit_near");
    assert.equal(near.limit, "disk");
    assert.equal(near.of, 200 << 10);
    assert.ok(!treeOf(runFolder).some((path) => path.endsWith(".arrow")));
  });
}

for (const by of ["log", "emit", "measure"] as const) {
  Deno.test(`run() holds what a step says without end (${by}) to the limit of the disk`, async () => {
    await using bench = await runBench();
    const talker = defineDriver({
      ...rows,
      async *run(_, context) {
        for (let i = 0; i < 1000; i++) {
          if (by === "log") context.log("info", "x".repeat(1000));
          else if (by === "emit") context.emit("said", { x: "x".repeat(1000) });
          else context.measure("measured", i, "times");
        }
        yield rowsBatch(0, 1);
      },
    } as Driver);
    const { error } = await bench.run([step("a", "talker")], {
      manifest: { limits: { disk: 50_000 } },
      drivers: { "test.talker": talker },
    });
    assert.equal(error!.code, "run/limit");
  });
}

Deno.test("run() holds its own log to the limit of the disk before a step does anything", async () => {
  await using bench = await runBench();
  const steps = [step("a", "rows"), step("b", "keep", {}, "a")];
  const { error } = await bench.run(steps, {
    manifest: { limits: { disk: 100 } },
  });
  assert.equal(error!.code, "run/limit");
  assert.deepEqual([...bench.kept.tables], []);
});

Deno.test("run() holds the whole run to its limits", async () => {
  await using bench = await runBench();
  const steps = [
    step("a", "rows", { rows: 60, batch: 10 }),
    step("b", "whole", {}, "a"),
    step("c", "keep", {}, "b"),
  ];
  const rows = await bench.run(steps, { manifest: { limits: { rows: 100 } } });
  assert.equal(rows.error!.code, "run/limit");
  assert.equal(rows.error!.step, "b");
  const seconds = await bench.run([
    step("a", "rows", { rows: 1000, batch: 1, "delay_ms": 10 }),
  ], { manifest: { limits: { seconds: 0.1 } } });
  assert.equal(seconds.error!.code, "run/limit");
  const own = await bench.run([
    step("a", "rows", { rows: 1000, batch: 1, "delay_ms": 10 }, [], {
      limits: { seconds: 0.1 },
    }),
  ]);
  assert.equal(own.error!.code, "run/limit");
  assert.equal(own.error!.step, "a");
});

Deno.test("run() in a dry run reads a sample and writes nothing", async () => {
  await using bench = await runBench();
  const { status, totalRows, runFolder } = await bench.run([
    step("a", "rows", { rows: 5000, batch: 30 }),
    step("b", "whole", {}, "a"),
    step("c", "keep", {}, "b"),
    step("d", "file", { path: "out.txt" }, "b"),
  ], { dryRun: true });
  assert.equal(status, "success");
  assert.ok(totalRows >= 100 && totalRows < 200, `${totalRows}`);
  assert.equal(bench.kept.tables.size, 0);
  assert.equal(eventsOf(runFolder)[0].dry_run, true);
  assert.ok(
    !treeOf(bench.folder.path).some((path) => path.includes("out.txt")),
  );
});

Deno.test("run() refuses a run folder that can't be written before anything starts", async () => {
  await using bench = await runBench();
  await bench.folder.write("run_logs", "a file in its place");
  await assert.rejects(bench.run([step("a", "rows")]), { code: "run/folder" });
  assert.deepEqual(bench.heard, []);
  await assert.rejects(bench.run([step("a", "rows")], { out: "/proc/none" }), {
    code: /^(run\/folder|permission\/missing)$/,
  } as never);
});

/** A writer that fails for so many times before it works. */
function flakyKeeper(times: number) {
  let rows: number[] = [];
  let left = times;
  const { driver } = { driver: flakyDriver() };
  return { driver: driver as never, rows: () => rows };

  function flakyDriver(): unknown {
    return {
      spec: {
        name: "test.flaky",
        version: "1.0.0",
        summary: "Fails at first.",
        mode: "write",
        config: { type: "object", additionalProperties: false, properties: {} },
        inputs: { min: 1, max: 1 },
        output: false,
      },
      async run(
        { inputs }: { inputs: { df: { batches(): AsyncIterable<never> } } },
      ) {
        const seen: number[] = [];
        for await (const batch of inputs.df.batches()) {
          const { columns, length } = batch as {
            columns: { data: Int32Array }[];
            length: number;
          };
          seen.push(...columns[0].data.subarray(0, length));
          if (left-- > 0) throw failure("connection/lost");
          left++;
        }
        rows = seen;
        return { rowsWritten: seen.length };
      },
    };
  }
}
