// Holds the rule that nobody waits for ever. Whatever waits for somebody else (a
// promise made by hand, a request, a connection, a process, a lock, a file that may
// be a pipe) stands in this list with what ends it, besides what it waits for.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How many waits a file has, and what ends them. */
const WAITS: Record<string, readonly [number, string]> = {
  "src/prompts.ts": [1, "a worker that asks nothing of anybody"],
  "src/modules/remote_module.ts": [1, "a timer"],
  "src/manifest/read_text.ts": [
    2,
    "a timer; for a pipe the user's signal, before there is a run",
  ],
  "src/channel/credit.ts": [2, "the signal; the other end's last message"],
  "src/worker/confine_deno.ts": [
    3,
    "two types and a text; the driver's own wait",
  ],
  "src/worker/ask.ts": [1, "the step's signal"],
  "src/worker/files.ts": [1, "the step's signal; the idle deadline"],
  "src/worker/requests.ts": [1, "the answer; the request's signal"],
  "src/worker/serve.ts": [2, "the end of the worker: it holds the lock"],
  "src/csv/inflate.ts": [1, "the stream's end; the idle deadline"],
  "src/csv/sink.ts": [1, "the file's failure; the idle deadline"],
  "src/testing/flow_cases.ts": [3, "timers; the case's signal"],
  "src/host/child_command.ts": [1, "a process of ours that only prints"],
  "src/host/fetch_broker.ts": [1, "the step's signal; the request's own"],
  "src/host/partial_file.ts": [3, "a file beside its target, under a lock"],
  "src/host/source.ts": [1, "the idle deadline of the step"],
  "src/host/launch_process.ts": [1, "heartbeat and step deadlines; SIGKILL"],
  "src/host/launch_worker.ts": [3, "a timer of 1 s; the heartbeat"],
  "src/host/session.ts": [1, "heartbeat, idle, step and stop timers"],
  "src/run/blame.ts": [1, "raced with the end of all work of the unit"],
  "src/run/folder.ts": [1, "a hundredth of a second, a hundred times"],
  "src/run/memory_share.ts": [1, "steps that wait for nobody; the signal"],
  "src/run/retry.ts": [1, "a timer; the run's signal"],
  "src/run/run.ts": [1, "raced with the planning, which has timers"],
  "src/run/spill.ts": [1, "a file of ours"],
  "drivers/mysql/connect.ts": [2, "the connect deadline"],
  "drivers/mysql/read/batch_queue.ts": [1, "the session's idle deadline"],
  "drivers/mysql/retry.ts": [1, "a timer; the step's signal"],
  "drivers/mysql/session.ts": [2, "idle and statement deadlines; a timer"],
  "drivers/mysql/write/infile_sender.ts": [
    1,
    "the end of the session's stream",
  ],
  "drivers/supabase/client.ts": [1, "connect, idle and statement deadlines"],
  "drivers/supabase/direct.ts": [3, "connect, idle and statement deadlines"],
  "drivers/supabase/http_sql.ts": [1, "connect, idle and statement deadlines"],
  "drivers/supabase/retry.ts": [1, "a timer; the step's signal"],
};

/** What waits for somebody else. */
const WAIT =
  /new Promise\b|withResolvers\b|(?<![\w.#]|async )fetch\(|context\.fetch\(|\.spawn\(|Command\([^]{0,600}?\.output\(|Deno\.open\(|\.lock(?:Sync)?\(|Atomics\.wait\(|Deno\.connect|createConnection\(|new PgClient\(|lockManager\(\)\.request/g;

Deno.test("whatever waits for somebody else has something that ends it", async () => {
  const found: Record<string, number> = {};
  for (const file of await sources("src", "drivers")) {
    const text = await Deno.readTextFile(join(ROOT, file));
    const code = text.replace(/^\s*(\/?\*|\/\/|import|export [{*]).*$/gm, "");
    const count = code.match(WAIT)?.length ?? 0;
    if (count > 0) found[file] = count;
  }
  const said = Object.entries(WAITS).map(([file, [count]]) => [file, count]);
  assert.deepEqual(
    found,
    Object.fromEntries(said),
    "what waits for somebody else must be in this list, with what ends it",
  );
});

/** All modules below some folders, as paths from the root. */
async function sources(...folders: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (
      const { name, isDirectory } of Deno.readDir(join(ROOT, folder))
    ) {
      const path = `${folder}/${name}`;
      if (isDirectory) files.push(...await sources(path));
      else if (name.endsWith(".ts")) files.push(path);
    }
  }
  return files;
}

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
