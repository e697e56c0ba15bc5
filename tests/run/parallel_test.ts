// Any graph of steps comes to the same, however many steps run at once and however little memory there is.
import assert from "node:assert/strict";
import type { RunEvent } from "../../src/event.ts";
import type { RunResult } from "../../src/run/result.ts";
import { fc } from "../deps/fast_check.ts";
import { eventsOf, runBench, step } from "../kit/run/run.ts";

/** A graph: extractors, transforms that read tables before them, a writer for each table that `kept` names. */
interface Graph {
  readonly sources: number;
  readonly transforms: readonly {
    readonly isWhole: boolean;
    readonly from: readonly number[];
  }[];
  readonly kept: readonly number[];
}

const graphs: fc.Arbitrary<Graph> = fc.record({
  sources: fc.integer({ min: 1, max: 3 }),
  transforms: fc.array(
    fc.record({
      isWhole: fc.boolean(),
      from: fc.array(fc.nat(100), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 4 },
  ),
  kept: fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }),
});

/** The steps of a graph. @param failing Index of the writer that fails; none when left out. */
function stepsOf(
  { sources, transforms, kept }: Graph,
  failing?: number,
): object[] {
  const steps: object[] = [];
  const any = (n: number): string => `t${n % steps.length}`;
  for (let i = 0; i < sources; i++) {
    const config = { rows: 40, from: 40 * i, batch: 7 };
    steps.push(step(`t${i}`, "rows", config));
  }
  for (const { isWhole, from } of transforms) {
    const kind = isWhole ? "whole" : "pass";
    steps.push(step(`t${steps.length}`, kind, {}, from.map(any)));
  }
  const tables = kept.map(any);
  return [
    ...steps,
    ...tables.map((from, i) => {
      const fault = i === failing
        ? { "fail_at": 20 }
        : { filtered: 3, lose: 3 };
      return step(`k${i}`, "keep", { into: `k${i}`, ...fault }, from);
    }),
  ];
}

const CALM = [{ parallel: 1 }, { parallel: 4 }, {
  parallel: 4,
  "memory_budget": 0,
}, { parallel: 2, "memory_budget": 2000 }];

/** What must not depend on the order: all but times, and what is done for lack of memory. */
function essence({ runFolder, steps, totalRows, status }: RunResult) {
  const events = eventsOf(runFolder)
    .filter(({ event }) => !/^memory_|^limit_near$|^run_start$/.test(event))
    .map(({ ts: _, session: __, duration_ms: ___, ...rest }: RunEvent) =>
      JSON.stringify(rest)
    ).sort();
  const sums = steps.map((
    { step, rowsRead, rowsWritten, rowsExplained },
  ) => JSON.stringify([step, rowsRead, rowsWritten, rowsExplained])).sort();
  return { status, totalRows, sums, events };
}

Deno.test("run() in parallel comes to what it does one after another: rows, totals and events", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (graph) => {
      const all = [];
      for (const manifest of CALM) {
        await using bench = await runBench();
        const result = await bench.run(stepsOf(graph), { manifest });
        assert.equal(result.status, "success", String(result.error));
        const tables = [...bench.kept.tables].sort();
        all.push({ ...essence(result), tables });
      }
      for (const other of all.slice(1)) assert.deepEqual(other, all[0]);
      const { sums } = all[0];
      assert.ok(sums.some((sum) => sum.endsWith('{"filtered":3}]')));
    }),
    { numRuns: 15 },
  );
});

Deno.test("run() in parallel fails as it does one after another, and commits all of a table or nothing", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.nat(2), async (graph, n) => {
      const failing = n % graph.kept.length;
      await using whole = await runBench();
      await whole.run(stepsOf(graph));
      for (const manifest of CALM) {
        await using bench = await runBench();
        const { error } = await bench.run(stepsOf(graph, failing), {
          manifest,
        });
        assert.equal(error!.code, "sql/failed");
        assert.equal(error!.step, `k${failing}`);
        for (const [name, rows] of bench.kept.tables) {
          assert.deepEqual(rows, whole.kept.tables.get(name));
        }
      }
    }),
    { numRuns: 10 },
  );
});
