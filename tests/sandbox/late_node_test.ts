// Drivers of ours load Node's modules late, when what those are made of has been taken away.

import assert from "node:assert/strict";

Deno.test("a worker of ours can use Node's modules that it loads once it is confined, and collects its garbage", async () => {
  const worker = new Worker(new URL("./late_node.worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: "none" },
  } as unknown as WorkerOptions);
  try {
    const { text, most } = await new Promise<{ text: string; most: number }>(
      (resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      },
    );
    assert.equal(text, "late");
    assert.ok(most < 64 << 20, `${most} bytes`);
  } finally {
    worker.terminate();
  }
});
