// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Whole commands with MySQL against the C client, and the drivers alone, on a
 * private MariaDB with a table of ten mixed columns.
 *
 * deno run -A --no-prompt bench/mysql.ts [--rows 1000000] [--runs 3] [--only read|write|copy|alone]
 *
 * @module
 */
import { join } from "node:path";
import { drive } from "../tests/kit/drive.ts";
import { type Mariadb, startMariadb } from "../tests/kit/mariadb.ts";
import extractor from "../drivers/mysql/extractor.ts";
import writer from "../drivers/mysql/writer.ts";
import { parseArgs } from "../src/deps/cli.ts";
import type { Batch } from "../src/table/batch.ts";
import { type Contender, race, report } from "./measure.ts";

const ROOT = join(import.meta.dirname!, "..");
const args = parseArgs(Deno.args, { string: ["rows", "runs", "only"] });
const rows = Number(args.rows ?? 1_000_000);
const runs = Number(args.runs ?? 3);
const wants = (part: string): boolean => (args.only ?? part) === part;
const data = join(ROOT, "bench", ".data", "mysql");
await Deno.mkdir(data, { recursive: true });

await using server = await startMariadb({
  args: [
    ...["--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G"],
    "--local-infile=1",
  ],
});
await using db = await server.database("bench");
await makeTable(server, db.name);
const cnf = await clientConfig();
await osirisConnections();

/** About 104 bytes of CSV a row: every kind of column that business tables have. */
async function makeTable(server: Mariadb, database: string): Promise<void> {
  await server.sql(
    `CREATE TABLE mixed (
       id BIGINT NOT NULL PRIMARY KEY, customer_id INT UNSIGNED NOT NULL,
       amount DECIMAL(12,2) NOT NULL, weight DOUBLE NULL, name VARCHAR(60) NOT NULL,
       note VARCHAR(80) NULL, status ENUM('new','paid','shipped','cancelled') NOT NULL,
       created_at DATETIME(6) NOT NULL, due DATE NULL, quantity SMALLINT NULL);
     INSERT INTO mixed SELECT seq, 1 + (seq * 7919) % 50000, ((seq * 104729) % 1000000000) / 100,
       IF(seq % 10 = 0, NULL, ROUND(seq / 7, 3)), CONCAT('Customer ', (seq * 31) % 99991, ' Š'),
       IF(seq % 5 = 0, NULL, CONCAT('note ', IF(seq % 3 = 0, ', "quoted"', ''))),
       ELT(1 + seq % 4, 'new', 'paid', 'shipped', 'cancelled'),
       '2020-01-01' + INTERVAL seq * 13 SECOND + INTERVAL (seq * 7919) % 1000000 MICROSECOND,
       IF(seq % 20 = 0, NULL, '2020-01-01' + INTERVAL seq % 3000 DAY),
       IF(seq % 4 = 0, NULL, seq % 1000) FROM seq_1_to_${rows};
     CREATE TABLE target LIKE mixed; ANALYZE TABLE mixed`,
    database,
  );
}

/** The C client's login, in a file since it takes no password otherwise. */
async function clientConfig(): Promise<string> {
  const path = join(data, "client.cnf");
  await Deno.writeTextFile(
    path,
    `[client]\nhost=127.0.0.1\nport=${server.port}\nuser=${server.adminUser}\n` +
      `password="${server.adminPassword}"\n`,
    { mode: 0o600 },
  );
  return path;
}

function osirisConnections(): Promise<void> {
  const bench = { ...db.connection };
  return Deno.writeTextFile(
    join(data, "osiris_connections.yaml"),
    JSON.stringify({ connections: { mysql: { bench } } }),
    { mode: 0o600 },
  );
}

function client(statement: string, ...more: string[]): string {
  const options = ["--defaults-file=" + cnf, ...more].join(" ");
  return `mariadb ${options} ${db.name} -e "${statement}"`;
}

async function osiris(name: string, steps: object[]): Promise<string[]> {
  const path = join(data, `${name}.json`);
  await Deno.writeTextFile(
    path,
    JSON.stringify({ version: "1.0.0", name, steps }),
  );
  return [
    ...[Deno.execPath(), "run", "--no-prompt", "--unstable-worker-options"],
    ...["--config", join(ROOT, "deno.json"), "--allow-read", "--allow-write"],
    ...["--allow-env", "--allow-net", join(ROOT, "cli.ts"), "run", path],
    "--quiet",
  ];
}

const readTable = {
  id: "read",
  driver: "mysql.extractor",
  config: { connection: "@mysql.bench", table: "mixed" },
};
const writeTable = (config: object = {}): object => ({
  id: "write",
  driver: "mysql.writer",
  inputs: { df: "${read}" },
  config: { connection: "@mysql.bench", table: "target", ...config },
});
const emptyTarget = async (): Promise<void> => {
  await server.sql(
    "DROP TABLE target; CREATE TABLE target LIKE mixed",
    db.name,
  );
};

if (wants("read")) await readRace();
if (wants("write")) await writeRace();
if (wants("copy")) await copyRace();
if (wants("alone")) await alone();

async function readRace(): Promise<void> {
  const saved = {
    id: "save",
    driver: "filesystem.csv_writer",
    inputs: { df: "${read}" },
    config: { path: "out.csv" },
  };
  const command = await osiris("to_csv", [readTable, saved]);
  const select = client("SELECT * FROM mixed", "--batch", "--quick");
  const contenders: Contender[] = [
    {
      name: "mariadb --batch --quick",
      command: ["sh", "-c", `${select} > out.tsv`],
    },
    { name: "osiris MySQL to CSV", command },
  ].map((contender) => ({ ...contender, cwd: data }));
  if (rows <= 1_000_000) {
    const rival = join(ROOT, "bench", "rivals", "mysql2_csv.ts");
    contenders.push({
      name: "mysql2 rows to @std/csv",
      command: [Deno.execPath(), "run", "-A", "--no-prompt", rival],
      env: { BENCH_CONNECTION: JSON.stringify(db.connection) },
      cwd: data,
    });
  }
  console.log(`\nMySQL to CSV, ${rows} rows, ${runs} runs each`);
  report(await race(contenders, runs), "mariadb --batch --quick");
  const { size } = await Deno.stat(join(data, "out.csv"));
  console.log(`${(size / 1e6).toFixed(0)} MB of CSV`);
}

async function writeRace(): Promise<void> {
  const dump = `${client("SELECT * FROM mixed", "--batch", "--quick", "-N")}` +
    " | sed 's/\\bNULL\\b/\\\\N/g' > in.tsv";
  await new Deno.Command("sh", { args: ["-c", dump], cwd: data }).output();
  const extracted = await osiris("make_csv", [readTable, {
    id: "save",
    driver: "filesystem.csv_writer",
    inputs: { df: "${read}" },
    config: { path: "in.csv" },
  }]);
  await new Deno.Command(extracted[0], { args: extracted.slice(1), cwd: data })
    .output();
  const fromCsv = (infer: string): object => ({
    id: "read",
    driver: "filesystem.csv_extractor",
    config: { path: "in.csv", infer },
  });
  const load = client(
    "LOAD DATA LOCAL INFILE 'in.tsv' INTO TABLE target CHARACTER SET utf8mb4",
    "--local-infile",
  );
  const contenders: Contender[] = [
    { name: "LOAD DATA by the C client", command: ["sh", "-c", load] },
    {
      name: "osiris CSV to MySQL",
      command: await osiris("from_csv", [fromCsv("full"), writeTable()]),
    },
    {
      name: "osiris CSV to MySQL, as text",
      command: await osiris("from_text", [fromCsv("none"), writeTable()]),
    },
    {
      name: "osiris CSV to MySQL, INSERT",
      command: await osiris("by_insert", [
        fromCsv("full"),
        writeTable({ bulk: "insert" }),
      ]),
    },
  ].map((contender) => ({ ...contender, cwd: data, before: emptyTarget }));
  console.log(`\nCSV to MySQL, ${rows} rows, ${runs} runs each`);
  report(await race(contenders, runs), "LOAD DATA by the C client");
}

async function copyRace(): Promise<void> {
  const dump = `mariadb-dump --defaults-file=${cnf} --single-transaction ` +
    `--no-create-info ${db.name} mixed | sed 's/\`mixed\`/target/' | ` +
    `mariadb --defaults-file=${cnf} ${db.name}`;
  console.log(`\nMySQL to MySQL, ${rows} rows, ${runs} runs each`);
  report(
    await race(
      [
        { name: "mariadb-dump | mariadb", command: ["sh", "-c", dump] },
        {
          name: "osiris MySQL to MySQL",
          command: await osiris("copy", [readTable, writeTable()]),
        },
      ].map((contender) => ({ ...contender, cwd: data, before: emptyTarget })),
      runs,
    ),
    "mariadb-dump | mariadb",
  );
}

/** The drivers in this process: batches dropped as they come, and written from memory. */
async function alone(): Promise<void> {
  const connection = { ...db.connection };
  const kept: Batch[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const { batches } = await drive(extractor, {
      connection,
      config: { table: "mixed" },
    });
    const seconds = (performance.now() - started) / 1000;
    console.log(`extractor alone: ${rate(seconds)}`);
    kept.splice(0, kept.length, ...batches);
  }
  for (let run = 0; run < runs; run++) {
    await emptyTarget();
    const started = performance.now();
    await drive(writer, {
      connection,
      config: { table: "target" },
      inputs: { df: kept },
    });
    console.log(
      `writer alone: ${rate((performance.now() - started) / 1000)}`,
    );
  }
}

function rate(seconds: number): string {
  return `${seconds.toFixed(2)} s, ${
    (rows / seconds / 1e6).toFixed(2)
  } M rows/s`;
}
