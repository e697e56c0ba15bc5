// Holds the rule that nobody waits for ever: a promise that is made by hand
// stands in this list with what ends it, besides what it waits for.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const ROOT = fileURLToPath(new URL("../../src", import.meta.url));

/** How many promises a file makes by hand, and what ends the waiting for them. */
const WAITS: Record<string, readonly [number, string]> = {
  "run/blame.ts": [1, "raced with the end of all work of the unit"],
  "run/retry.ts": [1, "a timer; the run's signal"],
  "host/launch_worker.ts": [2, "a timer of 250 ms"],
  "host/launch_process.ts": [NaN, "timers; the end of the process"],
  "host/session.ts": [1, "heartbeat, idle, step and stop timers"],
  "worker/ask.ts": [1, "the step's signal"],
  "worker/files.ts": [1, "the step's signal; the idle deadline"],
  "worker/requests.ts": [1, "the answer; the request's signal"],
  "worker/serve.ts": [2, "the end of the worker: it holds the lock"],
  "channel/credit.ts": [2, "the signal; the other end's last message"],
};

const BY_HAND = /new Promise\b|withResolvers\b/g;

Deno.test("every promise that is made by hand has something that ends it", async () => {
  const found: Record<string, number> = {};
  for (const folder of ["run", "host", "worker", "channel"]) {
    for await (const { name } of Deno.readDir(join(ROOT, folder))) {
      const text = await Deno.readTextFile(join(ROOT, folder, name));
      const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
      const count = code.match(BY_HAND)?.length ?? 0;
      if (count > 0) found[`${folder}/${name}`] = count;
    }
  }
  for (const [file, count] of Object.entries(found)) {
    const known = WAITS[file];
    assert.ok(known, `src/${file} waits: say in this list what ends it`);
    if (Number.isNaN(known[0])) continue;
    assert.equal(
      count,
      known[0],
      `src/${file} waits more or less than it says`,
    );
  }
});

Deno.test("every timer for a deadline is one that a manifest can set", async () => {
  const { DEFAULT_DEADLINES } = await import("../../src/manifest/policies.ts");
  const { inlineManifest } = await import("../../src/manifest/shape.ts");
  const { deadlines } = inlineManifest.properties as Record<
    string,
    { properties: object }
  >;
  const settable = Object.keys(deadlines.properties).map((name) => `${name}Ms`);
  assert.deepEqual(settable.sort(), Object.keys(DEFAULT_DEADLINES).sort());
});
