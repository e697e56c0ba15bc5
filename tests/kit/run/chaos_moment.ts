/**
 * When a run is killed: at a random time, shortly after a line of its log, or
 * while it makes its changes final, since what takes least time is where most
 * goes wrong.
 *
 * @module
 */
import { join } from "node:path";
import { runFolders } from "./child.ts";
import { sleep } from "./drivers.ts";

/** How long a run is, in milliseconds from its first line to its end, and in lines of its log. */
export interface Span {
  readonly ms: number;
  readonly lines: number;
}

/** Before any step made its changes final, while one did, or after one had. */
export type Phase = "before" | "amid" | "after";

/** A small generator of numbers in [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waits for a random moment of a run. */
export async function moment(
  cwd: string,
  random: () => number,
  { ms, lines }: Span,
): Promise<void> {
  await begun(cwd);
  const kind = random();
  if (kind < 0.4) return await sleep(random() * ms);
  const run = runFolders(cwd).at(-1)!;
  const line = 1 + Math.floor(random() * lines);
  const isThere = kind < 0.75
    ? () => linesOf(run) >= line
    : () => /"committing":\s*\[\s*"/.test(read(run, "checkpoint.json"));
  const until = performance.now() + ms * 4;
  while (performance.now() < until) {
    if (isThere() || read(run, "status.json") !== "") break;
    await sleep(1);
  }
  await sleep(random() * (kind < 0.75 ? 25 : 10));
}

/** Where a run that was killed was, by what it had written down. */
export function phaseOf(run: string): Phase {
  const text = read(run, "checkpoint.json");
  if (text === "") return "before";
  const { committing, committed = [], done } = JSON.parse(text);
  if (committing.length > 0) return "amid";
  // What is done beside its source is done by writers.
  const isAfter = committed.length > 0 || Object.keys(done).length > 1;
  return isAfter ? "after" : "before";
}

/** Lines of a run's log. */
export function linesOf(run: string): number {
  return read(run, "events.jsonl").split("\n").length - 1;
}

/** Waits until a run in `cwd` has a folder with a line in its log. */
export async function begun(cwd: string): Promise<void> {
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    if (runFolders(cwd).some((run) => linesOf(run) > 0)) return;
    await sleep(2);
  }
  throw new Error("No run has begun");
}

function read(run: string, name: string): string {
  try {
    return Deno.readTextFileSync(join(run, name));
  } catch {
    return ""; // not there yet
  }
}
