// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Whole commands with Supabase against a plain supabase-js loop: a table read
 * in full past the API's cap of 1000 rows into CSV, and CSV appended over REST
 * and by COPY. Every step runs in its sandbox, its requests sent by the host.
 *
 * The API is the tests' fixture over a private PostgreSQL, in this process: it
 * has the load of both sides on the same machine, so ratios tell more than rows
 * per second.
 *
 * deno run -A --no-prompt bench/supabase.ts [--rows 250000] [--runs 3] [--only read|write]
 *
 * @module
 */
import { join } from "node:path";
import { closeRunFolder } from "../tests/kit/watchdog.ts";
import { type Project, startProject } from "../tests/kit/postgrest/project.ts";
import { directFields, serviceConnection } from "../tests/supabase/kit.ts";
import { parseArgs } from "../src/deps/cli.ts";
import {
  type Contender,
  median,
  race,
  report,
  type Timing,
} from "./measure.ts";

const ROOT = join(import.meta.dirname!, "..");
const args = parseArgs(Deno.args, { string: ["rows", "runs", "only"] });
const rows = Number(args.rows ?? 250_000);
const runs = Number(args.runs ?? 3);
const wants = (part: string): boolean => (args.only ?? part) === part;
const data = join(ROOT, "bench", ".data", "supabase");
await Deno.mkdir(data, { recursive: true });

const COLUMNS =
  "id bigint PRIMARY KEY, name text NOT NULL, email text, amount numeric(12,2), quantity int, " +
  "is_paid boolean, created_at timestamptz, due date, note text, weight float8";
const project = await startProject({
  sql: `CREATE TABLE source (${COLUMNS}); CREATE TABLE target (${COLUMNS});
    INSERT INTO source SELECT i, 'Customer ' || (i * 31) % 99991 || ' Š', 'user' || i || '@example.com',
      i / 4.0, i % 1000, i % 2 = 0, '2020-01-01Z'::timestamptz + i * interval '13.7 s',
      CASE WHEN i % 20 > 0 THEN '2024-01-01'::date + i % 365 END,
      CASE WHEN i % 5 > 0 THEN 'note ' || i || ', "quoted"' END, i / 7.0
    FROM generate_series(1, ${rows}) i; ANALYZE source`,
});
try {
  await connections(project);
  if (wants("read")) await readRace();
  if (wants("write")) await writeRace();
} finally {
  await project[Symbol.asyncDispose]();
  await closeRunFolder();
}
Deno.exit(0);

async function connections(at: Project): Promise<void> {
  const rest = serviceConnection(at);
  const direct = { ...rest, ...directFields(at) };
  await Deno.writeTextFile(
    join(data, "osiris_connections.yaml"),
    JSON.stringify({ connections: { supabase: { rest, direct } } }),
    { mode: 0o600 },
  );
}

async function osiris(name: string, steps: object[]): Promise<string[]> {
  const path = join(data, `${name}.json`);
  const manifest = { version: "1.0.0", name, steps };
  await Deno.writeTextFile(path, JSON.stringify(manifest));
  return [
    ...[Deno.execPath(), "run", "--no-prompt", "--unstable-worker-options"],
    ...["--config", join(ROOT, "deno.json"), "--allow-read", "--allow-write"],
    ...["--allow-env", "--allow-net", join(ROOT, "cli.ts"), "run", path],
    "--quiet",
  ];
}

/** A contender that runs the rival. */
function rival(name: string, ...more: string[]): Contender {
  const path = join(ROOT, "bench", "rivals", "supabase_js.ts");
  const { url, serviceKey: key } = project;
  return {
    name,
    command: [Deno.execPath(), "run", "-A", "--no-prompt", path, ...more],
    env: { BENCH_PROJECT: JSON.stringify({ url, key }) },
  };
}

async function compete(
  title: string,
  contenders: readonly Contender[],
  before: () => Promise<unknown>,
): Promise<void> {
  console.log(`\n${title}, ${rows} rows × 10 columns, ${runs} runs each`);
  const timings = await race(
    contenders.map((contender) => ({
      ...contender,
      cwd: data,
      before: async () => {
        // The fixture keeps every request, body and all.
        project.requests.length = 0;
        await before();
      },
    })),
    runs,
  );
  report(timings, contenders[0].name);
  for (const timing of timings) console.log(rate(timing));
}

function rate({ name, seconds }: Timing): string {
  const perSecond = Math.round(rows / median(seconds)).toLocaleString("en");
  return `${name.padEnd(34)} ${perSecond.padStart(9)} rows/s`;
}

async function readRace(): Promise<void> {
  const command = await osiris("to_csv", [
    {
      id: "read",
      driver: "supabase.extractor",
      config: { connection: "@supabase.rest", table: "source" },
    },
    {
      id: "save",
      driver: "filesystem.csv_writer",
      inputs: { df: "${read}" },
      config: { path: "out.csv" },
    },
  ]);
  await compete("Supabase to CSV", [
    rival("supabase-js loop to @std/csv", "read", "source", "rival.csv"),
    { name: "osiris Supabase to CSV", command },
  ], async () => {});
  const text = await Deno.readTextFile(join(data, "out.csv"));
  check("rows in the file", text.split("\n").length - 2, rows);
}

async function writeRace(): Promise<void> {
  const copied = await project.sql(
    "SELECT count(*) AS n FROM source",
  );
  check("rows of the source", Number(copied[0].n), rows);
  await makeCsv();
  const load = (name: string, config: object): Promise<string[]> =>
    osiris(name, [
      {
        id: "read",
        driver: "filesystem.csv_extractor",
        config: { path: "in.csv", infer: "full" },
      },
      {
        id: "write",
        driver: "supabase.writer",
        inputs: { df: "${read}" },
        config: { table: "target", ...config },
      },
    ]);
  const rest = await load("by_rest", { connection: "@supabase.rest" });
  const copy = await load("by_copy", { connection: "@supabase.direct" });
  await compete("CSV to Supabase", [
    rival("@std/csv to supabase-js loop", "write", "target", "in.csv"),
    { name: "osiris CSV to Supabase, REST", command: rest },
    { name: "osiris CSV to Supabase, COPY", command: copy },
  ], async () => {
    await project.sql("TRUNCATE target");
  });
  const [{ n }] = await project.sql(
    "SELECT count(*) AS n FROM (SELECT * FROM source EXCEPT SELECT * FROM target) missing",
  );
  check("rows that differ after COPY", Number(n), 0);
}

/** The source as a CSV file. */
async function makeCsv(): Promise<void> {
  const columns = COLUMNS.split(", ").map((column) => column.split(" ")[0]);
  const line = columns.map((name) =>
    `CASE WHEN ${name} IS NULL THEN '' ELSE '"' || replace(${name}::text, '"', '""') || '"' END`
  ).join(" || ',' || ");
  const text = await project.sql(
    `SELECT string_agg(${line}, chr(10) ORDER BY id) AS body FROM source`,
  );
  await Deno.writeTextFile(
    join(data, "in.csv"),
    `${columns.join(",")}\n${text[0].body}\n`,
  );
}

function check(what: string, is: number, shouldBe: number): void {
  if (is !== shouldBe) throw new Error(`${what}: ${is} instead of ${shouldBe}`);
}
