// Steps in processes of their own: held to memory and CPU time, ended for real, gone with their host.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  childArguments,
  childEnvironment,
} from "../../src/host/child_command.ts";
import { launchProcess } from "../../src/host/launch_process.ts";
import type { Sandbox } from "../../src/host/sandbox.ts";
import { command } from "../kit/command.ts";
import {
  eventsOf,
  failureOf,
  runModules,
  type TestStep,
} from "../kit/sandbox.ts";
import { tempDir } from "../kit/temp.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const BOOT = new URL("../../src/worker/module.worker.ts", import.meta.url);
const SINK: TestStep = { driver: "good_sink", mode: "write" };
const NOTHING = { net: [], read: [], write: [] };

function launch(): Sandbox {
  return launchProcess({
    name: "step",
    boot: BOOT,
    permissions: NOTHING,
    sources: [],
    partials: [],
    limits: { memoryMb: null, cpuS: null },
    environment: childEnvironment(),
  });
}

for (
  const [by, limits, code] of [
    ["heap", { memory_mb: 200 }, "driver/memory"],
    ["buffers", { memory_mb: 200 }, "driver/memory"],
    ["cpu", { cpu_s: 1 }, "run/limit"],
  ] as const
) {
  Deno.test(`a process that takes more ${by} than it may is killed with ${code}`, async () => {
    await using folder = await tempDir("process-");
    const started = performance.now();
    const result = await runModules(
      [{ driver: "greedy", config: { by }, limits }, SINK],
      folder.path,
      { isolation: "process" },
    );
    assert.equal(failureOf(result).code, code, String(result.error));
    assert.equal(failureOf(result).step, "greedy");
    assert.deepEqual(result.stuck, []);
    assert.ok(performance.now() - started < 60_000);
    const events = await eventsOf(result.runFolder);
    assert.equal(events.at(-1)?.event, "run_end");
    const [[limit, of]] = Object.entries(limits);
    const near = events.filter(({ event }) => event === "limit_near");
    assert.deepEqual(
      near.map((event) => [event.step_id, event.limit, event.of]),
      [["greedy", limit, of]],
    );
  });
}

Deno.test("a step in a process is measured there, not where the run is", async () => {
  await using folder = await tempDir("process-");
  const result = await runModules(
    [{ driver: "good_source", config: { batches: 2, rows: 10 } }, SINK],
    folder.path,
    { isolation: "process" },
  );
  assert.equal(result.status, "success", String(result.error));
  const peaks = result.steps.map(({ peakRssBytes }) => peakRssBytes);
  assert.equal(new Set(peaks).size, 2, "both were measured at one place");
  for (const peak of peaks) {
    assert.ok(peak > 20e6 && peak !== result.peakRssBytes, `${peak} bytes`);
  }
});

for (const by of ["loop", "atomics"]) {
  Deno.test(`a busy process (${by}) ends, and the run goes on without it`, async () => {
    await using folder = await tempDir("process-");
    const result = await runModules(
      [{ driver: "hangs", config: { by } }, SINK],
      folder.path,
      {
        isolation: "process",
        manifest: { deadlines: { heartbeat: "700ms" } },
      },
    );
    assert.equal(failureOf(result).code, "driver/hung");
    assert.deepEqual(result.stuck, []);
  });
}

Deno.test("a process that is killed from outside fails its step", async () => {
  const sandbox = launch();
  const death = Promise.withResolvers<{ code: string; message: string }>();
  sandbox.listen(async (message) => {
    if ((message as { t: string }).t !== "alive") return;
    await command("sh", ["-c", `kill -9 $(pgrep -nP ${Deno.pid} deno)`]);
  }, death.resolve);
  const error = await death.promise;
  assert.equal(error.code, "driver/exited");
  assert.match(error.message, /SIGKILL/);
  await sandbox.stop();
});

Deno.test("a process is gone when it is stopped, started or not", async () => {
  for (const wait of [0, 20, 150]) {
    const sandbox = launch();
    await new Promise((go) => setTimeout(go, wait));
    assert.equal(await sandbox.stop(), true);
  }
  const { stdout } = await command("sh", [
    "-c",
    `pgrep -P ${Deno.pid} deno || true`,
  ]);
  assert.equal(stdout, "");
});

for (const by of ["sleeps", "is busy"]) {
  Deno.test(`a process that ${by} past its wall time is ended with run/limit`, async () => {
    await using folder = await tempDir("process-");
    const driver = by === "sleeps" ? "waits_for_ever" : "hangs";
    const started = performance.now();
    const result = await runModules(
      [{ driver, limits: { wall_s: 0.5 } }, SINK],
      folder.path,
      { isolation: "process" },
    );
    assert.equal(failureOf(result).code, "run/limit");
    assert.deepEqual(result.stuck, []);
    assert.ok(performance.now() - started < 30_000);
  });
}

Deno.test("a run that is cancelled leaves no process behind", async () => {
  await using folder = await tempDir("process-");
  const controller = new AbortController();
  const run = runModules([{ driver: "hangs" }, SINK], folder.path, {
    isolation: "process",
    signal: controller.signal,
  });
  await children(Deno.pid, 2);
  controller.abort();
  assert.equal(failureOf(await run).code, "run/interrupted");
  await children(Deno.pid, 0);
});

for (
  const [what, signal, toGroup] of [
    ["killed", "KILL", false],
    ["interrupted", "INT", false],
    ["interrupted with its whole group, as by Ctrl-C", "INT", true],
    ["terminated", "TERM", false],
  ] as const
) {
  Deno.test(`no process outlives its host that is ${what}`, async () => {
    await using folder = await tempDir("process-");
    await folder.write("hangs.js", HANGS);
    await folder.write("m.json", JSON.stringify({ steps: [HANGING] }));
    const host = new Deno.Command("sh", {
      args: [
        "-c",
        'exec setsid "$@"',
        "sh",
        Deno.execPath(),
        ...hostArguments(),
      ],
      cwd: folder.path,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pids = await children(host.pid, 1);
    await new Promise((go) => setTimeout(go, 300)); // until it is busy
    const target = toGroup ? `-${host.pid}` : `${host.pid}`;
    await command("sh", ["-c", `kill -${signal} ${target}`]);
    const { code } = await host.status;
    assert.equal(code, { KILL: 137, INT: 130, TERM: 143 }[signal]);
    await until(async () => {
      const test = pids.map((pid) => `kill -0 ${pid} 2>/dev/null`).join(" || ");
      return (await command("sh", ["-c", test])).code === 0 ? null : true;
    });
  });
}

const HANGING = { id: "hangs", driver: "./hangs.js", isolation: "process" };
const HANGS = `export default {
  spec: {
    name: "test.hangs",
    version: "1.0.0",
    summary: "Hangs.",
    mode: "extract",
    config: { type: "object", properties: {}, additionalProperties: false },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run() {
    for (;;);
  },
};`;

function hostArguments(): string[] {
  return [
    "run",
    "--no-prompt",
    "--no-check",
    "--unstable-worker-options",
    `--allow-read=${root},.`,
    "--allow-write=.",
    `--allow-run=${Deno.execPath()}`,
    fileURLToPath(new URL("../../cli.ts", import.meta.url)),
    "run",
    "m.json",
  ];
}

/** The Deno processes that a process has started, once there are so many. */
function children(pid: number, count: number): Promise<string[]> {
  return until(async () => {
    const find = `pgrep -P ${pid} deno || true`;
    const { stdout } = await command("sh", ["-c", find]);
    const found = stdout.trim().split("\n").filter(Boolean);
    return found.length === count ? found : null;
  });
}

async function until<T>(claim: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const found = await claim();
    if (found !== null) return found;
    assert.ok(performance.now() < deadline, "not within a minute");
    await new Promise((go) => setTimeout(go, 50));
  }
}

Deno.test("a process gets no variable but those that Deno needs", async () => {
  const { DENO_NO_UPDATE_CHECK: _, NO_COLOR: __, ...found } =
    await childEnvironment();
  assert.ok(found.HOME !== undefined || found.DENO_DIR !== undefined);
  assert.equal(found.PATH, undefined);
});

Deno.test("a process gets its step's permissions as flags, and no secret", () => {
  const flags = childArguments({
    name: "step",
    boot: "https://example.org/boot.ts",
    permissions: { net: ["db:3306"], read: ["/data/a,b"], write: [] },
    sources: ["/data/in.csv"],
    partials: ["/data/.out.csv.osiris.partial"],
    memoryMb: 256,
    cpuS: null,
  });
  assert.ok(flags.includes("--allow-net=db:3306"));
  assert.ok(flags.some((flag) => flag.startsWith("--allow-read=/data/a,,b")));
  assert.ok(flags.some((flag) => flag.includes(",/data/in.csv,")));
  assert.ok(flags.includes("--allow-write=/data/.out.csv.osiris.partial"));
  assert.ok(!flags.some((flag) => /--allow-(run|ffi|env|sys|all)/.test(flag)));
  for (const flag of ["--no-prompt", "--cached-only"]) {
    assert.ok(flags.includes(flag));
  }
});
