// Steps whose thread can't be stopped take their process along: events are written first, and the exit code is right.

import assert from "node:assert/strict";
import type { ErrorCode } from "../../src/error.ts";
import { runChild } from "../kit/run_child.ts";
import { eventsOf, type TestStep } from "../kit/sandbox.ts";
import { tempDir } from "../kit/temp.ts";

const SINK: TestStep = { driver: "good_sink", mode: "write" };

const cases: readonly (readonly [string, TestStep, ErrorCode])[] = [
  ["a busy loop", { driver: "hangs" }, "driver/hung"],
  [
    "a wait without end",
    { driver: "hangs", config: { by: "atomics" } },
    "driver/hung",
  ],
  [
    "a burst of log lines",
    { driver: "floods", config: { by: "burst" } },
    "driver/flooded",
  ],
  [
    "a burst of long log lines",
    { driver: "floods", config: { by: "log" } },
    "driver/flooded",
  ],
];

for (const [what, step, code] of cases) {
  Deno.test(`${what} ends the process with ${code} and exit code 1`, async () => {
    await using folder = await tempDir("stuck-");
    const deadlines = { heartbeat: "700ms" };
    const { code: exit, report, stderr } = await runChild(
      [step, SINK],
      folder.path,
      { deadlines },
    );
    assert.equal(exit, 1);
    assert.equal(stderr, "");
    assert.equal(report.error?.code, code);
    assert.equal(report.error?.step, step.driver);
    assert.ok(report.stuck.includes(step.driver));
    assert.ok(report.peakRssBytes < 1.5e9, `${report.peakRssBytes} bytes`);
    const events = await eventsOf(report.runFolder);
    assert.equal(events.at(-1)?.event, "run_end");
  });
}

Deno.test("a refused permission ends the process with exit code 3", async () => {
  await using folder = await tempDir("stuck-");
  const { code } = await runChild(
    [{ driver: "reads_file" }, SINK],
    folder.path,
  );
  assert.equal(code, 3);
});

Deno.test("an uncaught error leaves nothing on the terminal", async () => {
  await using folder = await tempDir("stuck-");
  const { code, stderr } = await runChild(
    [{ driver: "uncaught_error" }, SINK],
    folder.path,
  );
  assert.equal(code, 1);
  assert.equal(stderr, "");
});
