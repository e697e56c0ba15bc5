// Streams over ports: nothing is lost, nothing floods, and every end is heard.

import assert from "node:assert/strict";
import { BatchReceiver, BatchSender } from "../../src/channel/batches.ts";
import { CREDITS, Receiver, Sender } from "../../src/channel/credit.ts";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { runChild } from "../kit/run_child.ts";
import { failureOf, runModules } from "../kit/sandbox.ts";
import { batchOf } from "../kit/table.ts";
import { tempDir } from "../kit/temp.ts";

const never = new AbortController().signal;
const turn = () => new Promise((go) => setTimeout(go, 0));

/** Waits until a port has taken out so many messages. */
async function heardOf(port: MessagePort, messages: number): Promise<void> {
  const hear = port.onmessage!;
  let heard = 0;
  port.onmessage = (event) => {
    heard++;
    return hear.call(port, event);
  };
  for (let i = 0; heard < messages; i++) {
    assert.ok(i < 1000, `${heard} messages came`);
    await turn();
  }
}

async function read(receiver: Receiver): Promise<unknown[]> {
  return await Array.fromAsync(receiver);
}

Deno.test("what is said right before the end arrives, a thousand times", async () => {
  for (let i = 0; i < 1000; i++) {
    const { port1, port2 } = new MessageChannel();
    const sender = new Sender(port1, never);
    const items = read(new Receiver(port2, never));
    for (let n = 0; n < i % 7; n++) await sender.send(n);
    sender.end(i);
    assert.deepEqual(await items, Array.from({ length: i % 7 }, (_, n) => n));
  }
});

Deno.test("an error that ends a stream arrives with its code", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, never);
  const items = read(new Receiver(port2, never));
  await sender.send(1);
  sender.fail(new OsirisError("data/ragged", "Cannot read: row 7"));
  await assert.rejects(items, { code: "data/ragged" });
});

Deno.test("a sender waits when its credits are used up", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, never);
  const items = new Receiver(port2, never)[Symbol.asyncIterator]();
  let sent = 0;
  const sending = (async () => {
    for (; sent < 20; sent++) await sender.send(sent);
    sender.end(20);
  })();
  await turn();
  assert.equal(sent, CREDITS);
  for (let i = 0; i < 20; i++) assert.equal((await items.next()).value, i);
  await sending;
  assert.equal((await items.next()).done, true);
});

Deno.test("a sender that goes past its credits is cut off", async () => {
  const { port1, port2 } = new MessageChannel();
  const receiver = new Receiver(port2, never);
  for (let v = 0; v < 50; v++) port1.postMessage({ t: "item", v });
  // What is read before it has heard one too many is within the credits.
  await heardOf(port2, CREDITS + 1);
  await assert.rejects(read(receiver), { code: "driver/flooded" });
  port1.close();
});

for (
  const message of [
    null,
    "end",
    { t: "stop" },
    { t: "end", count: "many" },
    { t: "end", count: 1.5 },
  ]
) {
  Deno.test(`a receiver refuses ${JSON.stringify(message)}`, async () => {
    const { port1, port2 } = new MessageChannel();
    const items = read(new Receiver(port2, never));
    port1.postMessage(message);
    await assert.rejects(items, { code: "driver/protocol" });
    port1.close();
  });
}

Deno.test("a receiver that stops reading stops the sender", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, never);
  const sending = (async () => {
    for (let n = 0;; n++) await sender.send(n);
  })();
  for await (const item of new Receiver(port2, never)) {
    if (item === 5) break;
  }
  await assert.rejects(sending, { code: "step/cancelled" });
});

Deno.test("a receiver can't grant more credits than it holds", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, never);
  port2.onmessage = () => {};
  for (let i = 0; i < 1000; i++) port2.postMessage({ t: "credit" });
  await new Promise((go) => setTimeout(go, 100));
  let sent = 0;
  (async () => {
    for (;; sent++) await sender.send(sent);
  })().catch(() => {});
  await turn();
  assert.equal(sent, CREDITS);
  port1.close();
  port2.close();
});

for (const side of ["sender", "receiver"] as const) {
  Deno.test(`a ${side} that waits is woken when its step is stopped`, async () => {
    const { port1, port2 } = new MessageChannel();
    const stop = new AbortController();
    const waiting = side === "receiver"
      ? read(new Receiver(port2, stop.signal))
      : (async () => {
        const sender = new Sender(port1, stop.signal);
        for (;;) await sender.send(0);
      })();
    setTimeout(() => stop.abort(new OsirisError("run/interrupted", "stop")));
    await assert.rejects(waiting, { code: "run/interrupted" });
    port1.close();
    port2.close();
  });
}

Deno.test("a sender that has ended without ending its stream is not waited for", async () => {
  const { port1, port2 } = new MessageChannel();
  const receiver = new Receiver(port2, never);
  const items = read(receiver);
  await new Sender(port1, never).send(1);
  receiver.expectEnd();
  await assert.rejects(items, { code: "driver/protocol" });
  port1.close();
});

Deno.test("a slow receiver gets all of a sender that has ended long before", async () => {
  const { port1, port2 } = new MessageChannel();
  const receiver = new Receiver(port2, never);
  const sender = new Sender(port1, never);
  for (let n = 0; n < CREDITS; n++) await sender.send(n);
  sender.end(CREDITS);
  receiver.expectEnd();
  await new Promise((go) => setTimeout(go, 1200));
  assert.equal((await read(receiver)).length, CREDITS);
});

/** Sends what `say` says over a port on which a table is expected. */
async function readTable(
  say: (port: MessagePort) => void,
): Promise<readonly Batch[]> {
  const { port1, port2 } = new MessageChannel();
  const receiver = new BatchReceiver(port2, never, true, "liar");
  say(port1);
  try {
    return await Array.fromAsync(receiver.batches());
  } finally {
    port1.close();
  }
}

const batch = () => batchOf(["n", types.int32, [1, 2, 3]]);

Deno.test("a table whose end counts other rows than came is refused", async () => {
  const table = readTable((port) => {
    const { schema, length, columns } = batch();
    port.postMessage({ t: "item", v: { schema, length, columns } });
    port.postMessage({ t: "end", count: 4 });
  });
  await assert.rejects(table, { code: "data/count-mismatch" });
});

Deno.test("a table without a batch is its producer's fault", async () => {
  const table = readTable((port) => port.postMessage({ t: "end", count: 0 }));
  await assert.rejects(table, { code: "driver/protocol", step: "liar" });
});

Deno.test("memory that its sender can still change is refused", async () => {
  const table = readTable((port) => {
    const { schema, length, columns } = batch();
    const data = new Int32Array(new SharedArrayBuffer(12));
    port.postMessage({
      t: "item",
      v: { schema, length, columns: [{ ...columns[0], data }] },
    });
  });
  await assert.rejects(table, { code: "driver/protocol", step: "liar" });
});

Deno.test("a sender refuses a batch of other columns than before", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new BatchSender(port1, never);
  const items = new BatchReceiver(port2, never, false).batches();
  await sender.send(batch());
  await assert.rejects(
    sender.send(batchOf(["m", types.int32, [1]])),
    { code: "driver/protocol" },
  );
  await items.next();
  await items.return();
  port1.close();
});

Deno.test("a batch that may be used again is gone when the next is asked for", async () => {
  const { port1, port2 } = new MessageChannel();
  const sender = new BatchSender(port1, never);
  const items = new BatchReceiver(port2, never, true).batches({ reuse: true });
  await sender.send(batch());
  await sender.send(batch());
  sender.end();
  const first = (await items.next()).value!;
  assert.notEqual(first.columns[0].data.length, 0);
  const second = (await items.next()).value!;
  assert.equal(first.columns[0].data.length, 0);
  assert.notEqual(second.columns[0].data.length, 0);
  assert.equal((await items.next()).done, true);
});

Deno.test("a fast reader before a slow writer does not fill the memory", async () => {
  await using folder = await tempDir("channel-");
  const { report } = await runChild([
    // 600 MB in batches of 1 MB, which take longer to write than to make
    { driver: "good_source", config: { batches: 600, rows: 250_000 } },
    { driver: "good_sink", mode: "write", config: { delay_ms: 10 } },
  ], folder.path);
  assert.equal(report.status, "success", report.error?.code);
  assert.equal(report.totalRows, 150_000_000);
  // The program itself takes about 150 MB of it; unheld, the rows take 300 more.
  const { peakRssBytes } = report;
  assert.ok(peakRssBytes < 300e6, `${Math.round(peakRssBytes / 1e6)} MB`);
});

Deno.test("a writer that can't keep up with a dying reader hears of its death", async () => {
  await using folder = await tempDir("channel-");
  const result = await runModules([
    { driver: "dies_mid_table", config: { by: "throw" } },
    { driver: "good_sink", mode: "write", config: { delay_ms: 200 } },
  ], folder.path);
  assert.equal(failureOf(result).step, "dies_mid_table");
});
