/**
 * Small drivers for tests of the runtime: they give, change, keep and refuse
 * rows of a known shape, and do so at a known pace.
 *
 * @module
 */
import { BATCH_ROWS } from "../../../src/table/batch.ts";
import {
  defineDriver,
  type Driver,
  type StepContext,
} from "../../../src/driver/driver.ts";
import type { DriverSpec } from "../../../src/driver/spec.ts";
import { OsirisError } from "../../../src/error.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { types } from "../../../src/table/type.ts";
import { batchOf, tableOf } from "../table.ts";

const number = { type: "integer", description: "A number." };
const text = { type: "string", description: "Text." };
const flag = { type: "boolean", default: false, description: "A flag." };

function spec(
  name: string,
  mode: DriverSpec["mode"],
  properties: Record<string, unknown>,
  more: Partial<DriverSpec> = {},
): DriverSpec {
  return {
    name,
    version: "1.0.0",
    summary: "Serves a test.",
    mode,
    config: { type: "object", additionalProperties: false, properties },
    inputs: mode === "extract"
      ? { min: 0, max: 0 }
      : { min: 1, max: mode === "write" ? 1 : null },
    output: mode !== "write",
    ...more,
  };
}

/** Rows `from` to `to` (excluded): `n` counts, `text` says so in words. */
export function rowsBatch(from: number, to: number): Batch {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  return batchOf(
    ["n", types.int32, numbers],
    ["text", types.utf8, numbers.map((n) => `row ${n}`)],
  );
}

/** Config of {@linkcode rows}. */
interface RowsConfig {
  readonly rows: number;
  readonly batch: number;
  readonly from: number;
  readonly "delay_ms": number;
  readonly "fail_at"?: number;
  readonly code?: string;
  readonly "ignore_signal": boolean;
}

/** `test.rows`: gives rows, slowly if told so, and fails at one if told so. */
export const rows: Driver<RowsConfig> = defineDriver<RowsConfig>({
  spec: spec("test.rows", "extract", {
    rows: { ...number, default: 10 },
    from: { ...number, default: 0 },
    batch: { ...number, default: BATCH_ROWS },
    "delay_ms": { ...number, default: 0 },
    "fail_at": number,
    code: text,
    "ignore_signal": flag,
  }),
  async *run({ config }, context) {
    const { rows, batch, from, "delay_ms": delayMs, "fail_at": failAt } =
      config;
    const most = Math.min(rows, context.sampleRows ?? Infinity);
    if (most === 0) yield rowsBatch(0, 0);
    for (let at = 0; at < most; at += batch) {
      if (delayMs > 0) {
        await sleep(delayMs, config.ignore_signal ? undefined : context.signal);
      }
      if (failAt !== undefined && at >= failAt) throw failure(config.code);
      yield rowsBatch(from + at, from + Math.min(at + batch, most));
      context.progress(Math.min(at + batch, most));
    }
  },
});

/** Config of {@linkcode pass}. */
interface PassConfig {
  readonly "fail_at"?: number;
  readonly code?: string;
  readonly drop?: number;
  readonly account?: number;
}

/** Gives what it gets, input after input; may lose rows, with or without saying so. */
function passing(name: string, streaming: boolean): Driver<PassConfig> {
  return defineDriver<PassConfig>({
    spec: spec(name, "transform", { "fail_at": number, code: text }, {
      capabilities: { streaming },
    }),
    async *run({ config, inputs }) {
      let seen = 0;
      for (const input of Object.values(inputs)) {
        for await (const batch of input.batches()) {
          seen += batch.length;
          if (seen > (config.fail_at ?? Infinity)) throw failure(config.code);
          yield batch;
        }
      }
    },
  });
}

/** `test.pass`: takes its inputs batch by batch. */
export const pass: Driver<PassConfig> = passing("test.pass", true);

/** `test.whole`: the same, but says that it wants its inputs whole. */
export const whole: Driver<PassConfig> = passing("test.whole", false);

/** Config of a {@linkcode collector}. */
interface KeepConfig {
  readonly into: string;
  readonly "fail_at"?: number;
  readonly code?: string;
  readonly lose: number;
  readonly filtered: number;
  readonly "stop_after"?: number;
  readonly "delay_ms": number;
  readonly "rollback_ms": number;
}

/** What a {@linkcode collector} has kept. */
export interface Collector {
  readonly driver: Driver<KeepConfig>;
  /** Rows that were committed, by the name in `config.into`. */
  readonly tables: Map<string, (number | null)[]>;
  /** How often each was committed. */
  readonly commits: Map<string, number>;
}

/** `test.keep`: a writer whose target is a list of the test's own. */
export function collector(): Collector {
  const tables = new Map<string, (number | null)[]>();
  const commits = new Map<string, number>();
  const driver = defineDriver<KeepConfig>({
    spec: spec("test.keep", "write", {
      into: { ...text, default: "kept" },
      "fail_at": number,
      code: text,
      lose: { ...number, default: 0 },
      filtered: { ...number, default: 0 },
      "stop_after": number,
      "delay_ms": { ...number, default: 0 },
      "rollback_ms": { ...number, default: 0 },
    }, { capabilities: { streaming: true } }),
    async run({ config, inputs }, context) {
      const batches: Batch[] = [];
      let seen = 0;
      try {
        for await (const batch of Object.values(inputs)[0].batches()) {
          if (config.delay_ms > 0) await sleep(config.delay_ms, context.signal);
          seen += batch.length;
          if (seen > (config.fail_at ?? Infinity)) throw failure(config.code);
          batches.push(batch);
          if (seen >= (config.stop_after ?? Infinity)) break;
        }
      } catch (thrown) {
        if (config.rollback_ms > 0) await sleep(config.rollback_ms);
        throw thrown;
      }
      tables.set(config.into, tableOf(batches).n as number[]);
      commits.set(config.into, (commits.get(config.into) ?? 0) + 1);
      if (config.filtered > 0) context.account("filtered", config.filtered);
      return { rowsWritten: seen - config.lose };
    },
  });
  return { driver, tables, commits };
}

/** `test.file`: writes the numbers of its rows to a file, one a line. */
export const file: Driver<{ path: string; fail_at?: number; code?: string }> =
  defineDriver({
    spec: spec("test.file", "write", {
      path: text,
      "fail_at": number,
      code: text,
    }, {
      files: {
        target: { mode: "write", path: "{config.path}", createFolders: true },
      },
      capabilities: { streaming: true },
    }),
    async run({ config, inputs, targets }) {
      let written = 0;
      for await (const batch of Object.values(inputs)[0].batches()) {
        if (written + batch.length > (config.fail_at ?? Infinity)) {
          throw failure(config.code);
        }
        const lines = (tableOf([batch]).n ?? []).map((n) => `${n}\n`).join("");
        if (lines !== "") {
          await targets.target.write(new TextEncoder().encode(lines));
        }
        written += batch.length;
      }
      await targets.target.close();
      return { rowsWritten: written };
    },
  });

/** Config of {@linkcode since}. */
interface SinceConfig {
  readonly upto: number;
  readonly cursor?: { readonly from?: number; readonly to?: number };
}

/** `test.since`: gives the rows above what it kept, up to `upto`. */
export const since: Driver<SinceConfig> = defineDriver<SinceConfig>({
  spec: spec("test.since", "extract", {
    upto: { ...number, default: 10 },
    cursor: { type: "object", description: "Bounds.", default: {} },
  }, { capabilities: { incremental: true } }),
  async *run({ config }, context) {
    const kept = (context.state as { n?: number } | null)?.n ?? 0;
    const { from = kept, to = config.upto } = config.cursor ?? {};
    yield rowsBatch(from, to);
    context.saveState({ n: to });
  },
});

/** An error as a driver would throw it; `code` "plain" is one that isn't ours. */
export function failure(code = "sql/failed"): Error {
  if (code === "plain") return new TypeError("it is broken");
  return new OsirisError(
    code as OsirisError["code"],
    `Cannot go on: ${code}`,
    { hint: "Mend the test" },
  );
}

/** Waits; a signal cuts it short with its reason. */
export async function sleep(
  ms: number,
  signal?: StepContext["signal"],
): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => reject(signal!.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Config of {@linkcode picky}. */
interface PickyConfig {
  readonly into: string;
  readonly every: number;
}

/** `test.picky`: rejects every so many rows of what it gets, and passes on the rest. */
export const picky: Driver<PickyConfig> = defineDriver<PickyConfig>({
  spec: spec("test.picky", "transform", { every: { ...number, default: 10 } }, {
    capabilities: { streaming: true, rejects: true },
  }),
  async *run({ config, inputs }, context) {
    for await (const batch of Object.values(inputs)[0].batches()) {
      const numbers = tableOf([batch]).n as number[];
      const good: number[] = [];
      for (const n of numbers) {
        if (n % config.every !== 0) good.push(n);
        else {
          const row = { n, text: `row "${n}", bad` };
          await context.reject({ row, reason: "it is round", line: n + 1 });
        }
      }
      yield batchOf(["n", types.int32, good]);
    }
  },
});
