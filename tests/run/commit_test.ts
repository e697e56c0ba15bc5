// Steps that say when they make their changes final.
import assert from "node:assert/strict";
import { join } from "node:path";
import { OsirisError } from "../../src/error.ts";
import { type RunBench, runBench, step, treeOf } from "../kit/run/run.ts";

/** A writer that says so before it commits, then does `after`. */
function committer(after: () => void, answers?: (boolean | null)[]) {
  const seen = { runs: 0, checkpoint: "", asked: [] as string[] };
  const driver = (folder: string) => ({
    spec: {
      name: "test.commit",
      version: "1.0.0",
      summary: "Says when it commits.",
      mode: "write",
      config: { type: "object", additionalProperties: false, properties: {} },
      inputs: { min: 1, max: 1 },
      output: false,
    },
    async run(
      { inputs }: {
        inputs: Record<
          string,
          { batches(): AsyncIterable<{ length: number }> }
        >;
      },
      context: { beforeCommit(token?: string): Promise<void> },
    ) {
      let rowsWritten = 0;
      for await (const { length } of inputs.df.batches()) rowsWritten += length;
      await context.beforeCommit(answers && "token");
      seen.runs++;
      seen.checkpoint = Deno.readTextFileSync(checkpointIn(folder));
      after();
      return { rowsWritten };
    },
    wasCommitted(_step: unknown, _context: unknown, token: string) {
      seen.asked.push(token);
      return Promise.resolve(answers!.shift() ?? null);
    },
  });
  return { seen, driver };
}

/** The checkpoint of the run that is alive: runs of the same second have no order. */
function checkpointIn(folder: string): string {
  const lock = treeOf(folder).find((path) => path.endsWith("/run.lock"))!;
  return join(folder, lock, "../checkpoint.json");
}

async function runWith(
  bench: RunBench,
  { driver }: ReturnType<typeof committer>,
  more: object = {},
) {
  return await bench.run([
    step("a", "rows", { rows: 5 }),
    step("c", "commit", {}, "a", {
      retry: { "max_attempts": 3, "initial_delay": "1ms" },
    }),
  ], {
    drivers: { "test.commit": driver(bench.folder.path) as never },
    ...more,
  });
}

const lost = (details = {}) => (): void => {
  throw new OsirisError("connection/lost", "Cannot commit: lost", { details });
};

Deno.test("what a step says before it commits is on disk before it does", async () => {
  await using bench = await runBench();
  const one = committer(() => {});
  const { status } = await runWith(bench, one);
  assert.equal(status, "success");
  assert.deepEqual(JSON.parse(one.seen.checkpoint).committing, ["c"]);
});

Deno.test("a step whose commit may have gone through is not tried again, nor resumed blindly", async () => {
  await using bench = await runBench();
  const one = committer(lost());
  const { runId, error } = await runWith(bench, one);
  assert.equal(error!.code, "connection/lost");
  assert.equal(one.seen.runs, 1);
  const resume = runWith(bench, committer(() => {}), { resume: runId });
  await assert.rejects(resume, { code: "run/cannot-resume" });
});

Deno.test("a step that knows that nothing was committed is tried again and resumed", async () => {
  await using bench = await runBench();
  const one = committer(lost({ committed: 0 }));
  const { runId } = await runWith(bench, one);
  assert.equal(one.seen.runs, 3);
  const again = committer(() => {});
  const { status } = await runWith(bench, again, { resume: runId });
  assert.equal(status, "success");
  assert.equal(again.seen.runs, 1);
});

Deno.test("a resumed run asks the target by the token that a step has left", async () => {
  await using bench = await runBench();
  for (const isThere of [true, false, null]) {
    const { runId } = await runWith(bench, committer(lost(), []));
    const again = committer(() => {}, [isThere]);
    const resume = () => runWith(bench, again, { resume: runId });
    if (isThere === null) {
      await assert.rejects(resume(), { code: "run/cannot-resume" });
    } else {
      const { status, error } = await resume();
      assert.equal(status, "success", String(error));
    }
    assert.deepEqual(again.seen.asked, ["token"]);
    assert.equal(again.seen.runs, isThere === false ? 1 : 0);
  }
});

Deno.test("a run that was killed once its status was written is complete", async () => {
  await using bench = await runBench();
  const { runFolder, runId } = await runWith(bench, committer(() => {}));
  const path = join(runFolder, "checkpoint.json");
  assert.throws(() => Deno.statSync(path));
  Deno.writeTextFileSync(path, '{"version":1}'); // as if it had not been removed any more
  await assert.rejects(
    runWith(bench, committer(() => {}), { resume: runId }),
    { code: "run/cannot-resume", message: /it is complete/ },
  );
});
