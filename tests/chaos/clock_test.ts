// Clocks that jump amid a run: only its timestamps jump with them.
import assert from "node:assert/strict";
import { eventsOf } from "../kit/run/run.ts";
import { type Ended, runFolders, startCliWith } from "../kit/run/child.ts";
import { sleep } from "../kit/run/drivers.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const ROWS = 60_000;
const OLD = "old\n";
const YEAR_MS = 365 * 86_400_000;

/** Runs before the command: once asked `reads` times, its clock is off by `byMs`. */
function jumping(byMs: number, reads: number): string {
  return `
const Real = Date;
let asked = 0;
const off = () => asked++ < ${reads} ? 0 : ${byMs};
globalThis.Date = class extends Real {
  constructor(...args) {
    super(...(args.length === 0 ? [Real.now() + off()] : args));
  }
  static now() { return Real.now() + off(); }
};`;
}

async function prepare(): Promise<TempDir> {
  const folder = await tempDir("clock-");
  const lines = Array.from({ length: ROWS }, (_, n) => `${n},row ${n}`);
  await folder.write("in.csv", `n,t\n${lines.join("\n")}\n`);
  await folder.write("one.csv", OLD);
  await folder.write("two.csv", OLD);
  const write = (id: string): object => ({
    id,
    driver: "filesystem.csv_writer",
    inputs: { df: "${a}" },
    config: { path: `${id}.csv` },
  });
  await folder.write(
    "m.json",
    JSON.stringify({
      name: "m",
      retry: { "max_attempts": 2 },
      deadlines: { run: "60s", step: "60s", idle: "20s" },
      steps: [
        {
          id: "a",
          driver: "filesystem.csv_extractor",
          config: { path: "in.csv" },
        },
        write("one"),
        write("two"),
      ],
    }),
  );
  return folder;
}

async function runWith(
  folder: TempDir,
  clock: string,
  ...args: string[]
): Promise<Ended> {
  const preload = await folder.write("clock.js", clock);
  const all = ["run", "m.json", "--quiet", ...args];
  const flags = [`--preload=${preload}`];
  return await startCliWith(flags, folder.path, ...all).ended();
}

/** The years that a run's log names. */
function yearsOf(run: string): number[] {
  return eventsOf(run).map(({ ts }) => new Date(String(ts)).getFullYear());
}

function assertDone(folder: TempDir): void {
  const wanted = Deno.readTextFileSync(folder.file("in.csv"));
  for (const name of ["one.csv", "two.csv"]) {
    assert.equal(Deno.readTextFileSync(folder.file(name)), wanted);
  }
}

for (const years of [-30, 30]) {
  Deno.test(`a clock that jumps by ${years} years amid a run changes nothing but its timestamps`, async () => {
    await using folder = await prepare();
    const clock = jumping(years * YEAR_MS, 12);
    const { code, stderr } = await runWith(folder, clock);
    assert.equal(code, 0, stderr);
    assertDone(folder);
    const [run] = runFolders(folder.path);
    const seen = yearsOf(run);
    const apart = Math.abs(seen.at(-1)! - seen[0]);
    assert.ok(apart >= 28, `${seen}`);
    const status = JSON.parse(Deno.readTextFileSync(`${run}/status.json`));
    assert.ok(status.duration_ms >= 0 && status.duration_ms < 60_000);
  });
}

Deno.test("the last run is resumed though the clock has gone back since", async () => {
  await using folder = await prepare();
  const kill = async (byMs: number): Promise<void> => {
    const preload = await folder.write("clock.js", jumping(byMs, 0));
    const args = ["run", "m.json", "--quiet"];
    const flags = [`--preload=${preload}`];
    const child = startCliWith(flags, folder.path, ...args);
    const before = runFolders(folder.path).length;
    while (runFolders(folder.path).length === before) await sleep(2);
    await sleep(120);
    child.kill("SIGKILL");
    await child.ended();
  };
  await kill(20 * YEAR_MS);
  await kill(0);
  const last = runFolders(folder.path).at(0)!;
  const { code, stderr } = await runWith(folder, "", "--resume=last");
  assert.equal(code, 0, stderr);
  assertDone(folder);
  const resumed = runFolders(folder.path).map((run) =>
    eventsOf(run).find(({ event }) => event === "run_start")?.resumed_from
  ).find((id) => id !== undefined);
  assert.ok(last.endsWith(String(resumed)), `${last}: ${resumed}`);
});
