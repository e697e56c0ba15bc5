// Talks without end: in one burst or politely, in small messages or big ones.
export default {
  spec: { name: "floods" },
  // deno-lint-ignore require-yield
  async *run({ config }: { config: { by: string } }, context: {
    log(level: string, text: string): void;
    emit(name: string, facts: unknown): void;
  }) {
    const post = (self as unknown as { postMessage(m: unknown): void });
    const big = "x".repeat(1 << 20);
    for (let i = 0;; i++) {
      if (config.by === "burst") context.log("info", `line ${i}`);
      else if (config.by === "beats") post.postMessage({ t: "beat" });
      else if (config.by === "big") post.postMessage({ t: "beat", big: big + i });
      else if (config.by === "log") context.log("info", big + i);
      else {
        context.log("info", `line ${i}`);
        if (i % 100 === 0) await new Promise((go) => setTimeout(go, 0));
      }
    }
  },
};
