// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * CSV through the runtime against `@std/csv` streams, each told apart: reading
 * and writing in process and as whole commands, copying a file, the sandbox
 * against the same drivers inline, a run of one row, and memory.
 *
 * deno run -A --no-prompt bench/whole.ts [--rows 1000000] [--runs 3] [--big] [--rival FILE]
 *
 * The rival is what the runtime depends on under that name, which in a checkout
 * is the stand-in of `links/csv`; `--rival` names a file with the real one.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "../src/deps/cli.ts";
import { csvData } from "./csv_data.ts";
import {
  type Contender,
  median,
  race,
  report,
  type Timing,
} from "./measure.ts";

const ROOT = join(import.meta.dirname!, "..");
const DATA = join(ROOT, "bench", ".data");
const args = parseArgs(Deno.args, {
  string: ["rows", "runs", "rival"],
  boolean: ["big"],
});
const rows = Number(args.rows ?? 1_000_000);
const runs = Number(args.runs ?? 3);
const module = args.rival ? resolve(args.rival) : "std";
const DENO = [Deno.execPath(), "run", "--no-prompt"];

async function manifest(name: string, steps: unknown[]): Promise<string> {
  const path = join(DATA, `${name}.json`);
  const text = JSON.stringify({ version: "1.0.0", name, steps });
  await Deno.writeTextFile(path, text);
  return path;
}

const read = (path: string, config = {}) => ({
  id: "read",
  driver: "filesystem.csv_extractor",
  config: { path, ...config },
});
const write = (name: string) => ({
  id: "write",
  driver: "filesystem.csv_writer",
  inputs: { df: "${read}" },
  config: { path: join(DATA, name) },
});

/** A whole run of the runtime. */
async function osiris(
  name: string,
  steps: unknown[],
  ...more: string[]
): Promise<Contender> {
  const command = [
    ...DENO,
    "--unstable-worker-options",
    "--config",
    join(ROOT, "deno.json"),
    "--allow-read",
    "--allow-write",
    "--allow-env",
    join(ROOT, "cli.ts"),
    "run",
    await manifest(name.replaceAll(/\W+/g, "_"), steps),
    "--quiet",
    ...more,
  ];
  return { name: `osiris ${name}`, command, cwd: DATA };
}

/** A task of the rival: as a whole command, or by its own clock. */
function rival(name: string, hasOwnClock: boolean, ...task: string[]) {
  const program = join(ROOT, "bench", "rivals", "std_csv.ts");
  const config = ["--config", join(ROOT, "deno.json")];
  const command = [...DENO, ...config, "-A", program, module, ...task];
  return { name: `@std/csv ${name}`, command, cwd: DATA, hasOwnClock };
}

/** A task of our codec, in one thread and by its own clock. */
function codec(name: string, ...task: string[]): Contender {
  const command = [...DENO, "-A", join(ROOT, "bench", "csv.ts"), ...task];
  return { name: `osiris ${name}`, command, cwd: DATA, hasOwnClock: true };
}

/** How often faster than the first of some timings the others are. */
function compare([base, ...others]: readonly Timing[]): void {
  report([base, ...others], base.name);
  for (const { name, seconds } of others) {
    const ratio = median(base.seconds) / median(seconds);
    console.log(`  ${name}: ${ratio.toFixed(1)} × as fast as ${base.name}`);
  }
}

await Deno.mkdir(DATA, { recursive: true });
const source = await csvData(rows);
const { size } = await Deno.stat(source);
console.log(
  `${rows} rows × 10 columns, ${(size / 1e6).toFixed(0)} MB of CSV, ` +
    `${runs} runs each; rival: ${
      args.rival ?? "src/deps/csv.ts, a stand-in for @std/csv in a checkout"
    }`,
);

console.log("\nread, in process");
compare(
  await race([
    rival("read", true, "read", source),
    codec("read, types inferred", "read", source),
    codec("read as text", "read-text", source),
  ], runs),
);
console.log("\nread, whole command");
compare(
  await race([
    rival("read", false, "read", source),
    await osiris("read, types inferred", [read(source)]),
    await osiris("read as text", [read(source, { infer: "none" })]),
  ], runs),
);
console.log("\nwrite, in process, from tables in memory");
compare(
  await race([
    rival("write", true, "write", source),
    codec("write", "write", source),
  ], runs),
);
console.log("\ncopy, whole command");
const steps = [read(source), write("out.csv")];
const copies = await race([
  rival("copy", false, "copy", source, join(DATA, "rival.csv")),
  await osiris("copy", steps),
  await osiris("copy inline", steps, "--isolation", "inline"),
], runs);
compare(copies);
const [, sandboxed, inline] = copies.map(({ seconds }) => median(seconds));
console.log(`  sandboxed: ${(sandboxed / inline).toFixed(2)} × inline`);
const [tiny] = await race([
  await osiris("one row", [read(await csvData(1)), write("one_out.csv")]),
], 7);
console.log(`\none row: ${(median(tiny.seconds) * 1000).toFixed(0)} ms`);
if (args.big) {
  const large = await csvData(10 * rows);
  const big = await osiris("copy × 10", [read(large), write("big_out.csv")]);
  console.log("\nten times the rows");
  report(await race([big], 1), big.name);
}
