/**
 * The command line in a process of its own, to be interrupted and killed.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { treeOf } from "./run.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

/** A command that runs. */
export interface Child {
  readonly pid: number;
  /** Sends a signal; a process that has ended is fine. */
  kill(signal: Deno.Signal): void;
  /** How it ended. */
  ended(): Promise<Ended>;
}

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `osiris …args` in `cwd`, with all permissions. */
export function startCli(cwd: string, ...args: string[]): Child {
  return startCliWith([], cwd, ...args);
}

/** The same, with further flags for Deno. */
export function startCliWith(
  flags: readonly string[],
  cwd: string,
  ...args: string[]
): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-prompt",
      "--no-check",
      "--no-lock",
      "--unstable-worker-options",
      ...flags,
      CLI,
      ...args,
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  output.catch(() => {}); // whoever wants it asks
  return {
    pid: child.pid,
    kill(signal) {
      try {
        child.kill(signal);
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown; // ended already
      }
    },
    async ended() {
      const { code, signal, stdout, stderr } = await output;
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, signal, stdout: text(stdout), stderr: text(stderr) };
    },
  };
}

/** Runs `osiris …args` to its end. */
export function cli(cwd: string, ...args: string[]): Promise<Ended> {
  return startCli(cwd, ...args).ended();
}

/** Run folders below a working directory, oldest first. */
export function runFolders(cwd: string): string[] {
  const root = join(cwd, "run_logs");
  const lists = [...dirs(root)].flatMap((profile) =>
    [...dirs(join(root, profile))].flatMap((pipeline) =>
      [...dirs(join(root, profile, pipeline))].map((run) =>
        join(root, profile, pipeline, run)
      )
    )
  );
  return lists.sort();
}

function* dirs(folder: string): Generator<string> {
  try {
    for (const entry of Deno.readDirSync(folder)) {
      if (entry.isDirectory) yield entry.name;
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

/** Waits until a run in `cwd` has said `event`; gives its folder. */
export async function heard(cwd: string, event: string): Promise<string> {
  const until = performance.now() + 20_000;
  while (performance.now() < until) {
    for (const folder of runFolders(cwd)) {
      const text = await Deno.readTextFile(join(folder, "events.jsonl"))
        .catch(() => "");
      if (text.includes(`"event":"${event}"`)) return folder;
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`No run has said "${event}"`);
}

/** What a run in `cwd` has left besides its results: half files, spilled tables, locks. */
export function leftovers(cwd: string): string[] {
  return treeOf(cwd).filter((path) =>
    /\.partial$|\/work\/|run\.lock$|\.osiris\/live\//.test(path)
  );
}
