// A session holds against a sandbox that says what no honest one does.

import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import type { Sandbox } from "../../src/host/sandbox.ts";
import { runSession, type SessionResult } from "../../src/host/session.ts";
import { DEFAULT_DEADLINES } from "../../src/manifest/policies.ts";
import type { ToSandbox } from "../../src/protocol.ts";

interface Forger {
  /** What the host has said. */
  readonly heard: ToSandbox[];
  readonly result: Promise<SessionResult>;
  readonly logs: string[];
  say(message: unknown): void;
  die(): void;
}

/** A session whose sandbox says what the test makes it say. */
function forger(
  inputs: Record<string, MessagePort> = {},
  hosts: readonly string[] = [],
  secrets: ReadonlyMap<string, string> = new Map(),
): Forger {
  let hear: (message: unknown) => void = () => {};
  let died: (error: OsirisError) => void = () => {};
  const heard: ToSandbox[] = [];
  const logs: string[] = [];
  const sandbox: Sandbox = {
    isSandboxed: true,
    post: (message) => void heard.push(message),
    listen: (onMessage, onDeath) => [hear, died] = [onMessage, onDeath],
    stop: () => Promise.resolve(true),
  };
  const result = runSession(sandbox, {
    start: {
      task: { kind: "run" },
      step: "forger",
      module: null,
      config: {},
      connection: null,
      values: {},
      inputs,
      isDeepCheck: true,
      output: null,
      sources: {},
      sampleRows: null,
      state: null,
      deadlines: DEFAULT_DEADLINES,
    },
    sources: {},
    targets: {},
    hosts,
    secrets,
    deadlines: DEFAULT_DEADLINES,
    related: ["forger", "before"],
    signal: new AbortController().signal,
    hooks: {
      log: (_, message) => void logs.push(message),
      emit() {},
      measure() {},
      progress() {},
    },
  });
  result.catch(() => {}); // asserted by the test
  return {
    heard,
    logs,
    result,
    say: (message) => hear(message),
    die: () => died(new OsirisError("driver/exited", "gone")),
  };
}

const DONE = { inputs: {}, rowsOut: 0, bytesOut: 0 };

Deno.test("a session gives the task once, however often the sandbox is alive", async () => {
  const { say, heard, result } = forger();
  say({ t: "ready" });
  say({ t: "alive" });
  say({ t: "alive" });
  assert.equal(heard.filter(({ t }) => t === "start").length, 1);
  await assert.rejects(result, { code: "driver/protocol" });
});

for (const t of ["done", "beat", "progress", "emit"]) {
  Deno.test(`a session refuses ${t} before its task was given`, async () => {
    const { say, result } = forger();
    const parts = {
      done: { result: null, counts: DONE },
      beat: {},
      progress: { rows: 1 },
      emit: { name: "a", facts: {} },
    }[t];
    say({ t, ...parts });
    await assert.rejects(result, { code: "driver/protocol" });
  });
}

const reports: readonly (readonly [string, unknown])[] = [
  ["a report of text", { rowsWritten: "7" }],
  ["a report below zero", { rowsWritten: -7 }],
  ["a report with bytes that are none", { rowsWritten: 7, bytesWritten: {} }],
  ["a report that is a list", [7]],
];

for (const [what, report] of reports) {
  Deno.test(`a session refuses ${what}`, async () => {
    const { say, result } = forger();
    say({ t: "alive" });
    say({ t: "done", result: report, counts: DONE });
    await assert.rejects(result, { code: "driver/protocol" });
  });
}

for (
  const counts of [
    null,
    {},
    { ...DONE, rowsOut: -1 },
    { ...DONE, rowsOut: 1e300 },
    { ...DONE, inputs: null },
  ]
) {
  Deno.test(`a session refuses the counts ${JSON.stringify(counts)}`, async () => {
    const { say, result } = forger();
    say({ t: "alive" });
    say({ t: "done", result: null, counts });
    await assert.rejects(result, { code: "driver/protocol" });
  });
}

Deno.test("a session hears nothing after the end", async () => {
  const { say, die, logs, result } = forger();
  say({ t: "alive" });
  say({ t: "done", result: null, counts: DONE });
  await result;
  say({ t: "log", level: "info", message: "still here" });
  say({
    t: "failed",
    error: { code: "step/failed", message: "changed my mind" },
  });
  die();
  assert.deepEqual(logs, []);
});

Deno.test("a session lets a step pass on the failure of a step beside it", async () => {
  const { say, result } = forger();
  say({ t: "alive" });
  const error = { code: "file/not-found", message: "no", step: "before" };
  say({ t: "failed", error });
  await assert.rejects(result, { code: "file/not-found", step: "before" });
});

Deno.test("a session does not let a step blame one that is not beside it", async () => {
  const { say, result } = forger();
  say({ t: "alive" });
  const error = { code: "file/not-found", message: "no", step: "elsewhere" };
  say({ t: "failed", error });
  await assert.rejects(result, { code: "file/not-found", step: "forger" });
});

Deno.test("a session opens no file that the plan does not name", async () => {
  const { say, heard } = forger();
  say({ t: "alive" });
  for (const name of ["source", "__proto__", "constructor", "/etc/passwd"]) {
    say({ t: "open", id: 1, name });
  }
  await new Promise((go) => setTimeout(go, 0));
  assert.equal(heard.filter(({ t }) => t === "refused").length, 4);
});

for (
  const url of [
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "not a url",
    "http://127.0.0.1:443/",
  ]
) {
  Deno.test(`a session sends no request to ${url}, which the plan does not name`, async () => {
    const { say, heard } = forger({}, ["127.0.0.1:443"]);
    say({ t: "alive" });
    const request = { url, method: "GET", headers: [], body: null };
    say({ t: "fetch", id: 1, request });
    await new Promise((go) => setTimeout(go, 0));
    assert.equal(heard.at(-1)?.t, "refused");
  });
}

Deno.test("a session ends with driver/flooded on too many messages at once", async () => {
  const { say, result } = forger();
  say({ t: "alive" });
  for (let i = 0; i < 30_000; i++) say({ t: "beat" });
  await assert.rejects(result, { code: "driver/flooded" });
});

const text = "x".repeat(65_000);

for (
  const [where, message, times] of [
    ["in lines", { t: "log", level: "info", message: text }, 1100],
    ["in facts", { t: "emit", name: "a", facts: { a: text } }, 1100],
    ["in facts of facts", { t: "emit", name: "a", facts: { a: [text] } }, 1100],
    ["in empty lines", { t: "log", level: "info", message: "" }, 600_000],
    ["in names of metrics", {
      t: "measure",
      name: "a".repeat(60),
      value: 1,
      unit: "u".repeat(20),
    }, 350_000],
    ["in metrics", { t: "measure", name: "a", value: 1, unit: "a" }, 600_000],
  ] as const
) {
  Deno.test(`a session ends with driver/flooded when too much was said ${where}, however slowly`, async () => {
    const clock = { now: 0 };
    const { now } = performance;
    performance.now = () => clock.now;
    try {
      const { say, result } = forger();
      say({ t: "alive" });
      for (let i = 0; i < times; i++, clock.now += 1) say(message);
      await assert.rejects(result, { code: "driver/flooded" });
    } finally {
      performance.now = now;
    }
  });
}

Deno.test("a session sends no two requests of one number, nor too much at once", async () => {
  const { say, heard, result } = forger({}, ["127.0.0.1:9"]);
  say({ t: "alive" });
  const url = "http://127.0.0.1:9/";
  const request = (bytes: number): object => ({
    url,
    method: "POST",
    headers: [],
    body: new Uint8Array(bytes),
  });
  say({ t: "fetch", id: 1, request: request(200 << 20) });
  say({ t: "fetch", id: 1, request: request(1) });
  say({ t: "fetch", id: 2, request: request(57 << 20) });
  const refused = heard.filter(({ t }) => t === "refused") as {
    id: number;
    error: { message: string };
  }[];
  assert.deepEqual(refused.map(({ id }) => id), [1, 2]);
  assert.match(refused[1].error.message, /more than 256 MiB at once/);
  say({ t: "failed", error: { code: "step/failed", message: "enough" } });
  await assert.rejects(result, { code: "step/failed" });
});

for (
  const [name, value] of [
    ["a\r\nb", "c"],
    ["", "c"],
    ["a", "b\nc: d"],
    ["a", "\u0100"],
    ["a", "\u0000"],
  ]
) {
  Deno.test(`a session takes no header ${JSON.stringify([name, value])}`, async () => {
    const { say, result } = forger();
    say({ t: "alive" });
    const headers = [[name, value]];
    const request = { url: "http://a/", method: "GET", headers, body: null };
    say({ t: "fetch", id: 1, request });
    await assert.rejects(result, { code: "driver/protocol" });
  });
}

Deno.test("a secret that can't stand in a header is not in what is said of it", async () => {
  const secrets = new Map([["placeholder", "canary\nof two lines"]]);
  const { say, heard } = forger({}, ["127.0.0.1:9"], secrets);
  say({ t: "alive" });
  const headers = [["authorization", "placeholder"]];
  const url = "http://127.0.0.1:9/";
  const request = { url, method: "GET", headers, body: null };
  say({ t: "fetch", id: 1, request });
  await new Promise((go) => setTimeout(go, 10));
  const [answer] = heard.slice(-1) as { error?: { code: string } }[];
  assert.equal(answer.error?.code, "connection/invalid");
  assert.ok(!JSON.stringify(answer).includes("canary"));
});
