// What transforms hold whole counts in the memory budget of the run: tables go
// to disk for it, and steps that don't fit together don't run at once.
import assert from "node:assert/strict";
import { readTable, writeTable } from "../../arquero.ts";
import { builtinDrivers } from "../../drivers/builtin.ts";
import { defineDriver, type Driver } from "../../src/driver/driver.ts";
import type { RunResult } from "../../src/run/result.ts";
import { eventsOf, metricsOf, runBench, step } from "../kit/run/run.ts";

const ROWS = 3000;
/** Bytes of one table, about: four of them don't fit, two do. */
const TABLE = 47_000;
const BUDGET = 110_000;
const BRANCHES = ["a", "b", "c", "d"];

interface Held {
  /** Most bytes that were counted at once. */
  readonly peak: number;
  /** Bytes that each step held. */
  readonly held: Record<string, number>;
  /** How often the runtime said each thing of its memory. */
  readonly told: Record<string, number>;
}

function heldOf({ runFolder }: RunResult): Held {
  const metrics = metricsOf(runFolder);
  const told: Record<string, number> = {};
  for (const { event } of eventsOf(runFolder)) {
    if (/^memory_|^limit_near$/.test(event)) {
      told[event] = (told[event] ?? 0) + 1;
    }
  }
  const ofSteps = metrics.filter(({ metric }) => metric === "held_bytes");
  return {
    peak: metrics.find(({ metric }) => metric === "peak_table_bytes")!.value,
    held: Object.fromEntries(
      ofSteps.map(({ step_id: id, value }) => [id, value]),
    ),
    told,
  };
}

/** `n` falls: in order, the last row is the first. */
const reverse = { orderby: [{ desc: "n" }] };

function branches(driver: object): object[] {
  return BRANCHES.flatMap((id) => [
    step(`${id}_rows`, "rows", { rows: ROWS, batch: 500 }),
    step(`${id}_ordered`, "ordered", {}, `${id}_rows`, driver),
    step(`${id}_kept`, "keep", { into: id }, `${id}_ordered`),
  ]);
}

/** A driver of one's own that reads its table whole. @param streaming What its spec says. */
function ordering(streaming: boolean): Driver {
  return defineDriver({
    spec: {
      name: "test.ordered",
      version: "1.0.0",
      summary: "Orders its rows.",
      mode: "transform",
      config: { type: "object", additionalProperties: false, properties: {} },
      inputs: { min: 1, max: 1 },
      output: true,
      capabilities: { streaming },
    },
    async *run({ inputs }) {
      const table = await readTable(inputs.df);
      yield* writeTable(table.orderby("text"));
    },
  }) as Driver;
}

const WAYS: Record<string, { driver: object; more?: Record<string, Driver> }> =
  {
    "arquero.transform": {
      driver: { driver: "arquero.transform", config: { verbs: [reverse] } },
    },
    "arquero.transform in a process": {
      driver: {
        driver: "arquero.transform",
        config: { verbs: [reverse] },
        isolation: "process",
      },
    },
    "a driver of one's own that says so": {
      driver: {},
      more: { "test.ordered": ordering(false) },
    },
    "a driver of one's own that claims to take batches": {
      driver: {},
      more: { "test.ordered": ordering(true) },
    },
  };

for (const [name, { driver, more = {} }] of Object.entries(WAYS)) {
  Deno.test(`run() holds four big tables of ${name} within the budget`, async () => {
    await using bench = await runBench();
    const options = { registry: builtinDrivers, more };
    const alone = await bench.run(branches(driver), options);
    assert.equal(alone.status, "success", String(alone.error));
    const wanted = new Map(bench.kept.tables);
    assert.equal(wanted.get("a")!.length, ROWS);
    bench.kept.tables.clear();
    const result = await bench.run(branches(driver), {
      ...options,
      manifest: { parallel: 4, "memory_budget": BUDGET },
    });
    assert.equal(result.status, "success", String(result.error));
    assert.deepEqual(new Map([...bench.kept.tables].sort()), wanted);
    const { peak, held, told } = heldOf(result);
    assert.ok(peak <= BUDGET, `${peak} bytes counted at once`);
    assert.deepEqual(
      Object.keys(held).sort(),
      BRANCHES.map((id) => `${id}_ordered`),
    );
    for (const bytes of Object.values(held)) {
      assert.ok(Math.abs(bytes - TABLE) < 100, `${bytes} held`);
    }
    assert.ok(told.memory_wait! > 0, "no step has waited");
    assert.equal(told.memory_over, undefined);
  });
}

Deno.test("run() moves tables between steps to disk for what a transform holds", async () => {
  await using bench = await runBench();
  const wait = step("late", "keep", { into: "late" }, "first");
  const result = await bench.run([
    step("first", "rows", { rows: ROWS, batch: 500 }),
    step("second", "rows", { rows: ROWS, batch: 500, from: 5 }),
    step("ordered", "", {}, "second", {
      driver: "arquero.transform",
      config: { verbs: [reverse] },
    }),
    step("kept", "keep", { into: "kept" }, "ordered"),
    step("again", "keep", { into: "again" }, "second"),
    wait,
  ], {
    registry: builtinDrivers,
    manifest: { "memory_budget": BUDGET },
  });
  assert.equal(result.status, "success", String(result.error));
  const { peak, told } = heldOf(result);
  assert.ok(peak > TABLE * 1.9 && peak <= BUDGET, `${peak} bytes at once`);
  assert.ok(told.memory_spill! > 0, "nothing was spilled");
  assert.equal(bench.kept.tables.get("late")!.length, ROWS);
  assert.deepEqual(
    bench.kept.tables.get("kept"),
    bench.kept.tables.get("again")!.toReversed(),
  );
});

Deno.test("run() goes on with a table that is larger than the budget, and says so", async () => {
  await using bench = await runBench();
  const driver = WAYS["arquero.transform"].driver;
  const manifest = { parallel: 4, "memory_budget": 1000 };
  const result = await bench.run(branches(driver), {
    registry: builtinDrivers,
    manifest,
  });
  assert.equal(result.status, "success", String(result.error));
  const { held, told } = heldOf(result);
  assert.equal(told.memory_over, BRANCHES.length);
  assert.ok(told.memory_spill! >= BRANCHES.length);
  const over = eventsOf(result.runFolder).filter(({ event }) =>
    event === "memory_over"
  );
  for (const { step_id: id, need, budget } of over) {
    assert.deepEqual([need, budget], [held[String(id)], 1000]);
  }
  // One at a time: none starts before the one before it has ended.
  let holding = 0;
  for (const { event, step_id: id } of eventsOf(result.runFolder)) {
    if (!String(id).endsWith("_ordered")) continue;
    if (event === "step_start") holding++;
    if (event === "step_complete") holding--;
    assert.ok(holding <= 1, "two hold more than the budget at once");
  }
});

for (const streaming of [false, true]) {
  Deno.test(`run() ends with the reason why there is no room (${streaming ? "while a step gathers" : "before it starts"})`, async () => {
    await using bench = await runBench();
    const { error } = await bench.run([
      step("first", "rows", { rows: ROWS, batch: 500 }),
      step("second", "rows", { rows: ROWS, batch: 500 }),
      step("second_ordered", "ordered", {}, "second"),
      step("kept", "keep", { into: "kept" }, "second_ordered"),
      step("late", "keep", { into: "late" }, "first"),
      ...streaming ? [] : [step("again", "keep", {}, "second")],
    ], {
      // As many tables as are there when one more is to be held.
      manifest: {
        "memory_budget": (streaming ? 1 : 2) * TABLE,
        limits: { disk: 20_000 },
      },
      more: { "test.ordered": ordering(streaming) },
    });
    assert.equal(error!.code, "run/limit", String(error));
    assert.deepEqual([...bench.kept.tables], []);
    const files = bench.heard.filter(({ event }) => event === "memory_spill");
    assert.deepEqual(files.map(({ step_id: id }) => id), ["first"]);
  });
}

Deno.test("run() stops a step that waits for memory", async () => {
  await using bench = await runBench();
  const stop = new AbortController();
  const result = await bench.run(
    [
      ...branches(WAYS["arquero.transform"].driver),
    ].map((one) => {
      const { id } = one as { id: string };
      return id.endsWith("_kept")
        ? { ...one, config: { into: id, "delay_ms": 60_000 } }
        : one;
    }),
    {
      registry: builtinDrivers,
      manifest: { parallel: 4, "memory_budget": TABLE },
      signal: stop.signal,
      onEvent: ({ event }) => event === "memory_wait" && stop.abort(),
    },
  );
  assert.equal(result.status, "interrupted");
  assert.deepEqual([...bench.kept.tables], []);
});
