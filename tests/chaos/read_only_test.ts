// Targets and run folders that take no writes: the error says so, and nothing has changed.
import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import type { RunResult } from "../../src/run/result.ts";
import { runner, type RunOptions } from "../../src/run/run.ts";
import { startProject } from "../kit/postgrest/project.ts";
import { leftovers } from "../kit/run/child.ts";
import { startMariadb } from "../kit/mariadb.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { mountTmpfs, tmpfsAvailable } from "../kit/tmpfs.ts";

const ignore = !(await tmpfsAvailable());
const run = runner(builtinDrivers);

async function write(
  folder: TempDir,
  writer: { readonly driver: string; readonly config: object },
  options: RunOptions = {},
): Promise<RunResult> {
  await folder.write("in.csv", "n,t\n1,new\n");
  return await run({
    name: "frozen",
    steps: [
      {
        id: "a",
        driver: "filesystem.csv_extractor",
        config: { path: folder.file("in.csv") },
      },
      { id: "w", inputs: { df: "${a}" }, ...writer },
    ],
  }, { cwd: folder.path, ...options });
}

const csv = (path: string) => ({
  driver: "filesystem.csv_writer",
  config: { path },
});

Deno.test({
  name: "a file on a read-only disk stays, and the error names it",
  ignore,
  async fn() {
    await using folder = await tempDir("frozen-");
    await using disk = await mountTmpfs(2);
    const target = `${disk.path}/out.csv`;
    await Deno.writeTextFile(target, "old\n");
    await disk.freeze();
    const { error } = await write(folder, csv(target));
    assert.equal(error!.code, "file/not-writable", error!.message);
    assert.equal(error!.step, "w");
    assert.match(error!.message, /out\.csv/);
    assert.equal(await Deno.readTextFile(target), "old\n");
    assert.deepEqual(leftovers(folder.path), []);
  },
});

Deno.test({
  name: "a run whose folder is on a read-only disk does not begin",
  ignore,
  async fn() {
    await using folder = await tempDir("frozen-");
    await using disk = await mountTmpfs(2);
    await disk.freeze();
    await folder.write("out.csv", "old\n");
    const begun = write(folder, csv("out.csv"), { out: disk.path });
    await assert.rejects(begun, { code: "run/folder" });
    assert.equal(await Deno.readTextFile(folder.file("out.csv")), "old\n");
    assert.deepEqual(leftovers(folder.path), []);
  },
});

Deno.test("a read-only MySQL keeps its rows, whatever the mode", async () => {
  await using server = await startMariadb();
  await using database = await server.database("frozen");
  await database.sql(
    "CREATE TABLE t (n INT PRIMARY KEY, t TEXT); INSERT INTO t VALUES (0, 'old')",
  );
  await server.sql("SET GLOBAL read_only = 1");
  for (const mode of ["append", "replace", "upsert"]) {
    await using folder = await tempDir("frozen-");
    await folder.write(
      "osiris_connections.yaml",
      JSON.stringify({ connections: { mysql: { db: database.connection } } }),
    );
    const keys = mode === "upsert" ? { "upsert_keys": ["n"] } : {};
    const { error } = await write(folder, {
      driver: "mysql.writer",
      config: { connection: "@mysql.db", table: "t", mode, ...keys },
    });
    assert.equal(error!.code, "sql/read-only", `${mode}: ${error!.message}`);
    const rows = await database.sql("SELECT * FROM t");
    assert.deepEqual(rows.map(({ t }) => t), ["old"]);
  }
  await server.sql("SET GLOBAL read_only = 0");
});

Deno.test("a read-only Supabase database keeps its rows, whatever the mode", async () => {
  await using project = await startProject({
    sql:
      "CREATE TABLE t (n INT PRIMARY KEY, t TEXT); INSERT INTO t VALUES (0, 'old')",
  });
  const { host, port, user, password, database } = project.connection;
  const frozen =
    `ALTER DATABASE "${database}" SET default_transaction_read_only`;
  await project.sql(`${frozen} = on`);
  for (const mode of ["append", "replace", "upsert"]) {
    await using folder = await tempDir("frozen-");
    await folder.write(
      "osiris_connections.yaml",
      JSON.stringify({
        connections: {
          supabase: {
            db: {
              url: project.url,
              "service_role_key": project.serviceKey,
              "pg_host": host,
              "pg_port": port,
              "pg_user": user,
              "pg_password": password,
              "pg_database": database,
              ssl: false,
            },
          },
        },
      }),
    );
    const { error } = await write(folder, {
      driver: "supabase.writer",
      config: {
        connection: "@supabase.db",
        table: "t",
        channel: "direct",
        "write_mode": mode,
        "primary_key": ["n"],
      },
    });
    assert.equal(error!.code, "sql/read-only", `${mode}: ${error!.message}`);
    const rows = await project.sql("SELECT * FROM t");
    assert.deepEqual(rows.map(({ t }) => t), ["old"]);
  }
});
