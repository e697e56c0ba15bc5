// The host takes a message of a sandbox only when every part of it is right.

import assert from "node:assert/strict";
import { hear } from "../../src/host/hear.ts";

const honest: readonly object[] = [
  { t: "ready" },
  { t: "beat" },
  { t: "log", level: "info", message: "hello" },
  { t: "denied", message: "Requires read access" },
  { t: "emit", name: "table_found", facts: { table: "orders", rows: 2n } },
  { t: "measure", name: "pages", value: 2.5, unit: "pages" },
  { t: "progress", rows: 10 },
  { t: "account", reason: "filtered", rows: 1 },
  { t: "state", state: { at: "2026-01-01", nested: [1, null] } },
  { t: "open", id: 1, name: "source" },
  {
    t: "fetch",
    id: 2,
    request: {
      url: "http://a/",
      method: "GET",
      headers: [["a", "b"]],
      body: null,
    },
  },
  { t: "abort-fetch", id: 2 },
  { t: "done", result: null, counts: {} },
  { t: "failed", error: { code: "step/failed", message: "no" } },
];

for (const message of honest) {
  Deno.test(`hear() takes ${(message as { t: string }).t}`, () => {
    assert.equal(hear(message).t, (message as { t: string }).t);
  });
}

const wrong: readonly (readonly [string, unknown])[] = [
  ["nothing", null],
  ["text", "beat"],
  ["a list", [{ t: "beat" }]],
  ["an unknown kind", { t: "shutdown" }],
  ["a kind of Object.prototype", { t: "constructor" }],
  ["no kind", {}],
  ["baggage", { t: "beat", cargo: "x".repeat(1 << 20) }],
  ["an unknown level", { t: "log", level: "fatal", message: "x" }],
  ["text that is too long", {
    t: "log",
    level: "info",
    message: "x".repeat(65_537),
  }],
  ["text that is none", {
    t: "log",
    level: "info",
    message: { toString: () => "x" },
  }],
  ["a number that is none", { t: "measure", name: "a", value: NaN, unit: "x" }],
  ["rows that are text", { t: "progress", rows: "12" }],
  ["rows below zero", { t: "progress", rows: -1 }],
  ["rows that are no whole number", {
    t: "account",
    reason: "filtered",
    rows: 1.5,
  }],
  ["an unknown reason", { t: "account", reason: "lost", rows: 1 }],
  ["a name with markup", { t: "emit", name: "<b>", facts: {} }],
  ["a name on two lines", { t: "emit", name: "a\nb", facts: {} }],
  ["an event of the runtime's", { t: "emit", name: "run_end", facts: {} }],
  ["a metric of the runtime's", {
    t: "measure",
    name: "rows_written",
    value: 1,
    unit: "rows",
  }],
  ["facts that rename the event", {
    t: "emit",
    name: "a",
    facts: { event: "run_end" },
  }],
  ["facts that move the time", { t: "emit", name: "a", facts: { ts: "1970" } }],
  ["facts of another step", {
    t: "emit",
    name: "a",
    facts: { step_id: "other" },
  }],
  ["facts that are a list", { t: "emit", name: "a", facts: [1] }],
  ["facts that are too many", {
    t: "emit",
    name: "a",
    facts: { a: "x".repeat(70_000) },
  }],
  ["a state that is too large", { t: "state", state: "x".repeat(2 << 20) }],
  // Each of these is small, and would keep the host busy for minutes.
  ["facts that are repeated 2^60 times", {
    t: "emit",
    name: "a",
    facts: { a: repeated() },
  }],
  ["a state that is long and holds nothing", {
    t: "state",
    state: new Array(2 ** 32 - 1),
  }],
  ["a state with a number of a million digits", {
    t: "state",
    state: { a: 1n << 4_000_000n },
  }],
  ["a request with a stream", {
    t: "fetch",
    id: 1,
    request: { url: "http://a", method: "GET", headers: [], body: {} },
  }],
  ["a body that can change", {
    t: "fetch",
    id: 1,
    request: {
      url: "http://a",
      method: "POST",
      headers: [],
      body: new Uint8Array(new SharedArrayBuffer(4)),
    },
  }],
  ["headers that are no pairs", {
    t: "fetch",
    id: 1,
    request: { url: "http://a", method: "GET", headers: [1], body: null },
  }],
];

for (const [what, message] of wrong) {
  Deno.test(`hear() refuses ${what}`, () => {
    assert.throws(() => hear(message), TypeError);
  });
}

/** What stands for 2^60 values and holds sixty. */
function repeated(): unknown {
  let value: unknown = [];
  for (let times = 0; times < 60; times++) value = [value, value];
  return value;
}

Deno.test("hear() takes facts that are just as long as they may be", () => {
  const facts = { a: new Array(32_764).fill(1) };
  assert.equal(JSON.stringify(facts).length, 65_535);
  assert.equal(hear({ t: "emit", name: "a", facts }).t, "emit");
});

Deno.test("hear() does not walk a list of faults that is long and holds nothing", () => {
  const faults = new Array(2 ** 32 - 1);
  const heard = hear({
    t: "failed",
    error: { code: "step/failed", message: "no", faults },
  });
  assert.equal(heard.t, "failed");
});

Deno.test("hear() makes control characters visible, so that a line stays one line", () => {
  const message = "done\n\u001b[2K\r\u202eok\u2028\u200f\u061c\u200b\u2060";
  const heard = hear({ t: "log", level: "info", message });
  assert.equal(
    (heard as { message: string }).message,
    "done\\n\\u001b[2K\\r\\u202eok\\u2028\\u200f\\u061c\\u200b\\u2060",
  );
});

Deno.test("hear() drops __proto__ from facts", () => {
  const facts = JSON.parse('{"a":1,"__proto__":{"isAdmin":true}}');
  const heard = hear({ t: "emit", name: "a", facts }) as {
    facts: Record<string, unknown>;
  };
  assert.deepEqual(Object.keys(heard.facts), ["a"]);
  assert.equal((heard.facts as { isAdmin?: boolean }).isAdmin, undefined);
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
});

for (
  const code of [
    "run/interrupted",
    "permission/missing",
    "internal/bug",
    "driver/hung",
    "manifest/invalid",
  ]
) {
  Deno.test(`hear() does not let a driver fail with ${code}`, () => {
    const heard = hear({ t: "failed", error: { code, message: "no" } });
    assert.equal(
      (heard as { error: { code: string } }).error.code,
      "step/failed",
    );
  });
}
