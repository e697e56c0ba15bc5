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
import { parseArgs } from "../src/deps/cli.ts";
import { startMariadb } from "../tests/kit/mariadb.ts";
import { startProject } from "../tests/kit/postgrest/project.ts";
import { closeRunFolder } from "../tests/kit/watchdog.ts";
import { serviceConnection } from "../tests/supabase/kit.ts";
import { median, race, type Timing } from "./measure.ts";
import { DATA, osiris, step, writeManifest } from "./osiris.ts";

const LEVELS = ["inline", "worker", "process"];
const runs = Number(parseArgs(Deno.args, { string: ["runs"] }).runs ?? 10);
const folder = join(DATA, "one_row");
await Deno.mkdir(folder, { recursive: true });

const readFile = step("read", "filesystem.csv_extractor", { path: "in.csv" });
const writeFile = (from: string): object =>
  step("write", "filesystem.csv_writer", { path: "out.csv" }, from);
const mysql = { connection: "@mysql.bench" };
const supabase = { connection: "@supabase.bench" };
const append = { table: "target", "write_mode": "append" };
const PIPELINES: Readonly<Record<string, readonly object[]>> = {
  "CSV to CSV": [readFile, writeFile("read")],
  "CSV, Arquero, CSV": [
    readFile,
    step(
      "twice",
      "arquero.transform",
      { verbs: [{ derive: { twice: "d.n * 2" } }] },
      "read",
    ),
    writeFile("twice"),
  ],
  "MySQL to MySQL": [
    step("read", "mysql.extractor", { ...mysql, table: "source" }),
    step("write", "mysql.writer", { ...mysql, ...append }, "read"),
  ],
  "Supabase to Supabase": [
    step("read", "supabase.extractor", { ...supabase, table: "source" }),
    step("write", "supabase.writer", { ...supabase, ...append }, "read"),
  ],
};

try {
  await using server = await startMariadb();
  await using db = await server.database("bench");
  await db.sql("CREATE TABLE source (n INT, text VARCHAR(20))");
  await db.sql("INSERT INTO source VALUES (1, 'one')");
  await db.sql("CREATE TABLE target LIKE source");
  await using project = await startProject({
    sql: `CREATE TABLE source (n int PRIMARY KEY, text text);
      CREATE TABLE target (n int, text text); INSERT INTO source VALUES (1, 'one')`,
  });
  await Deno.writeTextFile(join(folder, "in.csv"), "n,text\n1,one\n");
  await Deno.writeTextFile(
    join(folder, "osiris_connections.yaml"),
    JSON.stringify({
      connections: {
        mysql: { bench: db.connection },
        supabase: { bench: serviceConnection(project) },
      },
    }),
    { mode: 0o600 },
  );
  for (const [name, steps] of Object.entries(PIPELINES)) {
    tell(name, steps.length, await timed(name, steps));
  }
} finally {
  await closeRunFolder();
}

async function timed(
  name: string,
  steps: readonly object[],
): Promise<Timing[]> {
  const path = await writeManifest(folder, name.replaceAll(/\W+/g, "_"), steps);
  const contenders = LEVELS.map((level) => ({
    name: level,
    command: osiris(path, "--isolation", level),
    cwd: folder,
  }));
  return await race(contenders, runs);
}

/** Prints what each level takes, and how much that is more for a step than in the run's own thread. */
function tell(name: string, steps: number, timings: readonly Timing[]): void {
  const ms = timings.map(({ seconds }) => median(seconds) * 1000);
  const told = LEVELS.map((level, index) => {
    const more = ((ms[index] - ms[0]) / steps).toFixed(0);
    return `${level} ${ms[index].toFixed(0)}` +
      (index > 0 ? ` (+${more} a step)` : "");
  });
  console.log(
    `${name}, ${steps} steps, ms, median of ${runs}: ${told.join(", ")}`,
  );
}
