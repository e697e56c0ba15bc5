// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * The levels of isolation side by side: what it costs to start a step's
 * sandbox, and how long a copy of CSV takes through worker and process.
 *
 * deno run -A --no-prompt bench/isolation.ts [--starts 15] [--rows 1000000] [--runs 3]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "../src/deps/cli.ts";
import { childEnvironment } from "../src/host/child_command.ts";
import { launchProcess } from "../src/host/launch_process.ts";
import { launchWorker } from "../src/host/launch_worker.ts";
import type { Sandbox } from "../src/host/sandbox.ts";
import { csvData } from "./csv_data.ts";
import { median, race, report } from "./measure.ts";
import { DATA, osiris, step, writeManifest } from "./osiris.ts";

const ROOT = join(import.meta.dirname!, "..");
const args = parseArgs(Deno.args, { string: ["starts", "rows", "runs"] });
await Deno.mkdir(DATA, { recursive: true });

/** What a worker boots with, and the driver's module by itself. */
const BOOTS = {
  "filesystem.csv_extractor": ["drivers/filesystem/csv_extractor"],
  "arquero.transform": ["drivers/arquero/transform"],
  "mysql.extractor": ["drivers/mysql/extractor"],
  "supabase.extractor": ["drivers/supabase/extractor"],
  "a driver of one's own": ["src/worker/module", "driver"],
};

await starts(Number(args.starts ?? 15));
await copies(Number(args.rows ?? 1_000_000), Number(args.runs ?? 3));
Deno.exit(0);

/**
 * Times from the wish for a sandbox to its first sign of life; beside them what
 * a plain `deno run` of the driver's module takes, which is what no isolation
 * could be quicker than.
 */
async function starts(runs: number): Promise<void> {
  const environment = childEnvironment();
  await environment; // once a run, not once a step
  const empty = join(DATA, "empty.js");
  await Deno.writeTextFile(empty, "");
  const bare: number[] = [];
  const found = Object.keys(BOOTS).map((name) => ({
    name,
    plain: [] as number[],
    worker: [] as number[],
    process: [] as number[],
  }));
  for (let round = 0; round <= runs; round++) {
    const noted = (list: number[], ms: number) => round > 0 && list.push(ms);
    noted(bare, await bareRun(empty));
    for (const { name, plain, worker, process } of found) {
      const [path, alone = path] = BOOTS[name as keyof typeof BOOTS];
      noted(plain, await bareRun(join(ROOT, `${alone}.ts`), ROOT));
      const boot = new URL(`../${path}.worker.ts`, import.meta.url);
      const launch = {
        name,
        boot,
        permissions: { net: [], read: [], write: [] },
      };
      noted(worker, await untilAlive(() => launchWorker(launch)));
      const limits = { memoryMb: null, cpuS: null };
      noted(
        process,
        await untilAlive(() =>
          launchProcess({
            ...launch,
            sources: [],
            partials: [],
            limits,
            environment,
          })
        ),
      );
    }
  }
  console.log(
    `starts in ms, median (least) of ${runs}, in turn; a bare \`deno run\` of an empty file: ${
      shown(bare)
    }`,
  );
  for (const { name, plain, worker, process } of found) {
    console.log(
      `${name.padEnd(26)} plain ${shown(plain)}  worker ${shown(worker)}  ` +
        `process ${shown(process)}  over plain ${
          (median(process) - median(plain)).toFixed(0)
        }`,
    );
  }
}

function shown(ms: readonly number[]): string {
  return `${median(ms).toFixed(0).padStart(4)} (${Math.min(...ms).toFixed(0)})`;
}

/** A whole `deno run` of a file. @param project Whose config and lock file hold; none when left out. */
async function bareRun(file: string, project?: string): Promise<number> {
  const flags = project === undefined ? ["--no-config", "--no-lock"] : [];
  const startedAt = performance.now();
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, file],
    stdin: "null",
  }).output();
  return performance.now() - startedAt;
}

async function untilAlive(open: () => Sandbox): Promise<number> {
  const startedAt = performance.now();
  const sandbox = open();
  const ms = await new Promise<number>((resolve, reject) =>
    sandbox.listen((message) => {
      if ((message as { t: string }).t === "alive") {
        resolve(performance.now() - startedAt);
      }
    }, reject)
  );
  await sandbox.stop();
  return ms;
}

/** Whole commands that copy many rows; `one_row.ts` has what they take of it to start. */
async function copies(rows: number, runs: number): Promise<void> {
  const source = await csvData(rows);
  const path = await writeManifest(DATA, `isolation_${rows}`, [
    step("read", "filesystem.csv_extractor", { path: source }),
    step(
      "write",
      "filesystem.csv_writer",
      { path: join(DATA, "isolation_out.csv") },
      "read",
    ),
  ]);
  const { size } = await Deno.stat(source);
  const megabytes = (size / 1e6).toFixed(1);
  console.log(`CSV to CSV, ${rows} rows, ${megabytes} MB, ${runs} runs each`);
  const levels = ["worker", "process"].map((name) => ({
    name,
    command: osiris(path, "--isolation", name),
    cwd: DATA,
  }));
  report(await race(levels, runs), "worker");
}
