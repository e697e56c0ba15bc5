// deno-lint-ignore-file no-console
/**
 * Reads and writes CSV in this thread:
 * `deno run -A --no-prompt bench/csv.ts read|read-text|write FILE [rounds]`
 * prints the seconds of each round, without the start of the program.
 *
 * `read` finds the types first, in a pass of its own; `read-text` takes all for
 * text, as readers of strings do. Batches are dropped as they come. `write`
 * starts from batches in memory, and its text is dropped.
 *
 * @module
 */
import { readCsv } from "../src/csv/read_csv.ts";
import type { ReadOptions } from "../src/csv/read_options.ts";
import { writeCsv } from "../src/csv/write_csv.ts";
import type { WriteOptions } from "../src/csv/write_options.ts";
import type { InputFile, OutputFile } from "../src/driver/driver.ts";
import type { Batch } from "../src/table/batch.ts";

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

async function readAll(path: string, infer: "full" | "none"): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of readCsv(fileOf(path), { ...READ, infer })) {
    batches.push(batch);
  }
  return batches;
}

/** What is timed, once made ready. */
async function workOf(
  task: string,
  path: string,
): Promise<() => Promise<unknown>> {
  const infer = task === "read-text" ? "none" : "full";
  if (task !== "write") {
    return async () => {
      for await (const _ of readCsv(fileOf(path), { ...READ, infer }));
    };
  }
  const batches = await readAll(path, infer);
  const table = {
    schema: () => Promise.resolve(batches[0].schema),
    async *batches() {
      yield* batches;
    },
    gather: () => Promise.resolve(batches),
  };
  return () => writeCsv(table, nowhere, WRITE);
}

if (import.meta.main) {
  const [task, path, rounds = "1"] = Deno.args;
  const work = await workOf(task, path);
  for (let round = 0; round < Number(rounds); round++) {
    const startedAt = performance.now();
    await work();
    console.log((performance.now() - startedAt) / 1000);
  }
}
