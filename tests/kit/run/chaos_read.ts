/**
 * Reads into a CSV file from tables that stand behind a proxy, for the tests
 * that break connections.
 *
 * @module
 */
import { builtinDrivers } from "../../../drivers/builtin.ts";
import type { RunEvent } from "../../../src/event.ts";
import type { RunResult } from "../../../src/run/result.ts";
import { runner } from "../../../src/run/run.ts";
import { startProject } from "../postgrest/project.ts";
import { sharedMariadb } from "../servers.ts";
import { startProxy, type TcpProxy } from "../tcp_proxy.ts";
import { type TempDir, tempDir } from "../temp.ts";
import { isFull } from "./chaos.ts";

/** Few enough for a turn to cost little, enough for three pages. */
const ROWS = 30;

/** What the file is before a run. */
export const OLD = "old\n";

/** What it is after one that has ended well. */
export const NEW = `n,t\n${
  Array.from({ length: ROWS }, (_, n) => `${n + 1},row ${n + 1}\n`).join("")
}`;

/** Without a worker a run takes a fifth of the time, and the drivers do the same. */
const ISOLATION = isFull() ? "worker" : "inline";

const run = runner(builtinDrivers);

/** A table behind a proxy, and a file for it. */
export interface Reading extends AsyncDisposable {
  readonly folder: TempDir;
  readonly proxy: TcpProxy;
  /** What the file is, its rows in order: parts come as they come. */
  target(): string;
  /** Makes the file old again. */
  reset(): void;
  /** Reads the table into the file. */
  run(
    manifest?: object,
    onEvent?: (event: RunEvent) => void,
  ): Promise<RunResult>;
}

/** A server behind its proxy. */
interface Source extends AsyncDisposable {
  readonly proxy: TcpProxy;
  readonly connections: object;
}

async function mysql(): Promise<Source> {
  const server = await sharedMariadb();
  const database = await server.database("net");
  const proxy = await startProxy({ target: { port: server.port } });
  await database.sql(
    `CREATE TABLE t (n INT PRIMARY KEY, t VARCHAR(40));
     INSERT INTO t SELECT seq, CONCAT('row ', seq) FROM seq_1_to_${ROWS}`,
  );
  const { host, port } = proxy;
  return {
    proxy,
    connections: { mysql: { db: { ...database.connection, host, port } } },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function supabase(): Promise<Source> {
  const project = await startProject({
    sql: `CREATE TABLE t (n INT PRIMARY KEY, t TEXT);
      INSERT INTO t SELECT n, 'row ' || n FROM generate_series(1, ${ROWS}) AS n;
      GRANT ALL ON t TO service_role`,
  });
  const port = Number(new URL(project.url).port);
  const proxy = await startProxy({ target: { port } });
  return {
    proxy,
    connections: {
      supabase: {
        db: {
          url: `http://${proxy.host}:${proxy.port}`,
          "service_role_key": project.serviceKey,
        },
      },
    },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await project[Symbol.asyncDispose]();
    },
  };
}

async function reading(
  open: () => Promise<Source>,
  driver: string,
  config: object,
): Promise<Reading> {
  const source = await open();
  const folder = await tempDir("net-");
  const path = folder.file("out.csv");
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: source.connections }),
  );
  return {
    folder,
    proxy: source.proxy,
    target: () => inOrder(Deno.readTextFileSync(path)),
    reset: () => Deno.writeTextFileSync(path, OLD),
    run: (manifest = {}, onEvent = () => {}) =>
      run({
        name: "net",
        isolation: ISOLATION,
        ...manifest,
        steps: [
          { id: "a", driver, config },
          {
            id: "w",
            driver: "filesystem.csv_writer",
            inputs: { df: "${a}" },
            config: { path: "out.csv" },
          },
        ],
      }, { cwd: folder.path, onEvent }),
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A file with its rows in order, none left out and none added. */
function inOrder(csv: string): string {
  const [head, ...rows] = csv.split("\n").slice(0, -1);
  const sorted = rows.sort((a, b) => Number.parseInt(a) - Number.parseInt(b));
  return [head, ...sorted, ""].join("\n");
}

/** Tables to read, by the name that a test gives them. */
export const SOURCES = {
  MySQL: () =>
    reading(mysql, "mysql.extractor", {
      connection: "@mysql.db",
      query: "SELECT n, t FROM t ORDER BY n",
    }),
  "MySQL in parts": () =>
    reading(mysql, "mysql.extractor", {
      connection: "@mysql.db",
      table: "t",
      partition: { column: "n", parts: 2 },
    }),
  "Supabase's API": () =>
    reading(supabase, "supabase.extractor", {
      connection: "@supabase.db",
      table: "t",
      "page_size": 12,
      timeout: 1,
      retries: 0,
    }),
} as const;
