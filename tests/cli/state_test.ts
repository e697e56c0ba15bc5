// The command line of incremental runs: show, reset, backfill, a folder of one's own.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { lockFile } from "../../src/run/live.ts";
import { type CommandResult, deno } from "../kit/command.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const cli = new URL("../../cli.ts", import.meta.url).pathname;
const SOURCE = fileURLToPath(
  new URL("../testdata/run/numbers_source.ts", import.meta.url),
);

function osiris(dir: TempDir, ...args: string[]): Promise<CommandResult> {
  const flags = ["run", "--no-prompt", "--unstable-worker-options", "-A"];
  return deno([...flags, cli, ...args], {
    cwd: dir.path,
    timeoutMs: 20_000,
  });
}

/** A folder with a manifest that reads what is new. */
async function job(cursor: object | null = { column: "n" }): Promise<TempDir> {
  const dir = await tempDir("cli-state-");
  const steps = [
    {
      id: "read",
      driver: SOURCE,
      config: { there: "${params.there}", ...(cursor && { cursor }) },
    },
    {
      id: "write",
      driver: "filesystem.csv_writer",
      inputs: { df: "${read}" },
      config: { path: "out.csv" },
    },
  ];
  await dir.write(
    "m.json",
    JSON.stringify({ name: "daily", params: { there: 3 }, steps }),
  );
  return dir;
}

/** Runs, and gives the numbers that were written. */
async function run(dir: TempDir, ...args: string[]): Promise<number[]> {
  const { code, stderr } = await osiris(dir, "run", "m.json", "-q", ...args);
  assert.equal(code, 0, stderr);
  const lines = (await Deno.readTextFile(dir.file("out.csv"))).trim();
  return lines.split("\n").slice(1).map(Number);
}

async function shown(dir: TempDir, ...args: string[]): Promise<unknown[]> {
  const { code, stdout } = await osiris(
    dir,
    "state",
    "show",
    "--json",
    ...args,
  );
  assert.equal(code, 0);
  return JSON.parse(stdout).map((one: Record<string, unknown>) => [
    one.pipeline,
    one.step,
    typeof one.run_id,
    one.state,
  ]);
}

Deno.test("osiris state shows what is kept and resets it, so that all is read again", async () => {
  await using dir = await job();
  assert.deepEqual(await run(dir), [1, 2, 3]);
  assert.deepEqual(await run(dir, "--param=there=5"), [4, 5]);
  assert.deepEqual(await shown(dir), [["daily", "read", "string", { n: 5 }]]);
  assert.deepEqual(await shown(dir, "daily", "write"), []);
  const show = await osiris(dir, "state", "show", "daily");
  assert.match(show.stdout, /^daily {2}read {2}\S+Z {2}\{"n":5\}\n$/);
  const reset = await osiris(dir, "state", "reset", "daily");
  assert.deepEqual([reset.code, reset.stdout], [0, "forgotten: daily read\n"]);
  const none = await osiris(dir, "state", "show");
  assert.deepEqual([none.code, none.stdout], [0, ""]);
  assert.equal(none.stderr, "nothing is kept\n");
  assert.deepEqual(await run(dir), [1, 2, 3]);
});

Deno.test("osiris run --from and --to read a range again and leave the state", async () => {
  await using dir = await job();
  await run(dir, "--param=there=9");
  assert.deepEqual(await run(dir, "--from=2", "--to=4"), [3, 4]);
  assert.deepEqual(await shown(dir), [["daily", "read", "string", { n: 9 }]]);
});

Deno.test("osiris keeps states in the folder of --state, for run, show and reset alike", async () => {
  await using dir = await job();
  await run(dir, "--state=kept");
  assert.deepEqual(await shown(dir), []);
  assert.equal((await shown(dir, "--state=kept")).length, 1);
  const record = JSON.parse(
    await Deno.readTextFile(dir.file("kept/daily/read.json")),
  );
  assert.deepEqual(record.state, { n: 3 });
  const args = ["state", "reset", "daily", "--state=kept", "--json"];
  const { stdout } = await osiris(dir, ...args);
  assert.equal(JSON.parse(stdout)[0].step, "read");
  assert.deepEqual(await shown(dir, "--state=kept"), []);
});

Deno.test("osiris state reset refuses a name that is none, and a pipeline that runs", async () => {
  await using dir = await job();
  await run(dir);
  for (const name of ["dayly", "..", "."]) {
    const { code, stderr } = await osiris(dir, "state", "reset", name);
    assert.equal(code, 2);
    assert.match(stderr, /hint: /);
    if (name === "dayly") assert.match(stderr, /Did you mean "daily"/);
  }
  const lock = lockFile(dir.file(".osiris/state/daily/.lock"), "test");
  const locked = await osiris(dir, "state", "reset", "daily", "--json");
  assert.equal(locked.code, 2);
  assert.equal(JSON.parse(locked.stdout).error.code, "run/locked");
  lock.release();
  assert.equal((await shown(dir)).length, 1);
});

Deno.test("osiris run --from is refused where no step has a cursor", async () => {
  await using dir = await job(null);
  const { code, stderr } = await osiris(dir, "run", "m.json", "--from=2");
  assert.equal(code, 2);
  assert.match(stderr, /no step of "daily" has a cursor\nhint: Set cursor/);
});

Deno.test("osiris run --dry-run reads what is new and leaves the state", async () => {
  await using dir = await job();
  await run(dir);
  const args = ["run", "m.json", "-q", "--dry-run", "--param=there=7"];
  const { code, stdout } = await osiris(dir, ...args, "--json");
  assert.deepEqual([code, JSON.parse(stdout).total_rows], [0, 4]);
  assert.deepEqual(await shown(dir), [["daily", "read", "string", { n: 3 }]]);
});
