// Peers that say nothing, one after the other: no run waits for any of them for ever.
import assert from "node:assert/strict";
import type { Driver } from "../../src/driver/driver.ts";
import { command } from "../kit/command.ts";
import { sleep } from "../kit/run/drivers.ts";
import { type RunBench, runBench, step } from "../kit/run/run.ts";

const IDLE = { manifest: { deadlines: { idle: "3s" } } };
/** The idle deadline and a while, also on a busy machine: without it the wait has no end. */
const SOON_MS = 30_000;

/** An extractor that waits as `wait` does, deaf to its signal. */
function waiting(
  wait: Driver["run"],
  files: Driver["spec"]["files"] = {},
): Driver {
  return {
    spec: {
      name: "test.waiting",
      version: "1.0.0",
      summary: "Waits.",
      mode: "extract",
      config: {
        type: "object",
        additionalProperties: false,
        properties: {
          path: { type: "string", description: "Path." },
          host: { type: "string", description: "host:port" },
        },
      },
      inputs: { min: 0, max: 0 },
      output: true,
      files,
      needs: { net: ["{config.host}"] },
    },
    run: wait,
  };
}

async function expectTimeout(
  bench: RunBench,
  driver: Driver,
  config: object = {},
): Promise<void> {
  const started = performance.now();
  const { error } = await bench.run([
    step("a", "waiting", config),
    step("b", "keep", {}, "a"),
  ], { ...IDLE, drivers: { "test.waiting": driver } });
  assert.equal(error!.code, "step/timeout", error!.message);
  assert.equal(error!.step, "a");
  assert.ok(performance.now() - started < SOON_MS);
  assert.equal(bench.kept.tables.size, 0);
}

/** A server that answers as `answer` says, then nothing. */
function silentServer(answer: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      held.push(connection);
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(answer));
    }
  })().catch(() => {}); // closed
  return {
    host: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      held.forEach((connection) => connection.close());
      await serving;
    },
  };
}

const fetching = waiting(async function* ({ config }, context) {
  const response = await context.fetch(`http://${config.host}/`);
  await response.text();
  yield* [];
});

/** Every peer that can fall silent, by what it does. */
const PEERS: Record<string, (bench: RunBench) => Promise<void>> = {
  "a driver that waits for nothing": (bench) =>
    expectTimeout(
      bench,
      waiting(async function* () {
        await new Promise(() => {});
        yield* [];
      }),
    ),
  "a server that says nothing": (bench) => expectDeaf(bench, ""),
  "a server that stops in its headers": (bench) =>
    expectDeaf(bench, "HTTP/1.1 200 OK\r\nContent-"),
  "a server that stops in its body": (bench) =>
    expectDeaf(bench, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
  "a pipe that nobody writes to": async (bench) => {
    const path = bench.folder.file("pipe");
    await command("sh", ["-c", `mkfifo '${path}'`]);
    const reading = waiting(
      async function* ({ sources }) {
        for await (const _ of sources.source.open()) { /* never comes */ }
        yield* [];
      },
      { source: { mode: "read", path: "{config.path}" } },
    );
    await Promise.all([
      expectTimeout(bench, reading, { path: "pipe" }),
      openLater(path),
    ]);
  },
};

async function expectDeaf(bench: RunBench, answer: string): Promise<void> {
  await using server = silentServer(answer);
  await expectTimeout(bench, fetching, { host: server.host });
}

/** Opens a pipe from both sides in the end, so that no thread stays in its opening. */
async function openLater(path: string): Promise<void> {
  await sleep(4500);
  const file = await Deno.open(path, { read: true, write: true });
  await sleep(500);
  file.close();
}

Deno.test("no run waits for ever, whoever falls silent", async (t) => {
  // At once, since each takes seconds.
  const peers = Object.entries(PEERS).map(async ([name, peer]) => {
    await using bench = await runBench();
    await peer(bench);
    return name;
  });
  for (const [index, name] of Object.keys(PEERS).entries()) {
    await t.step(name, async () => void await peers[index]);
  }
});

Deno.test("a step that moves, however slowly, is waited for", async () => {
  await using bench = await runBench();
  const { status, error } = await bench.run([
    step("a", "rows", { rows: 4, batch: 1, "delay_ms": 1200 }),
    step("b", "whole", {}, "a"),
    step("c", "keep", { "delay_ms": 1200 }, "b"),
  ], IDLE);
  assert.equal(status, "success", `${error?.message}`);
});
