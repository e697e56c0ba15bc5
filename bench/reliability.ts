/**
 * Reliability in figures: time to stop, what resuming saves, what parallel
 * branches gain, and memory under a budget. Run by hand; brings its own MariaDB.
 *
 * deno run -A --no-prompt bench/reliability.ts [--only stop-csv|stop-mysql|resume|parallel|memory]
 *   [--times 100] [--rows 1000000] [--gigabytes 2] [--budget 64MiB --budget 256MiB]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "../src/deps/cli.ts";
import { startMariadb } from "../tests/kit/mariadb.ts";
import { csvData } from "./csv_data.ts";
import { interrupts } from "./reliability/interrupts.ts";
import { memory } from "./reliability/memory.ts";
import { DATA, osiris, step, writeManifest } from "./osiris.ts";
import { parallel } from "./reliability/parallel.ts";
import { resume } from "./reliability/resume.ts";

const args = parseArgs(Deno.args, {
  string: ["only", "times", "rows", "gigabytes", "budget"],
  collect: ["budget"],
});
const times = Number(args.times ?? 100);
const rows = Number(args.rows ?? 1_000_000);
const budgets = args.budget.length > 0 ? args.budget : ["64MiB", "256MiB"];
const wants = (part: string): boolean => (args.only ?? part) === part;

if (wants("stop-csv")) await stopCsv();
if (wants("stop-mysql")) await withMysql("stop", stopMysql);
if (wants("resume")) await resume(rows);
if (wants("parallel")) {
  await withMysql("parallel", (folder) => parallel(folder, rows / 2));
}
if (wants("memory")) await memory(budgets, Number(args.gigabytes ?? 2));

function save(from: string): object {
  return step("write", "filesystem.csv_writer", { path: "out.csv" }, from);
}

async function stopCsv(): Promise<void> {
  const folder = join(DATA, "stop_csv");
  try {
    const path = await writeManifest(folder, "csv", [
      step("read", "filesystem.csv_extractor", { path: await csvData(rows) }),
      save("read"),
    ]);
    await interrupts(
      { name: "CSV to CSV", command: osiris(path), cwd: folder },
      times,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function stopMysql(folder: string): Promise<void> {
  const path = await writeManifest(folder, "mysql", [
    step("read", "mysql.extractor", {
      connection: "@mysql.bench",
      query:
        `SELECT seq AS id, seq / 7 AS amount, CONCAT('Customer ', seq) AS name,
        '2020-01-01' + INTERVAL seq SECOND AS at FROM seq_1_to_${rows * 2}`,
    }),
    save("read"),
  ]);
  await interrupts(
    { name: "MySQL to CSV", command: osiris(path), cwd: folder },
    times,
  );
}

/** A folder whose `@mysql.bench` is a private server. */
async function withMysql(
  name: string,
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = join(DATA, name);
  await Deno.mkdir(folder, { recursive: true });
  await using server = await startMariadb();
  await using db = await server.database("bench");
  try {
    await Deno.writeTextFile(
      join(folder, "osiris_connections.yaml"),
      JSON.stringify({ connections: { mysql: { bench: db.connection } } }),
      { mode: 0o600 },
    );
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
