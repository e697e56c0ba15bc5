// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * How long a run takes to stop after SIGINT, at random points of it, and
 * whether it leaves everything as it was.
 *
 * @module
 */
import { join } from "node:path";
import { leftovers, runFolders } from "../../tests/kit/run/child.ts";
import { runOnce } from "../measure.ts";
import { percentile } from "../osiris.ts";

/** A run to interrupt. */
export interface Interrupted {
  readonly name: string;
  /** The words that run it; it writes `out.csv`. */
  readonly command: readonly string[];
  readonly cwd: string;
}

/** Interrupts a run so many times and prints what it saw. @throws {Error} when a run leaves anything. */
export async function interrupts(
  run: Interrupted,
  times: number,
): Promise<void> {
  const { seconds } = await runOnce(run);
  const stops: number[] = [];
  let tooLate = 0;
  while (stops.length < times) {
    const ms = await interruptOnce(run, Math.random() * seconds * 1000);
    if (ms === null) tooLate++;
    else stops.push(ms);
  }
  const at = (of: number): string => percentile(stops, of).toFixed(0);
  console.log(
    `interrupts: ${run.name}: a run of ${seconds.toFixed(2)} s, ${times} ` +
      `SIGINTs (${tooLate} more came after its end): stopped after p50 ${
        at(50)
      } ms, p99 ${at(99)} ms, at most ${at(100)} ms; nothing left behind`,
  );
}

/** @returns milliseconds from the signal to the end; null when the run was over before. */
async function interruptOnce(
  { name, command, cwd }: Interrupted,
  afterMs: number,
): Promise<number | null> {
  const target = join(cwd, "out.csv");
  await Deno.writeTextFile(target, "old\n");
  await remove(join(cwd, "run_logs"));
  const child = new Deno.Command(command[0], {
    args: command.slice(1),
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  const ended = child.status.then((status) => {
    isOver = true;
    return status;
  });
  const until = performance.now() + afterMs;
  while (!isOver && (!hasBegun(cwd) || performance.now() < until)) {
    await new Promise((done) => setTimeout(done, 2));
  }
  if (isOver) return null;
  const start = performance.now();
  try {
    child.kill("SIGINT");
  } catch {
    return null; // it ended just now
  }
  const { code } = await ended;
  const ms = performance.now() - start;
  if (code === 0) return null;
  const text = await Deno.readTextFile(target);
  const left = leftovers(cwd);
  if (code !== 130 || text !== "old\n" || left.length > 0) {
    throw new Error(
      `${name}: code ${code}, target ${text.length} characters, left ${left}`,
    );
  }
  return ms;
}

/** Whether a run has said its first word. */
function hasBegun(cwd: string): boolean {
  return runFolders(cwd).some((folder) => {
    try {
      return Deno.statSync(join(folder, "events.jsonl")).size > 0;
    } catch {
      return false;
    }
  });
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}
