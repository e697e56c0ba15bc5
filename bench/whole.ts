// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Whole commands: CSV to CSV through the runtime against `@std/csv` streams,
 * a run of one row, and the sandbox against the same drivers inline.
 *
 * deno run -A --no-prompt bench/whole.ts [--rows 1000000] [--runs 3] [--big]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "../src/deps/cli.ts";
import { csvData } from "./csv_data.ts";
import { type Contender, median, race, report } from "./measure.ts";

const ROOT = join(import.meta.dirname!, "..");
const args = parseArgs(Deno.args, {
  string: ["rows", "runs"],
  boolean: ["big"],
});
const rows = Number(args.rows ?? 1_000_000);
const runs = Number(args.runs ?? 3);
const data = join(ROOT, "bench", ".data");
await Deno.mkdir(data, { recursive: true });

function manifest(name: string, steps: unknown[]): Promise<string> {
  const path = join(data, `${name}.json`);
  const text = JSON.stringify({ version: "1.0.0", name, steps });
  return Deno.writeTextFile(path, text).then(() => path);
}

const read = (path: string, config = {}) => ({
  id: "read",
  driver: "filesystem.csv_extractor",
  config: { path, ...config },
});
const write = (path: string) => ({
  id: "write",
  driver: "filesystem.csv_writer",
  inputs: { df: "${read}" },
  config: { path },
});

const osiris = (path: string, ...more: string[]): string[] => [
  Deno.execPath(),
  "run",
  "--no-prompt",
  "--unstable-worker-options",
  "--config",
  join(ROOT, "deno.json"),
  "--allow-read",
  "--allow-write",
  "--allow-env",
  join(ROOT, "cli.ts"),
  "run",
  path,
  "--quiet",
  ...more,
];
const rival = (...more: string[]): string[] => [
  Deno.execPath(),
  "run",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  join(ROOT, "bench", "rivals", "std_csv.ts"),
  ...more,
];

const source = await csvData(rows);
const one = await csvData(1);
const copy = await manifest("copy", [
  read(source),
  write(join(data, "out.csv")),
]);
const contenders: Contender[] = [
  { name: "@std/csv read", command: rival("read", source), cwd: data },
  {
    name: "osiris read",
    command: osiris(await manifest("read", [read(source)])),
    cwd: data,
  },
];
console.log(
  `${rows} rows × 10 columns, ${
    ((await Deno.stat(source)).size / 1e6).toFixed(0)
  } MB of CSV, ${runs} runs each`,
);
report(await race(contenders, runs), "@std/csv read");
report(
  await race([
    {
      name: "@std/csv copy",
      command: rival("copy", source, join(data, "rival.csv")),
      cwd: data,
    },
    { name: "osiris copy", command: osiris(copy), cwd: data },
    {
      name: "osiris copy inline",
      command: osiris(copy, "--isolation", "inline"),
      cwd: data,
    },
  ], runs),
  "@std/csv copy",
);
const single = await manifest("one", [
  read(one),
  write(join(data, "one_out.csv")),
]);
const [tiny] = await race([{
  name: "osiris one row",
  command: osiris(single),
  cwd: data,
}], 5);
console.log(`one row: ${(median(tiny.seconds) * 1000).toFixed(0)} ms`);
if (args.big) {
  const large = await csvData(rows * 10);
  const path = await manifest("big", [
    read(large),
    write(join(data, "big_out.csv")),
  ]);
  report(
    await race(
      [{ name: "osiris copy × 10", command: osiris(path), cwd: data }],
      1,
    ),
    "osiris copy × 10",
  );
}
