// Every way in which a step can end has its own code, names the step, and leaves a closed run folder.

import assert from "node:assert/strict";
import type { ErrorCode } from "../../src/error.ts";
import type { Isolation } from "../../src/manifest/manifest.ts";
import {
  eventsOf,
  failureOf,
  runModules,
  type TestStep,
} from "../kit/sandbox.ts";
import { tempDir } from "../kit/temp.ts";

const SINK: TestStep = { driver: "good_sink", mode: "write" };

/** Runs steps that must fail, and checks what every failed run leaves. */
async function assertFails(
  steps: readonly TestStep[],
  code: ErrorCode,
  step: string,
  isolation: Isolation = "worker",
): Promise<void> {
  await using folder = await tempDir("ends-");
  const result = await runModules(steps, folder.path, { isolation });
  const error = failureOf(result);
  assert.equal(error.code, code, error.message);
  assert.equal(error.step, step, error.message);
  assert.equal(result.status, "failed");
  assert.deepEqual(result.stuck, []);
  const events = await eventsOf(result.runFolder);
  const names = events.map(({ event }) => event);
  assert.equal(names[0], "run_start");
  assert.deepEqual(names.slice(-3), [
    "execution_failed",
    "cleanup_complete",
    "run_end",
  ]);
  const failed = events.find(({ event }) => event === "step_failed");
  assert.equal(failed?.step_id, step);
  assert.equal(failed?.code, code);
  const status = JSON.parse(
    await Deno.readTextFile(`${result.runFolder}/status.json`),
  );
  assert.equal(status.status, "failed");
  assert.equal(status.error.code, code);
}

const cases: readonly (readonly [string, TestStep, ErrorCode])[] = [
  ["an error thrown by run", { driver: "fails" }, "step/failed"],
  [
    "an error nobody catches",
    { driver: "uncaught_error" },
    "driver/crashed",
  ],
  [
    "a rejected promise nobody awaits",
    { driver: "rejected_promise" },
    "driver/crashed",
  ],
  ["a module that throws", { driver: "throws_on_load" }, "step/failed"],
  ["a module that is no driver", { driver: "no_driver" }, "driver/invalid"],
  ["a module that is not there", { driver: "none" }, "step/failed"],
  ["a refused permission", { driver: "reads_file" }, "driver/permission"],
  ...["close", "exit", "process"].map((by) =>
    [`an early end by ${by}`, {
      driver: "exits_early",
      config: { by },
    }, "driver/permission"] as const
  ),
  ...["throw", "uncaught"].map((by) =>
    [
      `an end in the middle of a table by ${by}`,
      { driver: "dies_mid_table", config: { by } },
      by === "throw" ? "step/failed" : "driver/crashed",
    ] as const
  ),
  [
    "too many messages, with pauses",
    { driver: "floods", config: { by: "polite" } },
    "driver/flooded",
  ],
];

for (const isolation of ["worker", "process"] as const) {
  for (const [what, step, code] of cases) {
    Deno.test(`a run ends with ${code} on ${what} (${isolation})`, () =>
      assertFails([step, SINK], code, step.driver, isolation));
  }

  Deno.test(`a run ends with data/count-mismatch when a writer reads nothing (${isolation})`, () =>
    assertFails(
      [{ driver: "good_source" }, { driver: "reads_nothing", mode: "write" }],
      "data/count-mismatch",
      "reads_nothing",
      isolation,
    ));

  Deno.test(`a run ends with data/count-mismatch when a writer stops reading (${isolation})`, () =>
    assertFails(
      [
        { driver: "good_source", config: { batches: 50 } },
        { driver: "stops_reading", mode: "write" },
      ],
      "data/count-mismatch",
      "stops_reading",
      isolation,
    ));
}

Deno.test("a run ends with step/timeout when a step waits for ever", () =>
  assertFails(
    [{ driver: "waits_for_ever", deadlines: { step: "200ms" } }, SINK],
    "step/timeout",
    "waits_for_ever",
  ));

Deno.test("a step that dies before its turn fails in its turn, not before", async () => {
  await using folder = await tempDir("ends-");
  const result = await runModules([
    { driver: "good_source" },
    { driver: "good_sink", mode: "write" },
    { driver: "fails" },
    { id: "last", driver: "good_sink", mode: "write" },
  ], folder.path);
  assert.equal(failureOf(result).step, "fails");
  assert.equal(result.stepsCompleted, 2);
});

Deno.test("a run says in an event which permission was refused", async () => {
  await using folder = await tempDir("ends-");
  const result = await runModules(
    [{ driver: "reads_file" }, SINK],
    folder.path,
  );
  const denied = (await eventsOf(result.runFolder)).filter(({ event }) =>
    event === "permission_denied"
  );
  assert.equal(denied.length, 1);
  assert.equal(denied[0].step_id, "reads_file");
  assert.match(String(denied[0].error), /read access to "\/etc\/passwd"/);
});
