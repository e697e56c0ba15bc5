import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import { LimitCounter } from "../../src/run/limits.ts";
import { after, runStop } from "../../src/run/stop.ts";
import { sleep } from "../kit/run/drivers.ts";

const none = { failures: [], deadlineMs: null, seconds: null, onNear() {} };

Deno.test("LimitCounter warns once at 80 % and refuses what is over", () => {
  const heard: unknown[] = [];
  const counter = new LimitCounter(
    { rows: 100 },
    "a",
    (facts) => heard.push(facts),
  );
  counter.add("a", 79, 1);
  assert.deepEqual(heard, []);
  counter.add("a", 1, 1);
  counter.add("a", 20, 1);
  assert.deepEqual(heard, [
    { "step_id": "a", limit: "rows", of: 100, seen: 80 },
  ]);
  assert.throws(() => counter.add("a", 1, 1), { code: "run/limit", step: "a" });
});

Deno.test("LimitCounter counts bytes too, and nothing where there is no limit", () => {
  const counter = new LimitCounter({ bytes: 10, rows: null }, null, () => {});
  counter.add("a", 1e9, 10);
  assert.throws(() => counter.add("b", 0, 1), { code: "run/limit", step: "b" });
});

Deno.test("runStop() calls any stop of the caller's an interruption", () => {
  const controller = new AbortController();
  const { signal, clear } = runStop({ ...none, signal: controller.signal });
  controller.abort("enough");
  assert.equal(signal.reason.code, "run/interrupted");
  clear();
});

Deno.test("runStop() fires at once for a signal that is aborted already", () => {
  const { signal, clear } = runStop({ ...none, signal: AbortSignal.abort() });
  assert.equal(signal.reason.code, "run/interrupted");
  clear();
});

Deno.test("runStop() passes failures on as they are", () => {
  const controller = new AbortController();
  const error = new OsirisError("run/folder", "Cannot write");
  const { signal, clear } = runStop({
    ...none,
    failures: [controller.signal],
  });
  controller.abort(error);
  assert.equal(signal.reason, error);
  clear();
});

Deno.test("runStop() keeps the deadline and the limit of seconds, with a warning before", async () => {
  const late = runStop({ ...none, deadlineMs: 20 });
  const heard: unknown[] = [];
  const limited = runStop({
    ...none,
    seconds: 0.05,
    onNear: (facts) => heard.push(facts.limit),
  });
  await sleep(120);
  assert.equal(late.signal.reason.code, "run/deadline");
  assert.equal(limited.signal.reason.code, "run/limit");
  assert.deepEqual(heard, ["seconds"]);
  late.clear();
  limited.clear();
});

Deno.test("after() takes a time no timer can wait for none", () => {
  assert.equal(after(2 ** 40, () => assert.fail()), undefined);
  assert.equal(after(null, () => assert.fail()), undefined);
});
