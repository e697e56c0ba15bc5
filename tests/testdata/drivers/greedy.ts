// Takes more and more: heap, buffers, or the processor.
export default {
  spec: { name: "greedy" },
  // deno-lint-ignore require-yield
  async *run({ config }: { config: { by: string } }) {
    const kept: unknown[] = [];
    for (let i = 0;; i++) {
      if (config.by === "heap") kept.push(Array.from({ length: 10_000 }, Math.random));
      if (config.by === "buffers") kept.push(new Uint8Array(1 << 20).fill(i));
      if (config.by === "cpu" && i % 1e7 === 0) await new Promise((go) => setTimeout(go, 0));
    }
  },
};
