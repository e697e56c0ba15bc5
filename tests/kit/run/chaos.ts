/**
 * Kills runs at random points and looks at what is there afterwards.
 *
 * A failure names its seed: `OSIRIS_CHAOS_SEED=… ` brings the same points again
 * (times are those of another run, so that a point may need a few tries).
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Child,
  cli,
  type Ended,
  leftovers,
  runFolders,
  startCli,
} from "./child.ts";
import {
  begun,
  linesOf,
  moment,
  type Phase,
  phaseOf,
  randomOf,
  type Span,
} from "./chaos_moment.ts";
import { type TempDir, tempDir } from "../temp.ts";

/** What is run and killed. */
export interface Scenario {
  readonly name: string;
  /** Whether a kill may leave a part of the rows. */
  readonly mayBePart?: boolean;
  /** Puts the manifest `m.json` and what it needs into a folder, the targets as they are before. */
  prepare(folder: TempDir, route?: Route): Promise<Target>;
}

/** Leads the runs to a server another way. @returns the port to connect to in place of the server's. */
export type Route = (port: number) => Promise<number>;

/** No other way than the server's own port. */
export const direct: Route = (port) => Promise.resolve(port);

/**
 * Exactly as before, exactly as after, neither; or all that was there before
 * and a part of the new rows, none of them twice: what a target without
 * transactions may be left with.
 */
export type State = "old" | "new" | "part" | "neither";

/** The targets of a prepared scenario. */
export interface Target extends AsyncDisposable {
  /** Waits until nothing of a killed run is at work any more. */
  settle(): Promise<void>;
  /** What each target holds, by the step that writes it. */
  look(): Promise<Record<string, State>>;
  /** Takes the part out again, as the user of a target without transactions has to who appends. */
  mend?(): Promise<void>;
  /** Whether a run that is done twice leaves the same as one: append does not. */
  readonly isRepeatable: boolean;
}

/** Counts of what was tried. */
export interface Tally {
  /** Runs that were to be killed, and those that were before they ended. */
  runs: number;
  killed: number;
  /** Where the killed ones were with making their changes final. */
  readonly phases: Record<Phase, number>;
  /** How the targets were found after the kill. */
  old: number;
  new: number;
  part: number;
  mixed: number;
  /** How it went on. */
  resumed: number;
  rerun: number;
  complete: number;
  /** Resumed runs that had to ask whether rows are there. */
  asked: number;
}

/**
 * Kills a scenario at so many points, two at a time; a run that ends before
 * it is killed does not count, but is looked at as well.
 *
 * @throws with the seed of the point that fails.
 */
export async function killAtPoints(
  scenario: Scenario,
  points: number,
  seed: number,
): Promise<Tally> {
  const tally = newTally();
  const span = await calibrate(scenario);
  let next = 0;
  // Runs may end before they are killed, on a fast machine more of them.
  const most = 3 * points + 12;
  const work = async (): Promise<void> => {
    while (tally.killed < points && next < most) {
      const point = next++;
      const pointSeed = (seed + point * 7919) >>> 0;
      try {
        await killOnce(scenario, randomOf(pointSeed), span, tally);
      } catch (thrown) {
        next = Infinity;
        throw new Error(
          `${scenario.name}: point ${point} fails: OSIRIS_CHAOS_SEED=${pointSeed}`,
          { cause: thrown },
        );
      }
    }
  };
  await Promise.all([work(), work()]);
  return tally;
}

/** Nothing tried yet. */
export function newTally(): Tally {
  return {
    runs: 0,
    killed: 0,
    phases: { before: 0, amid: 0, after: 0 },
    old: 0,
    new: 0,
    part: 0,
    mixed: 0,
    resumed: 0,
    rerun: 0,
    complete: 0,
    asked: 0,
  };
}

/** Runs a scenario once to its end. */
async function calibrate(scenario: Scenario): Promise<Span> {
  await using folder = await tempDir("chaos-");
  await using target = await scenario.prepare(folder);
  const child = startCli(folder.path, "run", "m.json", "--quiet");
  await begun(folder.path);
  const start = performance.now();
  const { code, stderr } = await child.ended();
  assert.equal(code, 0, stderr);
  await target.settle();
  assertAll(await target.look(), "new");
  const ms = performance.now() - start;
  const [run] = runFolders(folder.path);
  return { ms, lines: linesOf(run) };
}

async function killOnce(
  scenario: Scenario,
  random: () => number,
  span: Span,
  tally: Tally,
): Promise<void> {
  await using folder = await tempDir("chaos-");
  await using target = await scenario.prepare(folder);
  const child = startCli(folder.path, "run", "m.json", "--quiet");
  await moment(folder.path, random, span);
  child.kill("SIGKILL");
  await afterKill({ scenario, folder, target, random, tally }, child);
}

/** A run that was to be killed. */
export interface Killed {
  readonly scenario: Scenario;
  readonly folder: TempDir;
  readonly target: Target;
  readonly random: () => number;
  readonly tally: Tally;
}

/**
 * Looks at what a killed run has left, goes on, and looks again.
 *
 * @returns what the targets held after the kill; null when the run had ended before.
 */
export async function afterKill(
  { scenario, folder, target, random, tally }: Killed,
  child: Child,
): Promise<Record<string, State> | null> {
  const { signal } = await child.ended();
  await target.settle();
  const seen = await target.look();
  tally.runs++;
  if (signal === "SIGKILL") {
    tally.killed++;
    tally.phases[phaseOf(runFolders(folder.path).at(-1)!)]++;
  }
  count(seen, tally);
  const allowed = ["old", "new", ...(scenario.mayBePart ? ["part"] : [])];
  for (const [name, state] of Object.entries(seen)) {
    assert.ok(allowed.includes(state), `${name} after the kill: ${state}`);
  }
  await goOn(folder, target, random, tally);
  await target.settle();
  assertAll(await target.look(), "new");
  await sweepLeaves(folder.path);
  return signal === "SIGKILL" ? seen : null;
}

function count(seen: Record<string, string>, tally: Tally): void {
  const states = new Set(Object.values(seen));
  if (states.has("part")) tally.part++;
  else if (states.size > 1) tally.mixed++;
  else if (states.has("old")) tally.old++;
  else tally.new++;
}

/** Resumes the killed run, or runs anew where that gives the same. */
async function goOn(
  folder: TempDir,
  target: Target,
  random: () => number,
  tally: Tally,
): Promise<void> {
  if (target.isRepeatable && random() < 0.4) {
    tally.rerun++;
    return succeed(await cli(folder.path, "run", "m.json", "--quiet"));
  }
  const resume = (...more: string[]): Promise<Ended> =>
    cli(folder.path, "run", "m.json", "--quiet", "--resume=last", ...more);
  let ended = await resume();
  if (/making its changes final|made its changes final/.test(ended.stderr)) {
    tally.asked++;
    const seen = await target.look();
    if (Object.values(seen).includes("part")) await target.mend?.();
    const verdicts = Object.entries(seen).map(([step, state]) =>
      state === "new" ? `--committed=${step}` : `--not-committed=${step}`
    );
    ended = await resume(...verdicts);
  }
  if (/it is complete/.test(ended.stderr)) {
    tally.complete++;
    return assertAll(await target.look(), "new");
  }
  if (/no checkpoint|no such run/.test(ended.stderr)) {
    tally.rerun++;
    return succeed(await cli(folder.path, "run", "m.json", "--quiet"));
  }
  tally.resumed++;
  succeed(ended);
}

function succeed({ code, stderr }: Ended): void {
  assert.equal(code, 0, stderr);
}

function assertAll(seen: Record<string, string>, state: string): void {
  for (const [name, one] of Object.entries(seen)) {
    assert.equal(one, state, name);
  }
}

/** The run after a killed one has swept. One that was killed at its very end may leave its name. */
async function sweepLeaves(cwd: string): Promise<void> {
  const left = leftovers(cwd);
  if (left.length === 0) return;
  const { stderr } = await cli(
    cwd,
    "run",
    "m.json",
    "--quiet",
    "--dry-run",
  );
  assert.deepEqual(leftovers(cwd), [], stderr);
}

/** Points of a scenario: few in the normal run, `OSIRIS_CHAOS_POINTS` in all when asked for. */
export function pointsOf(share: number, few: number): number {
  const asked = readEnv("OSIRIS_CHAOS_POINTS");
  return asked === undefined ? few : Math.ceil(Number(asked) * share);
}

/** Whether all points are asked for, not the few of the normal run. */
export function isFull(): boolean {
  return readEnv("OSIRIS_CHAOS_POINTS") !== undefined;
}

/** The seed of this run: given, or the time. */
export function seedOf(): number {
  return Number(readEnv("OSIRIS_CHAOS_SEED") ?? Date.now() % 2 ** 31);
}

function readEnv(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** Says on stderr what was tried, when it was more than a few. */
export function tell(name: string, tally: Tally): void {
  if (!isFull()) return;
  const text = `${name}: ${JSON.stringify(tally)}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
