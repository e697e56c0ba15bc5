import assert from "node:assert/strict";
import { type ErrorCode, OsirisError } from "../../src/error.ts";
import type { RetryPolicy } from "../../src/manifest/manifest.ts";
import { isRetryable, pause, retryDelay } from "../../src/run/retry.ts";

const policy: RetryPolicy = {
  maxAttempts: 3,
  backoff: "exponential",
  initialDelayMs: 100,
  maxDelayMs: 350,
  jitter: false,
  on: null,
};
const error = (code: ErrorCode, details = {}): OsirisError =>
  new OsirisError(code, "Cannot go on", { details });

Deno.test("isRetryable() takes what passes by itself, and nothing else", () => {
  assert.ok(isRetryable(error("sql/deadlock"), policy));
  assert.ok(isRetryable(error("connection/lost"), policy));
  assert.ok(!isRetryable(error("connection/auth"), policy));
  assert.ok(!isRetryable(error("data/type"), policy));
});

Deno.test("isRetryable() takes the codes and areas that a policy names instead", () => {
  const named = { ...policy, on: ["data", "sql/syntax"] as const };
  assert.ok(isRetryable(error("data/type"), named));
  assert.ok(isRetryable(error("sql/syntax"), named));
  assert.ok(!isRetryable(error("sql/deadlock"), named));
});

Deno.test("isRetryable() never takes what is partly in the target, nor a stop", () => {
  const all = { ...policy, on: ["connection", "run", "step"] };
  assert.ok(!isRetryable(error("connection/lost", { committed: 1 }), all));
  assert.ok(isRetryable(error("connection/lost", { committed: 0 }), all));
  assert.ok(!isRetryable(error("run/interrupted"), all));
  assert.ok(!isRetryable(error("step/cancelled"), all));
});

Deno.test("retryDelay() grows as told and stays below its most", () => {
  const delays = (backoff: RetryPolicy["backoff"]): number[] =>
    [1, 2, 3, 4].map((n) => retryDelay({ ...policy, backoff }, n));
  assert.deepEqual(delays("exponential"), [100, 200, 350, 350]);
  assert.deepEqual(delays("linear"), [100, 200, 300, 350]);
  assert.deepEqual(delays("none"), [100, 100, 100, 100]);
});

Deno.test("retryDelay() jitters between half and all of the delay", () => {
  const seen = Array.from(
    { length: 200 },
    () => retryDelay({ ...policy, jitter: true }, 2),
  );
  assert.ok(seen.every((ms) => ms >= 100 && ms <= 200));
  assert.ok(new Set(seen).size > 10);
});

Deno.test("pause() ends with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = error("run/interrupted");
  const waiting = pause(60_000, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(pause(1, controller.signal), reason);
});
