// Says to the host whatever its config says, then waits.
export default {
  spec: { name: "forges" },
  async *run({ config }: { config: { say: unknown[] } }) {
    const scope = self as unknown as { postMessage(m: unknown): void };
    for (const message of config.say) scope.postMessage(message);
    await new Promise(() => {});
    yield null;
  },
};
