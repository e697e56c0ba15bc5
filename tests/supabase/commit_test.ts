// What the run knows of rows that supabase.writer has made final, so that nothing is written twice.
import assert from "node:assert/strict";
import { run, type RunResult } from "../../mod.ts";
import writer from "../../drivers/supabase/writer.ts";
import type { Driver, StepContext } from "../../src/driver/driver.ts";
import { types } from "../../src/table/type.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { drive } from "../kit/drive.ts";
import { directFields, load, project, serviceConnection } from "./kit.ts";

const LOOSE = "CREATE TABLE t (id int);";
const rows = () => [batchOf(["id", types.int32, [1, 2, 3]])];
const { wasCommitted } = writer as unknown as Required<Driver>;

const direct = (at: Project) => ({
  ...serviceConnection(at),
  ...directFields(at),
});

const countOf = async (at: Project): Promise<number> =>
  Number((await at.sql("SELECT count(*) AS n FROM t"))[0].n);

/** A context that says nothing. */
function quiet(): StepContext {
  return {
    signal: new AbortController().signal,
    deadlines: { connectMs: 2000, idleMs: 5000, statementMs: null },
    emit: () => {},
  } as unknown as StepContext;
}

/** Asks as a resumed run does. */
const ask = (connection: object, token: string) =>
  wasCommitted(
    { config: { table: "t" }, connection, inputs: {}, values: {} } as never,
    quiet(),
    token,
  );

/** An append over the direct channel that is left at one of its words. @returns its token. */
async function leftAt(
  at: Project,
  word: "beforeCommit" | "afterCommit",
): Promise<string> {
  let token = "";
  const leave = () => Promise.reject(new Error("left"));
  await assert.rejects(
    load(at, { table: "t" }, rows(), {
      connection: direct(at),
      context: {
        beforeCommit: (given = "") => {
          token = given;
          return word === "beforeCommit" ? leave() : Promise.resolve();
        },
        afterCommit: leave,
      },
    }),
    { message: "left" },
  );
  return token;
}

Deno.test("supabase.writer can say of a COPY that was cut off whether its rows are there", async () => {
  await using at = await project(LOOSE);
  const undone = await leftAt(at, "beforeCommit");
  assert.equal(await countOf(at), 0);
  assert.equal(await ask(direct(at), undone), false);
  const done = await leftAt(at, "afterCommit");
  assert.equal(await countOf(at), 3);
  assert.equal(await ask(direct(at), done), true);
  assert.equal(await ask(serviceConnection(at), done), null, "no channel");
});

Deno.test("supabase.writer waits with its answer for a transaction that is still under way", async () => {
  await using at = await project(LOOSE);
  let asked: Promise<boolean | null> | undefined;
  let early: unknown = "waits";
  await load(at, { table: "t" }, rows(), {
    connection: direct(at),
    context: {
      beforeCommit: async (token = "") => {
        asked = ask(direct(at), token);
        asked.then((answer) => early = answer);
        await new Promise((resolve) => setTimeout(resolve, 400));
        assert.equal(early, "waits");
      },
    },
  });
  assert.equal(await asked, true);
});

Deno.test("supabase.writer announces an append before its first row and nothing else", async () => {
  await using at = await project("CREATE TABLE t (id int PRIMARY KEY);");
  for (const mode of ["append", "upsert", "replace"]) {
    await at.sql("TRUNCATE t");
    const ways: Record<string, unknown>[] = [serviceConnection(at), direct(at)];
    for (const connection of ways) {
      const said: string[] = [];
      await drive(writer, {
        connection,
        config: { table: "t", write_mode: mode },
        inputs: { df: rows() },
        context: {
          beforeCommit: async (_?: string, rows: number | string = "all") => {
            said.push(`before ${rows}, ${await countOf(at)} rows`);
          },
          afterCommit: async (rows: number | string = "all") => {
            said.push(`after ${rows}, ${await countOf(at)} rows`);
          },
        },
      });
      // A request is a part: it is noted, and then that there are no more.
      const wanted = connection.pg_host === undefined
        ? ["before 3, 0 rows", "after 3, 3 rows", "after all, 3 rows"]
        : ["before all, 0 rows", "after all, 3 rows"];
      assert.deepEqual(said, mode === "append" ? wanted : []);
      if (mode === "append") await at.sql("TRUNCATE t");
    }
  }
});

interface Bench extends TempDir {
  load(config: Record<string, unknown>): Promise<RunResult>;
}

/** Runs a CSV file into `t`, and tries again where it may. */
async function bench(at: Project, lines: string): Promise<Bench> {
  const folder = await tempDir("supabase-commit-");
  await folder.write("in.csv", lines);
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({
      connections: { supabase: { at: serviceConnection(at) } },
    }),
  );
  return Object.assign(folder, {
    load: (config: Record<string, unknown>) =>
      run({
        version: "1.0.0",
        name: "load",
        steps: [
          {
            id: "read",
            driver: "filesystem.csv_extractor",
            config: { path: "in.csv", infer: "none" },
            retry: { max_attempts: 3, initial_delay: "1ms", on: ["data"] },
          },
          {
            id: "write",
            driver: "supabase.writer",
            inputs: { df: "${read}" },
            config: {
              connection: "@supabase.at",
              table: "t",
              batch_size: 100,
              ...config,
            },
            retry: { max_attempts: 3, initial_delay: "1ms" },
          },
        ],
      }, {
        cwd: folder.path,
        connections: folder.file("osiris_connections.yaml"),
      }),
  });
}

const csv = (ids: number): string =>
  `id\n${Array.from({ length: ids }, (_, i) => i + 1).join("\n")}\n`;

/** Facts of a run's events of one name. */
async function eventsOf(
  { runFolder }: RunResult,
  name: string,
): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(`${runFolder}/events.jsonl`);
  return text.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ event }) => event === name);
}

Deno.test(
  "a run tries an append over REST again only while no row of it is there",
  needsFixture,
  async () => {
    await using at = await project("CREATE TABLE t (id text);");
    await using it = await bench(at, csv(500));
    at.faults.next({ kind: "unavailable" }, { method: "POST" });
    const again = await it.load({ retries: 0 });
    assert.equal(again.error, undefined);
    assert.equal(await countOf(at), 500);
    assert.equal((await eventsOf(again, "step_retry")).length, 1);

    await at.sql("TRUNCATE t");
    at.faults.next({ kind: "unavailable" }, { method: "POST", after: 2 });
    const partly = await it.load({ retries: 0 });
    assert.equal(partly.error?.code, "http/unavailable");
    assert.match(partly.error!.message, /200 rows/);
    assert.equal(await countOf(at), 200);
    assert.equal((await eventsOf(partly, "step_retry")).length, 0);
    const [part] = await eventsOf(partly, "partial_write");
    assert.deepEqual([part.rows_certain, part.rows_uncertain], [200, 0]);
  },
);

Deno.test("a run whose reader fails half way tells what an append over REST leaves, and does not double it", async () => {
  await using at = await project("CREATE TABLE t (id text);");
  const bad = `${csv(150_000)}1,2\n`;
  await using it = await bench(at, bad);
  const failed = await it.load({ batch_size: 5000 });
  assert.match(failed.error!.code, /^data\//);
  const [part] = await eventsOf(failed, "partial_write");
  const [certain, most] = [
    Number(part.rows_certain),
    Number(part.rows_certain) + Number(part.rows_uncertain),
  ];
  const there = await countOf(at);
  assert.ok(
    there >= certain && there <= most,
    `${there} rows, ${JSON.stringify(part)}`,
  );
  assert.ok(there > 0);
  assert.equal((await eventsOf(failed, "step_retry")).length, 0);
});
