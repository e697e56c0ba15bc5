// Writers that commit in parts: runs and attempts that go on after the parts that are there.
import assert from "node:assert/strict";
import { join } from "node:path";
import type {
  CommittedPart,
  Driver,
  StepContext,
  StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { RunResult } from "../../src/run/result.ts";
import {
  type BenchOptions,
  count,
  eventsOf,
  metricsOf,
  type RunBench,
  runBench,
  step,
} from "../kit/run/run.ts";

const PART = 10;

/** Where the writer breaks off: before the commit of a part, after it, or once the run has noted it. */
interface Break {
  readonly at: "before" | "after" | "noted";
  readonly part: number;
  readonly details?: Record<string, number | null>;
}

/** A target that takes parts of ten rows, and a driver that writes to it. */
function target(broken: Break | null = null) {
  const state = {
    rows: [] as number[],
    seen: [] as (CommittedPart | null)[],
    runs: 0,
    broken,
    token: "token" as string | undefined,
    honest: true,
  };
  const strike = (at: Break["at"], part: number): void => {
    if (state.broken?.at !== at || state.broken.part !== part) return;
    const { details = {} } = state.broken;
    throw new OsirisError("connection/lost", "Cannot write: lost", { details });
  };
  const run = async ({ inputs }: StepInput, context: StepContext) => {
    state.runs++;
    const { committed } = context;
    state.seen.push(committed);
    let before = committed?.rows ?? 0;
    // The target knows what is there.
    if (committed?.announced === state.rows.length) {
      await context.afterCommit(before = committed.announced);
    }
    if (!state.honest) before = 0;
    const all: number[] = [];
    for await (const { columns, length } of inputs.df.batches()) {
      all.push(...(columns[0].data as Int32Array).subarray(0, length));
    }
    for (let from = before; from < all.length; from += PART) {
      const part = all.slice(from, from + PART);
      const rows = from + part.length;
      await context.beforeCommit(state.token, rows);
      strike("before", from / PART);
      state.rows.push(...part);
      strike("after", from / PART);
      await context.afterCommit(rows);
      strike("noted", from / PART);
    }
    return {
      rowsWritten: all.length,
      ...(state.honest && { rowsBefore: before }),
    };
  };
  const driver = {
    spec: {
      name: "test.parts",
      version: "1.0.0",
      summary: "Commits in parts.",
      mode: "write",
      config: { type: "object", additionalProperties: false, properties: {} },
      inputs: { min: 1, max: 1 },
      output: false,
      capabilities: { streaming: true, rejects: true },
    },
    run,
    wasCommitted: () => Promise.resolve(true),
  };
  return { state, drivers: { "test.parts": driver as unknown as Driver } };
}

const steps = (more: object = {}): object[] => [
  step("a", "rows", { rows: 95, batch: 30 }),
  step("w", "parts", {}, "a", more),
];

const run = (
  bench: RunBench,
  { drivers }: ReturnType<typeof target>,
  options: BenchOptions = {},
  more: object = {},
): Promise<RunResult> =>
  bench.run(steps(more), { checkpoint: true, drivers, ...options });

const facts = ({ runFolder }: RunResult, name: string): unknown[] =>
  eventsOf(runFolder).filter(({ event }) => event === name)
    .map(({ ts: _, session: __, event: ___, ...rest }) => rest);

Deno.test("a resumed run goes on after the parts that are there, wherever it broke off, and its totals are those of one run", async () => {
  await using bench = await runBench();
  for (const at of ["before", "after", "noted"] as const) {
    for (const part of [0, 4, 9]) {
      const one = target({ at, part });
      const failed = await run(bench, one);
      assert.equal(failed.status, "failed");
      assert.equal(failed.error!.step, "w");
      one.state.broken = null;
      const resumed = await run(bench, one, { resume: failed.runId });
      const where = `${at} part ${part}`;
      assert.equal(resumed.status, "success", `${where}: ${resumed.error}`);
      assert.deepEqual(one.state.rows, count(95), where);
      const rows = Math.min(95, PART * (at === "noted" ? part + 1 : part));
      const announced = Math.min(95, rows + PART);
      assert.deepEqual(one.state.seen[1], {
        rows,
        announced: at === "noted" ? null : announced,
        token: "token",
      });
      const before = at === "before" ? rows : Math.min(95, PART * (part + 1));
      const { rowsRead, rowsWritten, rowsBefore } = resumed.steps[1];
      assert.deepEqual([rowsRead, rowsWritten, rowsBefore], [95, 95, before]);
      assert.equal(resumed.totalRows, 95);
      assert.deepEqual(facts(resumed, "step_resumed"), [{
        "step_id": "w",
        "rows_committed": rows,
        "rows_uncertain": at === "noted" ? 0 : announced - rows,
      }]);
      assert.deepEqual(
        metricsOf(resumed.runFolder).filter(({ metric }) =>
          metric === "rows_before"
        ).map(({ value }) => value),
        before === 0 ? [] : [before],
      );
    }
  }
});

Deno.test("a run can break off again and again, and goes on each time", async () => {
  await using bench = await runBench();
  const one = target({ at: "before", part: 2 });
  let last = await run(bench, one);
  for (const part of [3, 3, 7, 9]) {
    one.state.broken = { at: part === 7 ? "after" : "before", part };
    last = await run(bench, one, { resume: last.runId });
    assert.equal(last.status, "failed");
  }
  one.state.broken = null;
  const resumed = await run(bench, one, { resume: last.runId });
  assert.equal(resumed.status, "success");
  assert.deepEqual(one.state.rows, count(95));
});

Deno.test("an attempt goes on after the parts of the one before", async () => {
  await using bench = await runBench();
  const retry = { retry: { "max_attempts": 2, "initial_delay": "1ms" } };
  for (
    const broken of [
      { at: "noted", part: 3, details: { committed: 40 } },
      { at: "before", part: 3, details: { committed: 30 } },
      { at: "after", part: 3 },
    ] as const
  ) {
    const one = target(broken);
    const run = one.drivers["test.parts"].run;
    const mended = {
      ...one.drivers["test.parts"],
      run(step: StepInput, context: StepContext) {
        if (one.state.runs > 0) one.state.broken = null;
        return run(step, context);
      },
    };
    const result = await bench.run(steps(retry), {
      checkpoint: true,
      drivers: { "test.parts": mended },
    });
    assert.equal(result.status, "success", `${result.error}`);
    assert.deepEqual(one.state.rows, count(95));
    assert.equal(one.state.runs, 2);
    const isDoubtful = broken.at === "after";
    assert.equal(one.state.seen[1]!.announced, isDoubtful ? 40 : null);
  }
});

Deno.test("a part without a token is asked after, where the run does not know of it", async () => {
  await using bench = await runBench();
  const one = target({ at: "after", part: 3 });
  one.state.token = undefined;
  const failed = await run(bench, one);
  one.state.broken = null;
  const resume = run(bench, one, { resume: failed.runId });
  await assert.rejects(resume, { code: "run/cannot-resume", hint: /--comm/ });
  // The user takes out what is there, and says so.
  one.state.rows.length = 0;
  const verdicts = { w: false };
  const again = await run(bench, one, { resume: failed.runId, verdicts });
  assert.equal(again.status, "success");
  assert.deepEqual(one.state.rows, count(95));
  assert.equal(one.state.seen[1], null);
  // Where it does know, none is needed.
  const other = target({ at: "noted", part: 3 });
  other.state.token = undefined;
  const noted = await run(bench, other);
  other.state.broken = null;
  await run(bench, other, { resume: noted.runId });
  assert.deepEqual(other.state.rows, count(95));
});

Deno.test("nothing goes on after a part when the same rows need not come again", async () => {
  await using bench = await runBench();
  const rejects = { rejects: "bad.jsonl", "max_rejects": 5 };
  for (
    const [options, more] of [[{ checkpoint: false }, {}], [
      {},
      rejects,
    ]] as const
  ) {
    for (const at of ["before", "noted"] as const) {
      const one = target({ at, part: 3 });
      const failed = await run(bench, one, options, more);
      one.state.broken = null;
      const resume = { ...options, resume: failed.runId };
      // Its driver would say of the token that all is there: it must not be asked.
      await assert.rejects(run(bench, one, resume, more), {
        code: "run/cannot-resume",
      });
      assert.equal(one.state.runs, 1);
    }
  }
});

Deno.test("nothing goes on after a part when the rows are gone, or what makes them has changed", async () => {
  await using bench = await runBench();
  const one = target({ at: "noted", part: 3 });
  const failed = await run(bench, one);
  one.state.broken = null;
  const changed = [step("a", "rows", { rows: 96, batch: 30 }), steps()[1]];
  const { drivers } = one;
  const options = { checkpoint: true, drivers, resume: failed.runId };
  await assert.rejects(bench.run(changed, options), {
    code: "run/cannot-resume",
    message: /steps\.a\.config\.rows/,
  });
  const table = join(failed.runFolder, "checkpoint/a.arrow");
  Deno.renameSync(table, `${table}.away`);
  await assert.rejects(run(bench, one, { resume: failed.runId }), {
    code: "run/cannot-resume",
    message: /40 rows in its target/,
  });
  Deno.renameSync(`${table}.away`, table);
  await run(bench, one, { resume: failed.runId });
  assert.deepEqual(one.state.rows, count(95));
});

Deno.test("a driver that does not go on after what is there fails the run", async () => {
  await using bench = await runBench();
  const one = target({ at: "noted", part: 3 });
  const failed = await run(bench, one);
  one.state.broken = null;
  one.state.honest = false;
  const { error } = await run(bench, one, { resume: failed.runId });
  assert.equal(error!.code, "driver/protocol");
});

Deno.test("a commit of all that is left, after parts, is one that only the user knows of", async () => {
  await using bench = await runBench();
  const one = target();
  const driver = {
    ...one.drivers["test.parts"],
    async run({ inputs }: StepInput, context: StepContext) {
      for await (const _ of inputs.df.batches());
      await context.beforeCommit("token", 10);
      await context.afterCommit(10);
      await context.beforeCommit("token");
      throw new Error("lost");
    },
  };
  const drivers = { "test.parts": driver as unknown as Driver };
  const failed = await run(bench, { ...one, drivers });
  const resume = run(bench, one, { resume: failed.runId });
  await assert.rejects(resume, { code: "run/cannot-resume" });
});
