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
    assert.ok(performance.now() - started < 20_000);
    assert.equal((await eventsOf(result.runFolder)).at(-1)?.event, "run_end");
  });
}

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

Deno.test("a process does not outlive its host", async () => {
  await using folder = await tempDir("process-");
  const steps = [{ driver: "hangs" }, SINK];
  const host = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      `--allow-read=${root}`,
      `--allow-write=${folder.path}`,
      `--allow-run=${Deno.execPath()}`,
      fileURLToPath(new URL("../kit/sandbox_child.ts", import.meta.url)),
      folder.path,
      JSON.stringify(steps),
      JSON.stringify({ isolation: "process" }),
    ],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const children = `pgrep -P ${host.pid} deno`;
  const pids = await until(async () => {
    const { stdout } = await command("sh", ["-c", children]);
    const found = stdout.trim().split("\n").filter(Boolean);
    return found.length === 2 ? found : null;
  });
  await new Promise((go) => setTimeout(go, 300)); // until one of them is busy
  host.kill("SIGKILL");
  await host.status;
  await until(async () => {
    const test = pids.map((pid) => `kill -0 ${pid} 2>/dev/null`).join(" || ");
    return (await command("sh", ["-c", test])).code === 0 ? null : true;
  });
});

async function until<T>(claim: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await claim();
    if (found !== null) return found;
    assert.ok(performance.now() < deadline, "not within 10 s");
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
    memoryMb: 256,
    cpuS: null,
  });
  assert.ok(flags.includes("--allow-net=db:3306"));
  assert.ok(flags.some((flag) => flag.startsWith("--allow-read=/data/a,,b")));
  assert.ok(!flags.some((flag) => flag.startsWith("--allow-write")));
  assert.ok(!flags.some((flag) => /--allow-(run|ffi|env|sys|all)/.test(flag)));
  for (const flag of ["--no-prompt", "--cached-only"]) {
    assert.ok(flags.includes(flag));
  }
});
