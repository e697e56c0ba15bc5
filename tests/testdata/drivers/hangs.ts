// Never gives its thread back.
export default {
  spec: { name: "hangs" },
  // deno-lint-ignore require-yield
  async *run({ config }: { config: { by?: string } }) {
    if (config.by === "atomics") {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    for (;;);
  },
};
