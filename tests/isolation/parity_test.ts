// A run says and does the same in workers and in processes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run, type RunEvent, type RunResult } from "../../mod.ts";
import type { Level } from "../kit/levels.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { project, serviceConnection } from "../supabase/kit.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const CSV = "id,name,amount,at\n" +
  Array.from(
    { length: 3000 },
    (_, i) => `${i},"n ${i % 7}, ž",${i}.50,2026-01-${10 + i % 20}`,
  ).join("\n") + "\n";

interface Step {
  readonly id: string;
  readonly driver: string;
  readonly config?: Record<string, unknown>;
  readonly inputs?: Record<string, string>;
}

const read = (path = "in.csv"): Step => ({
  id: "read",
  driver: "filesystem.csv_extractor",
  config: { path },
});
const then = (
  id: string,
  driver: string,
  from: string,
  config: Record<string, unknown>,
): Step => ({ id, driver, inputs: { df: `\${${from}}` }, config });

/** What a run said and left, without what differs from run to run. */
interface Account {
  readonly status: string;
  readonly code: string | null;
  readonly totalRows: number | null;
  readonly bytesRead: readonly number[];
  readonly events: readonly Record<string, unknown>[];
  readonly files: Readonly<Record<string, string>>;
}

/** Facts that no two runs share. */
const FLEETING = [
  "ts",
  "session",
  "isolation",
  "run_id",
  "duration_ms",
  "delay_ms",
  "run_folder",
  "path",
  "peak_rss_bytes",
];

async function account(
  dir: TempDir,
  level: Level,
  steps: readonly Step[],
  files: readonly string[],
): Promise<Account> {
  const events: RunEvent[] = [];
  const result: RunResult = await run({ name: "parity", steps }, {
    cwd: dir.path,
    isolation: level,
    onEvent: (event) => events.push(event),
  });
  assert.deepEqual(result.stuck, []);
  const left = await Promise.all(files.map(async (name) =>
    [
      name,
      await Deno.readTextFile(dir.file(name)).catch(() => "none"),
    ] as const
  ));
  return {
    status: result.status,
    code: result.error?.code ?? null,
    totalRows: result.totalRows,
    bytesRead: result.steps.map(({ bytesRead }) => bytesRead),
    events: events.map((event) => lasting(event, dir)),
    files: Object.fromEntries(left),
  };
}

function lasting(event: RunEvent, dir: TempDir): Record<string, unknown> {
  const kept = Object.entries(event).filter(([name]) =>
    !FLEETING.includes(name)
  );
  const text = JSON.stringify(Object.fromEntries(kept));
  return JSON.parse(text.replaceAll(dir.path, "."));
}

/** Runs steps in both levels, each in a folder of its own. @returns what both said. */
async function same(
  steps: readonly Step[],
  options: {
    files?: Record<string, string>;
    connections?: object;
    left?: readonly string[];
    before?: () => Promise<unknown>;
  } = {},
): Promise<Account> {
  const accounts: Account[] = [];
  for (const level of ["worker", "process"] as const) {
    await using dir = await tempDir("parity-");
    await options.before?.();
    await dir.write("in.csv", CSV);
    for (const [name, text] of Object.entries(options.files ?? {})) {
      await dir.write(name, text);
    }
    await dir.write(
      "osiris_connections.yaml",
      JSON.stringify({ connections: options.connections ?? {} }),
    );
    accounts.push(await account(dir, level, steps, options.left ?? []));
  }
  assert.deepEqual(accounts[1], accounts[0]);
  assert.equal(accounts[0].events.at(-1)?.event, "run_end");
  return accounts[0];
}

Deno.test("files through a transform are the same in both levels", async () => {
  const { status, totalRows, bytesRead, files } = await same([
    read(),
    then("sums", "arquero.transform", "read", {
      verbs: [{ groupby: ["name"] }, { rollup: { sum: "op.sum(d.amount)" } }],
    }),
    then("csv", "filesystem.csv_writer", "sums", { path: "sums.csv" }),
    then("json", "filesystem.json_writer", "read", { path: "all.jsonl" }),
  ], { left: ["sums.csv", "all.jsonl"] });
  assert.equal(status, "success");
  assert.equal(totalRows, 3007);
  assert.ok(bytesRead[0] >= CSV.length);
  assert.equal(files["all.jsonl"].split("\n").length, 3001);
});

Deno.test("MySQL there and back is the same in both levels", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("parity");
  const connections = { mysql: { db: db.connection } };
  const connection = "@mysql.db";
  const { status, files } = await same([
    read(),
    then("load", "mysql.writer", "read", {
      connection,
      table: "t",
      create_table: true,
      write_mode: "append",
    }),
  ], {
    connections,
    before: () => db.sql("DROP TABLE IF EXISTS t"),
    left: ["in.csv"],
  });
  assert.equal(status, "success");
  assert.equal(files["in.csv"], CSV);
  const back = await same([
    {
      id: "query",
      driver: "mysql.extractor",
      config: { connection, query: "SELECT * FROM t ORDER BY id" },
    },
    then("save", "filesystem.csv_writer", "query", { path: "out.csv" }),
  ], { connections, left: ["out.csv"] });
  assert.equal(back.totalRows, 3000);
  assert.match(back.files["out.csv"], /^id,name,amount,at\n0,"n 0, ž",0\.50,/);
});

Deno.test("Supabase, whose requests the host sends, is the same in both levels", async () => {
  await using at = await project(
    "CREATE TABLE t (id bigint PRIMARY KEY, name text, amount numeric, at date)",
  );
  const connections = { supabase: { db: serviceConnection(at) } };
  const connection = "@supabase.db";
  const { status, totalRows } = await same([
    read(),
    then("load", "supabase.writer", "read", {
      connection,
      table: "t",
      batch_size: 700,
    }),
  ], { connections, before: () => at.sql("DELETE FROM t") });
  assert.equal(status, "success");
  assert.equal(totalRows, 3000);
  const back = await same([
    {
      id: "query",
      driver: "supabase.extractor",
      config: { connection, table: "t" },
    },
    then("save", "filesystem.csv_writer", "query", { path: "out.csv" }),
  ], { connections, left: ["out.csv"] });
  assert.equal(back.totalRows, 3000);
  const failed = await same([
    {
      id: "query",
      driver: "supabase.extractor",
      config: { connection, table: "no_such" },
    },
    then("save", "filesystem.csv_writer", "query", { path: "out.csv" }),
  ], { connections, left: ["out.csv"] });
  assert.equal(failed.code, "sql/unknown-table");
  assert.equal(failed.files["out.csv"], "none");
});

Deno.test("a file that breaks off fails the same in both levels", async () => {
  const { code, files } = await same([
    read(),
    then("save", "filesystem.csv_writer", "read", { path: "out.csv" }),
  ], { files: { "in.csv": CSV + "1\n" }, left: ["out.csv"] });
  assert.equal(code, "data/ragged");
  assert.equal(files["out.csv"], "none");
});

Deno.test("drivers of one's own say and do the same in both levels", async () => {
  const example = join(ROOT, "examples", "custom-driver");
  const { status, files } = await same([
    {
      id: "requests",
      driver: `file://${example}/access_log.ts`,
      config: { path: "access.log" },
    },
    then("busiest", `file://${example}/busiest.ts`, "requests", { top: 3 }),
    then("save", "filesystem.csv_writer", "busiest", { path: "busiest.csv" }),
  ], {
    files: {
      "access.log": await Deno.readTextFile(
        join(example, "data", "access.log"),
      ),
    },
    left: ["busiest.csv"],
  });
  assert.equal(status, "success");
  assert.equal(files["busiest.csv"].split("\n").length, 5);
});

/** Says something of every kind, then reaches for what nobody granted it. */
const REACHES = `export default {
  spec: {
    name: "test.reaches",
    version: "1.0.0",
    summary: "Reaches.",
    mode: "extract",
    config: { type: "object", properties: {}, additionalProperties: false },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run(_step, context) {
    context.log("warn", "about to");
    context.emit("tried", { what: "passwd" });
    context.measure("tries", 1, "count");
    yield await Deno.readFile("/etc/passwd");
  },
};`;

Deno.test("a driver that takes each refusal without a word is told of, in both levels", async () => {
  const { code, events } = await same([
    { id: "secret", driver: "./tries.ts" },
  ], {
    files: {
      "tries.ts": REACHES.replace(
        'yield await Deno.readFile("/etc/passwd");',
        `const doors = [
          () => Deno.readFileSync("/etc/passwd"),
          () => Deno.readFileSync("/etc/passwd"),
          () => Deno.env.get("HOME"),
          () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
          () => Deno.kill(Deno.pid),
        ];
        for (const door of doors) {
          Object.setPrototypeOf(Deno.errors.NotCapable.prototype, null);
          try { await door(); } catch { /* nobody is to know */ }
        }
        const type = { kind: "null" };
        yield {
          schema: { fields: [{ name: "n", type, nullable: true }] },
          length: 0,
          columns: [{ type, length: 0, nullCount: 0, validity: null, data: new Uint8Array(0), offsets: null }],
        };`,
      ),
    },
  });
  assert.equal(code, null);
  const denied = events.filter(({ event }) => event === "permission_denied");
  assert.deepEqual(
    denied.map(({ error }) => String(error).replace(/, run again.*/, "")),
    [
      'Requires read access to "/etc/passwd"',
      'Requires env access to "HOME"',
      'Requires net access to "127.0.0.1:1"',
      "Deno.kill is not available to drivers",
    ],
  );
});

Deno.test("a driver that reaches for more is denied, and the denial told, in both levels", async () => {
  const { code, events } = await same([
    { id: "secret", driver: "./reaches.ts" },
  ], { files: { "reaches.ts": REACHES } });
  assert.equal(code, "driver/permission");
  const names = events.map(({ event }) => event);
  assert.ok(names.includes("tried") && names.includes("permission_denied"));
});
