/**
 * Runs a driver object in this thread, as the host would run it in a worker:
 * config checked and filled in by its own schema, files opened, batches handed
 * over, and all it says recorded.
 */
import type {
  Driver,
  InputFile,
  Json,
  LogLevel,
  OutputFile,
  RowReason,
  StepContext,
  StepReport,
  TableInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { checkSchema } from "../../src/schema/check.ts";
import { type Batch, checkBatch } from "../../src/table/batch.ts";

/** What a driver is run with. */
export interface DriveOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Batches by input name. */
  readonly inputs?: Readonly<
    Record<string, Iterable<Batch> | AsyncIterable<Batch>>
  >;
  readonly values?: Readonly<Record<string, Json>>;
  /** By the name in `spec.files`: a path, the bytes themselves, or a file of the test's own. */
  readonly sources?: Readonly<Record<string, string | Uint8Array | InputFile>>;
  /** By the name in `spec.files`: a path, or null to collect the bytes. */
  readonly targets?: Readonly<Record<string, string | null>>;
  /** Bytes a source gives at once; 1 MiB unless told. */
  readonly chunkBytes?: number;
  /** Whether sources can be read again; true unless told. */
  readonly canReopen?: boolean;
  readonly context?: Partial<StepContext>;
}

/** What a driver did. */
export interface Driven {
  readonly batches: Batch[];
  /** What a writer returned. */
  readonly report: StepReport | null;
  /** Bytes written to targets without a path. */
  readonly written: Record<string, Uint8Array>;
  readonly logs: { level: LogLevel; message: string }[];
  readonly events: { name: string; facts: Readonly<Record<string, Json>> }[];
  readonly metrics: { name: string; value: number; unit: string }[];
  readonly accounted: Partial<Record<RowReason, number>>;
  /** Last value of `saveState`. */
  state: Json;
}

/** Runs a driver to its end. @throws what the driver throws; `config/invalid` for its config. */
export async function drive<Config>(
  driver: Driver<Config>,
  options: DriveOptions = {},
): Promise<Driven> {
  const driven: Driven = {
    batches: [],
    report: null,
    written: {},
    logs: [],
    events: [],
    metrics: [],
    accounted: {},
    state: null,
  };
  const ended = driver.run({
    config: checkedConfig(driver, options.config ?? {}),
    connection: options.connection ?? null,
    inputs: mapValues(options.inputs ?? {}, tableInput),
    values: options.values ?? {},
    sources: mapValues(
      options.sources ?? {},
      (source) => inputFile(source, options),
    ),
    targets: mapValues(
      options.targets ?? {},
      (path, name) => outputFile(path, name, driven.written),
    ),
  }, contextOf(driven, options.context));
  if (!(Symbol.asyncIterator in ended)) {
    return { ...driven, report: await ended };
  }
  for await (const batch of ended) {
    checkBatch(batch, driven.batches[0]?.schema ?? batch.schema, true);
    driven.batches.push(batch);
  }
  return driven;
}

/** Makes a table input of batches. */
export function tableInput(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
): TableInput {
  const source = Symbol.asyncIterator in batches
    ? batches[Symbol.asyncIterator]()
    : batches[Symbol.iterator]();
  let first: Promise<IteratorResult<Batch>> | undefined;
  const begin = (): Promise<IteratorResult<Batch>> =>
    first ??= Promise.resolve(source.next());
  const input: TableInput = {
    async schema() {
      return (await begin()).value.schema;
    },
    gather: () => Array.fromAsync(input.batches()),
    async *batches() {
      try {
        for (
          let next = await begin();
          !next.done;
          next = await source.next()
        ) yield next.value;
      } finally {
        await source.return?.();
      }
    },
  };
  return input;
}

function checkedConfig<Config>(
  driver: Driver<Config>,
  config: unknown,
): Config {
  const { value, faults } = checkSchema(driver.spec.config, config, "config");
  if (faults.length > 0) {
    throw new OsirisError(
      "config/invalid",
      `Cannot run "${driver.spec.name}": ${faults[0].path} ${
        faults[0].message
      }`,
      { faults },
    );
  }
  return value as Config;
}

function inputFile(
  source: string | Uint8Array | InputFile,
  { chunkBytes = 1 << 20, canReopen = true }: DriveOptions,
): InputFile {
  if (typeof source === "object" && "open" in source) return source;
  let isOpened = false;
  return {
    path: typeof source === "string" ? source : "memory",
    size: typeof source === "string"
      ? Deno.statSync(source).size
      : source.length,
    canReopen,
    async *open({ reuse = false } = {}) {
      if (isOpened && !canReopen) throw new Error("opened twice");
      isOpened = true;
      if (typeof source !== "string") {
        for (let at = 0; at < source.length; at += chunkBytes) {
          const chunk = source.slice(at, at + chunkBytes);
          yield chunk as Uint8Array<ArrayBuffer>;
          // As when its memory is used again: what was kept of it is spoilt.
          if (reuse) chunk.fill(0xaa);
        }
        return;
      }
      using file = await Deno.open(source);
      while (true) {
        const chunk = new Uint8Array(chunkBytes);
        const read = await file.read(chunk);
        if (read === null) return;
        yield chunk.subarray(0, read);
      }
    },
  };
}

function outputFile(
  path: string | null,
  name: string,
  written: Record<string, Uint8Array>,
): OutputFile {
  const chunks: Uint8Array[] = [];
  const file = path === null ? null : Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  return {
    path: path ?? "memory",
    async write(chunk) {
      // As between threads: the chunk is the receiver's from now on.
      const own = chunk.subarray().length === chunk.buffer.byteLength
        ? new Uint8Array(chunk.buffer.transfer())
        : structuredClone(chunk, { transfer: [chunk.buffer] });
      if (file === null) chunks.push(own);
      else {
        for (let at = 0; at < own.length;) {
          at += await file.write(own.subarray(at));
        }
      }
    },
    // deno-lint-ignore require-await -- the contract is a promise
    async close() {
      file?.close();
      if (file === null) written[name] = concat(chunks);
    },
  };
}

/** All chunks as one. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(
    chunks.reduce((total, { length }) => total + length, 0),
  );
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function contextOf(
  driven: Driven,
  more: Partial<StepContext> = {},
): StepContext {
  return {
    step: "step",
    signal: new AbortController().signal,
    sampleRows: null,
    state: null,
    committed: null,
    deadlines: { connectMs: 5000, idleMs: 30_000, statementMs: null },
    log: (level, message) => void driven.logs.push({ level, message }),
    emit: (name, facts = {}) => void driven.events.push({ name, facts }),
    measure: (name, value, unit) =>
      void driven.metrics.push({ name, value, unit }),
    progress: () => {},
    account: (reason, rows) => {
      driven.accounted[reason] = (driven.accounted[reason] ?? 0) + rows;
    },
    canReject: false,
    reject: ({ reason }) => Promise.reject(new Error(reason)),
    beforeCommit: () => Promise.resolve(),
    afterCommit: () => Promise.resolve(),
    saveState: (state) => void (driven.state = state),
    fetch,
    ...more,
  };
}

function mapValues<In, Out>(
  map: Readonly<Record<string, In>>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, change(value, key)]),
  );
}
