/**
 * An extractor for tests of runs in real workers: rows at a pace, with the
 * faults that its config asks for.
 *
 * @module
 */

interface Config {
  readonly rows: number;
  readonly batch: number;
  readonly "delay_ms": number;
  readonly fault: "none" | "deaf" | "busy" | "slow_undo";
}

function batchOf(from: number, to: number) {
  const data = Int32Array.from({ length: to - from }, (_, i) => from + i);
  const type = { kind: "int", bits: 32, signed: true };
  return {
    schema: { fields: [{ name: "n", type, nullable: false }] },
    length: data.length,
    columns: [{
      type,
      length: data.length,
      nullCount: 0,
      validity: null,
      data,
      offsets: null,
    }],
  };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export default {
  spec: {
    name: "test.slow_source",
    version: "1.0.0",
    summary: "Gives rows at a pace.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        rows: { type: "integer", default: 100, description: "Rows." },
        batch: { type: "integer", default: 1, description: "Rows at once." },
        "delay_ms": { type: "integer", default: 10, description: "Pace." },
        fault: {
          enum: ["none", "deaf", "busy", "slow_undo"],
          default: "none",
          description: "What it does when it is told to stop.",
        },
      },
    },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run(
    { config }: { config: Config },
    { signal, emit }: { signal: AbortSignal; emit(name: string): void },
  ) {
    const { rows, batch, delay_ms: delayMs, fault } = config;
    if (fault !== "none") emit("under_way");
    try {
      for (let at = 0; at < rows; at += batch) {
        await pause(delayMs);
        signal.throwIfAborted();
        yield batchOf(at, Math.min(at + batch, rows));
      }
    } finally { // also when it is stopped while it waits for its reader
      if (signal.aborted) {
        if (fault === "busy") { for (;;); }
        if (fault === "deaf") await pause(600_000);
        if (fault === "slow_undo") await pause(1500);
      }
    }
  },
};
