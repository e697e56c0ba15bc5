// Ends its thread without a word.
export default {
  spec: { name: "exits_early" },
  async *run({ config }: { config: { by: string } }) {
    const scope = self as unknown as { close(): void };
    if (config.by === "close") scope.close();
    if (config.by === "exit") Deno.exit(0);
    if (config.by === "process") {
      (await import("node:process")).exit(0);
    }
    await new Promise(() => {});
    yield null;
  },
};
