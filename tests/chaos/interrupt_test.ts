// Signals to real runs: how fast they stop, and what they leave.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { command } from "../kit/command.ts";
import { heard, leftovers, startCli } from "../kit/run/child.ts";
import { eventsOf, indexOf } from "../kit/run/run.ts";
import { sleep } from "../kit/run/drivers.ts";
import { tempDir } from "../kit/temp.ts";

const SOURCE = fileURLToPath(
  new URL("../testdata/run/slow_source.ts", import.meta.url),
);

/** Tries a figure is taken from; the normal run takes few. */
const TRIES = Number(readEnv("OSIRIS_TEST_INTERRUPTS") ?? 6);

function readEnv(name: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable: name }).state ===
      "granted"
    ? Deno.env.get(name)
    : undefined;
}

function manifest(fault: string): string {
  return JSON.stringify({
    name: "slow",
    "memory_budget": 0,
    steps: [
      {
        id: "a",
        driver: SOURCE,
        config: { rows: 3000, batch: 3000 },
      },
      {
        id: "b",
        driver: SOURCE,
        config: { rows: 100_000, batch: 10, "delay_ms": 5, fault },
      },
      {
        id: "c",
        driver: "filesystem.csv_writer",
        inputs: { df: "${b}" },
        config: { path: "out/c.csv" },
      },
      {
        id: "d",
        driver: "filesystem.csv_writer",
        inputs: { df: "${a}" },
        config: { path: "out/d.csv" },
      },
    ],
  });
}

interface Stopped {
  readonly ms: number;
  readonly code: number;
  readonly folder: string;
  readonly left: string[];
  readonly stderr: string;
}

async function interrupt(
  fault: string,
  signals: readonly Deno.Signal[],
  afterMs: number,
): Promise<Stopped & AsyncDisposable> {
  const folder = await tempDir("interrupt-");
  await folder.write("m.json", manifest(fault));
  await folder.write("out/c.csv", "old\n");
  const child = startCli(folder.path, "run", "m.json", "--quiet");
  // A fault only shows in a step that has begun.
  const sign = fault === "none" ? "step_complete" : "under_way";
  const runFolder = await heard(folder.path, sign);
  await sleep(afterMs);
  const start = performance.now();
  for (const signal of signals) {
    child.kill(signal);
    await sleep(100);
  }
  const { code, stderr } = await child.ended();
  const ms = performance.now() - start;
  assert.equal(Deno.readTextFileSync(folder.file("out/c.csv")), "old\n");
  return {
    ms,
    code,
    folder: runFolder,
    left: leftovers(folder.path),
    stderr,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} stops a run cleanly`, async () => {
    await using stopped = await interrupt("none", [signal], 50);
    assert.equal(stopped.code, expected, stopped.stderr);
    assert.ok(stopped.ms < 5000, `${stopped.ms} ms`);
    assert.deepEqual(stopped.left, []);
    const events = eventsOf(stopped.folder).map(({ event }) => event);
    assert.ok(events.includes("execution_interrupted"));
    assert.equal(events.at(-1), "run_end");
    const status = JSON.parse(
      Deno.readTextFileSync(`${stopped.folder}/status.json`),
    );
    assert.equal(status.status, "interrupted");
    assert.equal(status.code, "run/interrupted");
    assert.equal(status.steps_completed, 1);
    const home = stopped.folder.slice(0, stopped.folder.indexOf("/run_logs"));
    assert.equal(indexOf(home)[0].status, "interrupted");
  });
}

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} stops a run that still waits for its manifest`, async () => {
    await using folder = await tempDir("interrupt-");
    const path = folder.file("m.yaml");
    await command("sh", ["-c", `mkfifo "${path}"`]);
    const child = startCli(folder.path, "run", "m.yaml", "--quiet");
    using _pipe = await Deno.open(path, { write: true }); // it is being read now
    const start = performance.now();
    child.kill(signal);
    const { code, stderr } = await child.ended();
    assert.equal(code, expected, stderr);
    assert.ok(performance.now() - start < 5000);
    assert.deepEqual([...Deno.readDirSync(folder.path)].length, 1);
  });
}

Deno.test("a step that needs a while to undo its work gets it", async () => {
  await using stopped = await interrupt("slow_undo", ["SIGINT"], 50);
  assert.equal(stopped.code, 130);
  assert.ok(stopped.ms > 1400 && stopped.ms < 5000, `${stopped.ms} ms`);
  assert.deepEqual(stopped.left, []);
});

for (const fault of ["deaf", "busy"]) {
  Deno.test(`a ${fault} step can't keep a run from stopping within 5 s`, async () => {
    await using stopped = await interrupt(fault, ["SIGINT"], 50);
    assert.equal(stopped.code, 130);
    assert.ok(stopped.ms < 5000, `${stopped.ms} ms`);
    assert.deepEqual(stopped.left, []);
    assert.equal(eventsOf(stopped.folder).at(-1)!.event, "run_end");
  });
}

Deno.test("a second signal stops a run at once", async () => {
  await using stopped = await interrupt("deaf", ["SIGINT", "SIGINT"], 50);
  assert.equal(stopped.code, 130);
  assert.ok(stopped.ms < 1500, `${stopped.ms} ms`);
});

Deno.test(`SIGINT stops a run within 5 s, whenever it comes (${TRIES} tries)`, async () => {
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    await using stopped = await interrupt("none", ["SIGINT"], i * 13 % 400);
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.deepEqual(stopped.left, []);
    times.push(stopped.ms - 100); // the pause after the signal
  }
  times.sort((a, b) => a - b);
  const p99 = times[Math.ceil(times.length * 0.99) - 1];
  if (TRIES > 6) {
    Deno.stderr.writeSync(new TextEncoder().encode(
      `SIGINT: ${TRIES} tries, p50 ${
        times[times.length >> 1].toFixed(0)
      } ms, p99 ${p99.toFixed(0)} ms\n`,
    ));
  }
  assert.ok(p99 < 5000, `${p99} ms`);
});
