import assert from "node:assert/strict";
import type { RunEvent } from "../../src/event.ts";
import { auditRun, parseChecks } from "../../src/run/audit.ts";
import { refusal } from "../kit/faults.ts";

const at = (second: number): string => new Date(second * 1000).toISOString();
const event = (second: number, name: string, facts: object): RunEvent => ({
  ts: at(second),
  session: "s",
  event: name,
  ...facts,
});
const started = (step: string, net: string[], read: string[] = []): object => ({
  step_id: step,
  driver: "x.y",
  permissions: { net, read, write: [] },
  reads: ["/in.csv"],
  writes: ["/out.csv"],
});

const events: RunEvent[] = [
  event(10, "step_start", started("a", ["db:3306", "idle:1"], ["/data"])),
  event(20, "step_complete", {
    step_id: "a",
    files: [{ path: "/out.csv", bytes: 1 }],
  }),
  event(21, "step_start", started("b", ["db:3306"])),
  event(22, "permission_denied", {
    step_id: "b",
    error: 'Requires net access to "evil:1"',
  }),
  event(22, "step_failed", { step_id: "b", code: "driver/permission" }),
];

Deno.test("auditRun() tells what was granted, opened, written and denied", () => {
  const [a, b] = auditRun(events, null);
  assert.deepEqual(a.granted, {
    net: ["db:3306", "idle:1"],
    read: ["/data"],
    write: [],
    import: [],
  });
  assert.deepEqual([a.reads, a.written, a.denied, a.used], [
    ["/in.csv"],
    ["/out.csv"],
    [],
    null,
  ]);
  assert.deepEqual(b.denied, ['Requires net access to "evil:1"']);
});

Deno.test("auditRun() counts a check for the step that was granted the item and ran then", () => {
  const check = (second: number, permission: string, value: string): string =>
    JSON.stringify({ v: 1, datetime: at(second), permission, value });
  const text = [
    check(12, "net", "db:3306"),
    check(12, "net", "http://other:1/"),
    check(12, "read", "file:///data/a%20b.csv"),
    check(12, "read", "/database"),
    JSON.stringify({ v: 1, datetime: at(12), permission: "read", value: null }),
  ].join("\n");
  const [a, b] = auditRun(events, parseChecks(text, "c.jsonl"));
  assert.deepEqual(a.used, {
    net: ["db:3306"],
    read: ["/data"],
    write: [],
    import: [],
  });
  assert.deepEqual(b.used?.net, []);
  // The checks of another process are in no file of this one.
  const elsewhere: RunEvent = { ...events[0], isolation: "process" };
  const [c] = auditRun([elsewhere], []);
  assert.equal(c.used, null);
});

Deno.test("parseChecks() refuses what Deno did not write", async () => {
  const error = await refusal(() => parseChecks('{"a":1}\n', "c.jsonl"));
  assert.equal(error.code, "usage/invalid");
});
