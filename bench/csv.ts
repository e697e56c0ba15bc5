// deno-lint-ignore-file no-console
/**
 * Reads and writes 1 M rows of CSV in this thread and says how fast:
 * `deno run -A --no-prompt bench/csv.ts [rows] [rounds]`.
 *
 * Reading includes both passes (types, then values) and the file's own bytes
 * for them, whose share is told apart; batches are dropped as they come. Writing starts from batches in memory, and its text is dropped.
 *
 * @module
 */
import { readCsv } from "../src/csv/read_csv.ts";
import type { ReadOptions } from "../src/csv/read_options.ts";
import { writeCsv } from "../src/csv/write_csv.ts";
import type { WriteOptions } from "../src/csv/write_options.ts";
import type { InputFile, OutputFile } from "../src/driver/driver.ts";
import type { Batch } from "../src/table/batch.ts";
import { csvData } from "./csv_data.ts";

const DIALECT = {
  delimiter: 44,
  quote: 34,
  escape: -1,
  comment: -1,
  skipBlankLines: true,
};

const READ: ReadOptions = {
  dialect: DIALECT,
  encoding: "utf-8",
  compression: "none",
  skipRows: 0,
  header: 0,
  onBadLines: "error",
  onSkip: () => {},
  columns: null,
  types: new Map(),
  infer: "full",
  dates: "canonical",
  dateColumns: [],
  nullTexts: [],
  limit: Infinity,
  batchRows: 8192,
};

const WRITE: WriteOptions & { compression: "none" } = {
  ...DIALECT,
  quoting: "minimal",
  newline: Uint8Array.of(10),
  binary: "hex",
  header: true,
  encoding: "utf-8",
  sortColumns: false,
  blockRows: 1000,
  compression: "none",
};

function fileOf(path: string): InputFile {
  return {
    path,
    size: null,
    canReopen: true,
    async *open({ reuse = false } = {}) {
      using file = await Deno.open(path);
      let chunk = new Uint8Array(1 << 20);
      while (true) {
        if (!reuse) chunk = new Uint8Array(1 << 20);
        const read = await file.read(chunk);
        if (read === null) return;
        yield chunk.subarray(0, read);
      }
    },
  };
}

const nowhere: OutputFile = {
  path: "nowhere.csv",
  write: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Runs `work` some times. @returns the milliseconds of each. */
async function time(
  rounds: number,
  work: () => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times;
}

function report(name: string, bytes: number, times: readonly number[]): void {
  const rates = times.map((ms) => Math.round(bytes / 1000 / ms));
  console.log(`${name}: ${Math.max(...rates)} MB/s (${rates.join(", ")})`);
}

async function main(rows: number, rounds: number): Promise<void> {
  const path = await csvData(rows);
  const { size } = await Deno.stat(path);
  const file = fileOf(path);
  console.log(`${rows} rows, ${(size / 1e6).toFixed(1)} MB`);
  const skim = async (): Promise<void> => {
    for (let pass = 0; pass < 2; pass++) {
      for await (const _ of file.open({ reuse: true }));
    }
  };
  report("file alone, twice", size, await time(rounds, skim));
  const drain = async (options: ReadOptions): Promise<void> => {
    for await (const _ of readCsv(file, options));
  };
  report("read", size, await time(rounds, () => drain(READ)));
  const asText = { ...READ, infer: "none" } as const;
  report(
    "read as text, one pass",
    size,
    await time(rounds, () => drain(asText)),
  );
  console.log(`rss ${Math.round(Deno.memoryUsage().rss / 1e6)} MB`);
  const batches: Batch[] = [];
  for await (const batch of readCsv(file, READ)) batches.push(batch);
  const table = {
    schema: () => Promise.resolve(batches[0].schema),
    async *batches() {
      yield* batches;
    },
  };
  report(
    "write",
    size,
    await time(rounds, () => writeCsv(table, nowhere, WRITE)),
  );
}

if (import.meta.main) {
  await main(Number(Deno.args[0] ?? 1_000_000), Number(Deno.args[1] ?? 5));
}
