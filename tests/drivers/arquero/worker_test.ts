import assert from "node:assert/strict";

Deno.test("arquero.transform runs in a worker that may do nothing", async () => {
  const worker = new Worker(new URL("./bare.worker.ts", import.meta.url), {
    type: "module",
    deno: {
      permissions: {
        read: false,
        write: false,
        net: false,
        env: false,
        sys: false,
        run: false,
        ffi: false,
        import: false,
      },
    },
  });
  try {
    const result = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    assert.deepEqual(result, { country: ["CZ", "DE"], total: [4n, 2n] });
  } finally {
    worker.terminate();
  }
});
