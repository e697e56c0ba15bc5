// What killed runs leave, and who sweeps it.
import assert from "node:assert/strict";
import { liveFolder, lockRun } from "../../src/run/live.ts";
import { listRuns } from "../../src/run/runs.ts";
import { eventsOf, indexOf, runBench, step, treeOf } from "../kit/run/run.ts";
import type { RunBench } from "../kit/run/run.ts";

/** Leaves what a run that was killed while it wrote `target` leaves. */
async function leaveKilled(
  { folder }: RunBench,
  id: string,
  target: string,
): Promise<string> {
  const runFolder = folder.file("run_logs/default/bench", id);
  const partial = folder.file(`.${target}.osiris.partial`);
  await folder.write(`run_logs/default/bench/${id}/work/a.arrow`, "spilled");
  await folder.write(
    `run_logs/default/bench/${id}/events.jsonl`,
    '{"event":"run_start"}\n{"event":"step_complete"}\n{"event":"ste',
  );
  await folder.write(`run_logs/default/bench/${id}/run.lock`, "");
  await Deno.writeTextFile(partial, "half");
  await folder.write(
    `.osiris/live/${id}.json`,
    JSON.stringify({
      "run_id": id,
      "run_folder": runFolder,
      pipeline: "bench",
      profile: "default",
      "manifest_hash": "0",
      "steps_total": 2,
      partials: [partial],
    }),
  );
  return runFolder;
}

const steps = [
  step("a", "rows", { rows: 3 }),
  step("b", "file", { path: "mine.txt" }, "a"),
];

Deno.test("a run sweeps what a killed run left and puts it in the index", async () => {
  await using bench = await runBench();
  const runFolder = await leaveKilled(bench, "r_dead", "theirs.txt");
  const result = await bench.run(steps);
  assert.equal(result.status, "success");
  const left = treeOf(bench.folder.path).filter((path) =>
    /partial|work\/|lock|live/.test(path)
  );
  assert.deepEqual(left, []);
  const [own, killed] = listRuns({ cwd: bench.folder.path });
  assert.equal(own.status, "success");
  assert.equal(killed.status, "killed");
  assert.equal(killed.run_id, "r_dead");
  assert.equal(killed.steps_completed, 1);
  assert.ok(treeOf(runFolder).includes("events.jsonl"));
  const swept = eventsOf(result.runFolder).find(({ event }) =>
    event === "leftovers_swept"
  );
  assert.equal(swept!.run, "r_dead");
});

Deno.test("a run takes over the half file of a killed run that wrote the same target", async () => {
  await using bench = await runBench();
  await leaveKilled(bench, "r_dead", "mine.txt");
  await bench.run(steps);
  assert.equal(
    Deno.readTextFileSync(bench.folder.file("mine.txt")),
    "0\n1\n2\n",
  );
  assert.deepEqual(
    treeOf(bench.folder.path).filter((path) => /partial/.test(path)),
    [],
  );
});

Deno.test("a run leaves a live run alone", async () => {
  await using bench = await runBench();
  const runFolder = await leaveKilled(bench, "r_live", "theirs.txt");
  const lock = lockRun(runFolder)!;
  await bench.run(steps);
  const files = treeOf(bench.folder.path);
  assert.ok(files.includes(".theirs.txt.osiris.partial"));
  assert.ok(files.some((path) => path.endsWith("work/a.arrow")));
  assert.equal(listRuns({ cwd: bench.folder.path }).length, 1);
  lock.release();
});

Deno.test("a run leaves a half file that a live run has taken over", async () => {
  await using bench = await runBench();
  await leaveKilled(bench, "r_dead", "theirs.txt");
  const path = bench.folder.file(".theirs.txt.osiris.partial");
  using file = Deno.openSync(path, { read: true, write: true });
  file.lockSync(true);
  await bench.run(steps);
  assert.equal(Deno.readTextFileSync(path), "half");
});

Deno.test("a name that was tampered with leads to nobody's files", async () => {
  await using bench = await runBench();
  await leaveKilled(bench, "r_dead", "theirs.txt");
  await bench.folder.write("precious/work/data", "x");
  await bench.folder.write("precious.txt", "x");
  await bench.folder.write(
    ".osiris/live/evil.json",
    JSON.stringify({
      "run_id": "evil",
      "run_folder": bench.folder.file("precious"),
      partials: [bench.folder.file("precious.txt")],
    }),
  );
  await bench.folder.write(".osiris/live/torn.json", '{"run_id":');
  await bench.run(steps);
  const files = treeOf(bench.folder.path);
  assert.ok(files.includes("precious/work/data"));
  assert.ok(files.includes("precious.txt"));
});

Deno.test("a run that is over leaves no name and no lock, however it ended", async () => {
  await using bench = await runBench();
  await bench.run([step("a", "rows", { "fail_at": 0 })]);
  assert.deepEqual(
    [...Deno.readDirSync(liveFolder(bench.folder.file(".osiris")))],
    [],
  );
});

Deno.test("a run ends, and is in the index, though somebody keeps that locked", async () => {
  await using bench = await runBench();
  const steps = [step("a", "rows"), step("b", "keep", {}, "a")];
  await bench.run(steps);
  const index = bench.folder.file(".osiris/index/runs.jsonl");
  using file = Deno.openSync(index, { read: true, write: true });
  file.lockSync(true);
  const { status, runId } = await bench.run(steps);
  assert.equal(status, "success");
  const runs = indexOf(bench.folder.path).map(({ run_id: id }) => id);
  assert.equal(runs.length, 2);
  assert.equal(runs[1], runId);
});
