// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Whole commands over one row, which are all start: what a step takes more for
 * being in a worker, or in a process of its own, than in the run's own thread.
 *
 * deno run -A --no-prompt bench/one_row.ts [--runs 10]
 *
 * @module
 */
import { join } from "node:path";
import { startMariadb } from "../tests/kit/mariadb.ts";
import { parseArgs } from "../src/deps/cli.ts";
import { median, race } from "./measure.ts";

const ROOT = join(import.meta.dirname!, "..");
const LEVELS = ["inline", "worker", "process"];
const runs = Number(parseArgs(Deno.args, { string: ["runs"] }).runs ?? 10);
const data = join(ROOT, "bench", ".data", "one_row");
await Deno.mkdir(data, { recursive: true });

await using server = await startMariadb();
await using db = await server.database("bench");
await db.sql("CREATE TABLE source (n INT PRIMARY KEY, text VARCHAR(20))");
await db.sql("INSERT INTO source VALUES (1, 'one')");
await db.sql("CREATE TABLE target LIKE source");
await Deno.writeTextFile(
  join(data, "osiris_connections.yaml"),
  JSON.stringify({ connections: { mysql: { bench: db.connection } } }),
  { mode: 0o600 },
);
await Deno.writeTextFile(join(data, "in.csv"), "n,text\n1,one\n");

const read = {
  id: "read",
  driver: "filesystem.csv_extractor",
  config: { path: "in.csv" },
};
const write = (step: string): object => ({
  id: "write",
  driver: "filesystem.csv_writer",
  inputs: { df: `\${${step}}` },
  config: { path: "out.csv" },
});
const connection = "@mysql.bench";
const PIPELINES: Readonly<Record<string, readonly object[]>> = {
  "CSV to CSV": [read, write("read")],
  "CSV, Arquero, CSV": [read, {
    id: "twice",
    driver: "arquero.transform",
    inputs: { df: "${read}" },
    config: { verbs: [{ derive: { twice: "d.n * 2" } }] },
  }, write("twice")],
  "MySQL to MySQL": [{
    id: "read",
    driver: "mysql.extractor",
    config: { connection, table: "source" },
  }, {
    id: "write",
    driver: "mysql.writer",
    inputs: { df: "${read}" },
    config: { connection, table: "target", write_mode: "replace" },
  }],
};

for (const [name, steps] of Object.entries(PIPELINES)) {
  const manifest = join(data, `${name.replaceAll(/\W+/g, "_")}.json`);
  await Deno.writeTextFile(
    manifest,
    JSON.stringify({ version: "1.0.0", name: "one_row", steps }),
  );
  const timings = await race(
    LEVELS.map((level) => ({
      name: level,
      command: osiris(manifest, level),
      cwd: data,
    })),
    runs,
  );
  const ms = timings.map(({ seconds }) => median(seconds) * 1000);
  console.log(
    `${name}, ${steps.length} steps, ms, median of ${runs}: ` +
      timings.map(({ name }, index) => {
        const more = (ms[index] - ms[0]) / steps.length;
        return `${name} ${ms[index].toFixed(0)}` +
          (index > 0 ? ` (+${more.toFixed(0)} a step)` : "");
      }).join(", "),
  );
}

function osiris(path: string, isolation: string): string[] {
  return [
    Deno.execPath(),
    "run",
    "-A",
    "--no-prompt",
    join(ROOT, "cli.ts"),
    "run",
    path,
    "--quiet",
    "--isolation",
    isolation,
  ];
}
