/**
 * Cases about stopping, waiting and cleaning up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { OsirisError } from "../error.ts";
import { isStreaming } from "../plan/streaming.ts";
import type { Batch } from "../table/batch.ts";
import type { Case, Trial } from "./case.ts";
import { STEP } from "./scene.ts";
import { assertEndedWell, inputsOf, inThisThread, trialRun } from "./trial.ts";
import { tableOf } from "./tables.ts";
import { types } from "../table/type.ts";

/** Longest that a driver may take to stop, in milliseconds. */
const STOP_MS = 3000;
/** How long its reader keeps it waiting, in milliseconds. */
const STALL_MS = 400;
/** Batches that may be on their way between two steps. */
const UNDERWAY = 100;

export const cancelled: Case = {
  name: "stops when it is told to, and leaves nothing",
  waitsFor: () => null,
  async run(trial) {
    const controller = new AbortController();
    let stoppedAt = 0;
    const stop = (): void => {
      stoppedAt ||= performance.now();
      controller.abort(
        new OsirisError("run/interrupted", "Cannot complete run: stopped"),
      );
    };
    const takesTable = trial.spec.mode !== "extract";
    const run = await trialRun(trial, {
      signal: controller.signal,
      ...(takesTable && takesBatches(trial) &&
        {
          inputs: inputsOf(trial, endless(trial, () => setTimeout(stop, 50))),
        }),
    }, {
      onBatch: takesTable ? undefined : async ({ signal }) => {
        stop();
        await aborted(signal);
      },
      onEvent: ({ event, step_id: step }) => {
        const isGiven = takesTable && !takesBatches(trial);
        if (isGiven && event === "inputs_resolved" && step === STEP) stop();
      },
    });
    const took = performance.now() - stoppedAt;
    assert.ok(stoppedAt > 0, `never began: ${run.error?.message}`);
    assert.ok(took < STOP_MS, `took ${Math.round(took)} ms to stop`);
    assert.ok(run.hasEnded, "its thread goes on");
    if (run.error === null) return; // it was done before it heard
    assert.equal(run.error.code, "run/interrupted", run.error.message);
    assert.deepEqual(run.files, {}, "left a file though it was stopped");
  },
};

export const heldBack: Case = {
  name: "waits for a slow reader",
  waitsFor: ({ spec }) => spec.mode === "write" ? "nobody reads it" : null,
  async run(trial) {
    const streams = trial.spec.mode === "transform" && takesBatches(trial);
    let pulled = 0;
    let isStalled = false;
    const controller = new AbortController();
    const run = await trialRun(trial, {
      ...(streams && {
        signal: controller.signal,
        inputs: inputsOf(trial, endless(trial, () => pulled++)),
      }),
    }, {
      onBatch: async () => {
        if (isStalled) return;
        isStalled = true;
        await new Promise((resolve) => setTimeout(resolve, STALL_MS));
        if (streams) {
          controller.abort(new OsirisError("run/interrupted", "done"));
        }
      },
    });
    assert.ok(isStalled, run.error?.message);
    if (!streams) return assertEndedWell(run);
    assert.ok(
      pulled < UNDERWAY,
      `took ${pulled} batches in while nobody took one out`,
    );
  },
};

export const leavesNothing: Case = {
  name: "leaves nothing open behind it",
  waitsFor: () => null,
  async run(trial) {
    // In this thread, where the test runner itself looks for what is left open.
    const inline = { ...trial, subject: await inThisThread(trial) };
    assertEndedWell(await trialRun(inline));
    await trial.options.before?.();
    assertEndedWell(await trialRun(inline));
  },
};

function takesBatches({ spec, options }: Trial): boolean {
  return isStreaming(spec, options.config ?? {});
}

/** A table that does not end before it is stopped. */
function endless(trial: Trial, onBatch: () => void) {
  const [given] = Object.values(trial.options.inputs ?? {});
  const batch: Batch = Array.isArray(given) ? given[0] : tableOf({
    id: [types.int64, [1n, 2n, 3n]],
    name: [types.utf8, ["one", null, "three"]],
  });
  const kept = structuredClone(batch);
  return async function* ({ signal }: { readonly signal: AbortSignal }) {
    while (!signal.aborted) {
      yield structuredClone(kept);
      onBatch();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw signal.reason;
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}
