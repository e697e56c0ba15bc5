/**
 * Runs between MySQL and files for the tests that kill them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { MariadbDatabase } from "../mariadb.ts";
import { sharedMariadb } from "../servers.ts";
import type { TempDir } from "../temp.ts";
import { direct, type Route, type Scenario, type Target } from "./chaos.ts";
import { sleep } from "./drivers.ts";

const ROWS = 20_000;
/** Rows of the target before: half of them share keys with the new ones. */
const OLD_ROWS = 4_000;

type Mode = "append" | "replace" | "upsert";

async function connect(
  folder: TempDir,
  route: Route = direct,
): Promise<MariadbDatabase> {
  const server = await sharedMariadb();
  const database = await server.database("chaos");
  const port = await route(database.connection.port);
  const connection = { ...database.connection, port };
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: { mysql: { db: connection } } }),
  );
  return database;
}

/** Waits until the server has noticed that a killed client is gone. */
async function settle(database: MariadbDatabase): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const [{ others }] = await database.sql(
      `SELECT COUNT(*) AS others FROM information_schema.processlist
       WHERE db = '${database.name}' AND id <> CONNECTION_ID()`,
    );
    if (Number(others) === 0) return;
    await sleep(25);
  }
  assert.fail("the server still serves a killed client");
}

/** What a table holds, in short. */
async function digest(
  database: MariadbDatabase,
  table: string,
): Promise<string> {
  const [row] = await database.sql(
    `SELECT CONCAT_WS('/', COUNT(*), SUM(n), BIT_XOR(CRC32(CONCAT_WS('|', n, t))),
       SUM(CRC32(CONCAT_WS('|', n, t)))) AS digest FROM ${table}`,
  );
  return String(row.digest);
}

/** Whether the old rows are there, and of the new ones the first so many times `every`, each once. */
async function isPart(
  database: MariadbDatabase,
  every: number,
): Promise<boolean> {
  const [row] = await database.sql(
    `SELECT COUNT(*) AS everything, COUNT(DISTINCT n, t) AS different,
       SUM(t LIKE 'old %') AS old, SUM(t LIKE 'new %') AS new,
       MAX(IF(t LIKE 'new %', n, -1)) AS last
     FROM t`,
  );
  const [everything, different, old, fresh, last] = Object.values(row).map(
    Number,
  );
  return everything === different && old === OLD_ROWS && fresh === last + 1 &&
    fresh % every === 0;
}

/** A run from a file to MySQL that commits after each so many rows, and can go on after them. */
export function toMysqlInParts(every: number): Scenario {
  return toMysql("append", every);
}

/** A run from a file to MySQL. */
export function toMysql(mode: Mode, every?: number): Scenario {
  return {
    name: `CSV to MySQL, ${mode}${every ? ` in parts of ${every}` : ""}`,
    mayBePart: every !== undefined,
    async prepare(folder, route): Promise<Target> {
      const database = await connect(folder, route);
      const key = mode === "upsert" ? "PRIMARY KEY" : "";
      const lines = ["n,t"];
      for (let n = 0; n < ROWS; n++) lines.push(`${n},new ${n}`);
      await folder.write("in.csv", lines.join("\n") + "\n");
      await folder.write("m.json", JSON.stringify(manifest(mode, every)));
      await database.sql(
        `CREATE TABLE t (n INT NOT NULL ${key}, t VARCHAR(40));
         INSERT INTO t SELECT seq, CONCAT('old ', seq)
         FROM seq_${ROWS - OLD_ROWS / 2}_to_${ROWS + OLD_ROWS / 2 - 1};
         CREATE TABLE wanted LIKE t;
         ${mode === "replace" ? "" : "INSERT INTO wanted SELECT * FROM t;"}
         REPLACE INTO wanted SELECT seq, CONCAT('new ', seq)
         FROM seq_0_to_${ROWS - 1}`,
      );
      const [before, after] = [
        await digest(database, "t"),
        await digest(database, "wanted"),
      ];
      return {
        isRepeatable: mode !== "append",
        settle: () => settle(database),
        async look() {
          const now = await digest(database, "t");
          if (now === before) return { w: "old" };
          if (now === after) return { w: "new" };
          const isWhole = every === undefined || !await isPart(database, every);
          return { w: isWhole ? "neither" : "part" };
        },
        [Symbol.asyncDispose]: async () => {
          const left = await database.sql("SHOW TABLES LIKE '%osiris%'");
          await database[Symbol.asyncDispose]();
          assert.deepEqual(left, [], "tables that a killed run left");
        },
      };
    },
  };
}

function manifest(mode: Mode, every: number | undefined): object {
  return {
    name: "m",
    ...(every !== undefined && { checkpoint: true }),
    steps: [
      {
        id: "a",
        driver: "filesystem.csv_extractor",
        config: { path: "in.csv" },
      },
      {
        id: "w",
        driver: "mysql.writer",
        inputs: { df: "${a}" },
        config: {
          connection: "@mysql.db",
          table: "t",
          mode,
          ...(mode === "upsert" && { "upsert_keys": ["n"] }),
          ...(every !== undefined && { "commit_every": every }),
        },
      },
    ],
  };
}

/** A run from MySQL to a file. */
export const fromMysql: Scenario = {
  name: "MySQL to CSV",
  async prepare(folder, route): Promise<Target> {
    const database = await connect(folder, route);
    await database.sql(
      `CREATE TABLE s (n INT NOT NULL, t VARCHAR(40));
       INSERT INTO s SELECT seq, CONCAT('row ', seq) FROM seq_1_to_${ROWS * 5}`,
    );
    const old = "n,t\n0,old\n";
    await folder.write("out.csv", old);
    await folder.write(
      "m.json",
      JSON.stringify({
        name: "m",
        steps: [
          {
            id: "a",
            driver: "mysql.extractor",
            config: {
              connection: "@mysql.db",
              query: "SELECT n, t FROM s ORDER BY n",
            },
          },
          {
            id: "w",
            driver: "filesystem.csv_writer",
            inputs: { df: "${a}" },
            config: { path: "out.csv" },
          },
        ],
      }),
    );
    const lines = ["n,t"];
    for (let n = 1; n <= ROWS * 5; n++) lines.push(`${n},row ${n}`);
    const wanted = lines.join("\n") + "\n";
    return {
      isRepeatable: true,
      settle: () => settle(database),
      look() {
        const text = Deno.readTextFileSync(folder.file("out.csv"));
        const state = text === old
          ? "old"
          : text === wanted
          ? "new"
          : "neither";
        return Promise.resolve({ w: state } as const);
      },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  },
};
