// Tests of the test harness itself: what it counts, and that nothing outlives it.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { command, type CommandResult, deno } from "./kit/command.ts";

const HARNESS = [
  "run",
  "-A",
  "--no-prompt",
  fileURLToPath(new URL("run.ts", import.meta.url)),
];
const fixture = (name: string): string =>
  fileURLToPath(new URL(`testdata/kit/${name}`, import.meta.url));
const harness = (...args: string[]): Promise<CommandResult> =>
  deno([...HARNESS, ...args], { timeoutMs: 60_000 });
const lastLine = (text: string): string | undefined =>
  text.trimEnd().split("\n").at(-1);

Deno.test("run.ts ends with the real counts and fails when a test fails", async () => {
  const { code, stdout } = await harness(fixture("one_passes_one_fails.ts"));
  assert.equal(lastLine(stdout), "1 passed, 1 failed");
  assert.equal(code, 1);
});

Deno.test("run.ts passes arguments on to deno test", async () => {
  const { code, stdout } = await harness(
    fixture("one_passes_one_fails.ts"),
    "--filter",
    "/^passes/",
  );
  assert.equal(lastLine(stdout), "1 passed, 0 failed");
  assert.equal(code, 0);
});

Deno.test("run.ts counts a file that isn't there as a failure", async () => {
  const { code, stdout } = await harness("tests/no_such_test.ts");
  assert.equal(lastLine(stdout), "0 passed, 1 failed");
  assert.equal(code, 1);
});

Deno.test("run.ts starts servers for tests that run under narrow permissions", async () => {
  const { code, stdout, stderr } = await harness(fixture("uses_servers.ts"));
  assert.equal(lastLine(stdout), "1 passed, 0 failed", stdout + stderr);
  assert.equal(code, 0);
});

Deno.test("run.ts ends tests that hang, says so, and fails", async () => {
  const { code, stdout } = await deno([...HARNESS, fixture("hangs.ts")], {
    timeoutMs: 60_000,
    env: { OSIRIS_TEST_MINUTES: "0.05" },
  });
  assert.match(stdout, /had not ended after 0\.05 minutes and were killed/);
  assert.equal(lastLine(stdout), "0 passed, 1 failed");
  assert.equal(code, 1);
});

for (const [signal, expected] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
  Deno.test(`run.ts leaves nothing behind when ${signal} ends it`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...HARNESS, fixture("hangs_with_servers.ts")],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const places = await startedServers(child.stdout);
    assert.equal(places.length, 3);
    for (const { folder, pid } of places) {
      assert.ok(await exists(folder) && await isAlive(pid));
    }
    child.kill(signal);
    assert.equal((await child.status).code, expected);
    for (const { folder, pid } of places) {
      await eventually(async () =>
        !await isAlive(pid) && !await exists(folder)
      );
    }
  });
}

type Place = { folder: string; pid: number };

/** Reads until the fixture says what it has started, and goes on reading in the background. */
async function startedServers(
  stdout: ReadableStream<Uint8Array>,
): Promise<Place[]> {
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The fixture did not start: ${text}`);
    text += value;
    const said = /started (\[.*\])\n/.exec(text);
    if (said === null) continue;
    (async () => {
      while (!(await reader.read()).done);
    })();
    return JSON.parse(said[1]);
  }
}

// By the shell, since the inner harness may keep its servers where this test may not read.
const exists = (path: string): Promise<boolean> => holds(`[ -e "$0" ]`, path);
const isAlive = (pid: number): Promise<boolean> =>
  holds(`kill -0 "$0" 2>/dev/null`, String(pid));

async function holds(test: string, argument: string): Promise<boolean> {
  return (await command("sh", ["-c", test, argument])).code === 0;
}

async function eventually(claim: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!await claim()) {
    assert.ok(performance.now() < deadline, "still there after 10 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
