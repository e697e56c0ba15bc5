// What happens when cleaning up fails, too: it is told, the rest is cleaned up, and the first failure stays the run's.
import assert from "node:assert/strict";
import { join, parse } from "node:path";
import { defineDriver, type Driver } from "../../src/driver/driver.ts";
import { failure } from "../kit/run/drivers.ts";
import { eventsOf, runBench, step, treeOf } from "../kit/run/run.ts";

/** Passes rows on, and leaves a folder where its file should be, which nobody removes as a file. */
const messy: Driver<{ path: string; fail: boolean }> = defineDriver({
  spec: {
    name: "test.messy",
    version: "1.0.0",
    summary: "Leaves what can't be removed.",
    mode: "transform",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        path: { type: "string", description: "Path." },
        fail: { type: "boolean", default: false, description: "Fails." },
      },
    },
    inputs: { min: 1, max: 1 },
    output: true,
    files: { target: { mode: "write", path: "{config.path}" } },
    capabilities: { streaming: true },
  },
  async *run({ config, inputs }) {
    for await (const batch of Object.values(inputs)[0].batches()) yield batch;
    const { dir, base } = parse(config.path);
    const partial = join(dir, `.${base}.osiris.partial`);
    await Deno.remove(partial);
    await Deno.mkdir(join(partial, "full"), { recursive: true });
    if (config.fail) throw failure("sql/failed");
  },
});

Deno.test("a run tells each clean-up that fails, last step first, and keeps its own error", async () => {
  await using bench = await runBench();
  const { error, status, runFolder } = await bench.run([
    step("a", "rows", { rows: 10 }),
    step("b", "messy", { path: bench.folder.file("b.txt") }, "a"),
    step("c", "messy", { path: bench.folder.file("c.txt"), fail: true }, "b"),
    step("d", "file", { path: "d.txt" }, "c"),
  ], { more: { "test.messy": messy } });
  assert.equal(status, "failed");
  assert.equal(error!.code, "sql/failed");
  assert.equal(error!.step, "c");
  const events = eventsOf(runFolder);
  const failed = events.filter(({ event }) => event === "cleanup_failed");
  assert.deepEqual(failed.map(({ step_id }) => step_id), ["c", "b"]);
  for (const { error } of failed) assert.match(String(error), /Cannot remove/);
  assert.equal(events.at(-1)!.event, "run_end");
  const left = treeOf(bench.folder.path);
  assert.ok(!left.some((path) => path.includes("d.txt")), String(left));
});
