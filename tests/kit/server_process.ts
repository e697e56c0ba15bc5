/**
 * Keeps one database server process: starts it, waits until it answers, signals it, ends it.
 *
 * @module
 */

import { join } from "node:path";
import { removeTree } from "./temp.ts";
import { command } from "./command.ts";
import { runFolder } from "./watchdog.ts";
import type { ServerControl, ServerInfo, ServerKind } from "./server.ts";

/** What differs between the families of servers. */
export interface ServerProcessSpec {
  /** The server program. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** User and group to run as, if not our own. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The signal for an orderly shutdown that doesn't wait for clients. */
  readonly shutdown: Deno.Signal;
  /** The signal for an end without caring for the data. */
  readonly abandon: Deno.Signal;
  /** Connects and asks something; rejects as long as the server isn't ready. */
  readonly probe: () => Promise<unknown>;
  /** Start failures in the log that pass with time, such as a dying predecessor. */
  readonly passing: RegExp;
}

/** How long a server may take to answer: recovery after a kill included. */
const START_LIMIT_MS = 60_000;
const PROBE_EVERY_MS = 15;

type Running = {
  child: Deno.ChildProcess;
  ended: Promise<Deno.CommandStatus>;
  hasEnded: boolean;
};

/** A server on this machine, started by this process. */
export class ServerProcess implements ServerControl {
  readonly #spec: ServerProcessSpec;
  readonly #info: Omit<ServerInfo, "pid">;
  #running: Running | undefined;
  #stopped = false;

  constructor(spec: ServerProcessSpec, info: Omit<ServerInfo, "pid">) {
    this.#spec = spec;
    this.#info = info;
  }

  get info(): ServerInfo {
    return { ...this.#info, pid: this.#running?.child.pid ?? 0 };
  }

  /** Starts the server and resolves once it answers. */
  async start(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const running = await this.#spawn();
      const failure = await this.#untilReady(running, deadline);
      if (failure === undefined) return;
      await this.#end(running, "SIGKILL");
      const log = await this.log();
      if (!this.#spec.passing.test(log) || performance.now() > deadline) {
        throw new Error(
          `Cannot start "${this.#spec.program}": ${failure}\n${
            log.slice(-3000)
          }`,
        );
      }
      await sleep(100);
    }
  }

  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    const running = this.#running;
    if (running === undefined || running.hasEnded) {
      throw new Error("Cannot signal the server: it does not run");
    }
    if (signal === "SIGSTOP" || signal === "SIGCONT") {
      running.child.kill(signal);
    } else await this.#end(running, signal);
  }

  async restart(): Promise<void> {
    if (this.#stopped) {
      throw new Error("Cannot restart the server: it was stopped and removed");
    }
    if (this.#running && !this.#running.hasEnded) {
      await this.#end(this.#running, this.#spec.shutdown);
    }
    await this.start();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const running = this.#running;
    if (running && !running.hasEnded) {
      await this.#end(running, this.#spec.abandon);
    }
    await unmountBelow(this.#info.folder);
    await removeTree(this.#info.folder);
  }

  async log(): Promise<string> {
    return await Deno.readTextFile(join(this.#info.folder, "log")).catch(() =>
      ""
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #spawn(): Promise<Running> {
    // The shell becomes the server, so the number stays and no pipe ties the log to our life.
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        `exec "$@" >"$0" 2>&1`,
        join(this.#info.folder, "log"),
        this.#spec.program,
        ...this.#spec.args,
      ],
      ...this.#spec.owner,
      cwd: this.#info.folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    const running: Running = { child, ended: child.status, hasEnded: false };
    running.ended.then(() => running.hasEnded = true);
    this.#running = running;
    await (await runFolder()).adopt(child.pid);
    return running;
  }

  /** Resolves to what is wrong, or to undefined when the server answers. */
  async #untilReady(
    running: Running,
    deadline: number,
  ): Promise<string | undefined> {
    let last: unknown;
    while (!running.hasEnded) {
      if (performance.now() > deadline) {
        return `no answer after ${START_LIMIT_MS} ms: ${last}`;
      }
      try {
        await this.#spec.probe();
        return undefined;
      } catch (error) {
        last = error;
      }
      await sleep(PROBE_EVERY_MS);
    }
    return `it ended with code ${(await running.ended).code}`;
  }

  async #end(running: Running, signal: Deno.Signal): Promise<void> {
    running.child.ref();
    if (!running.hasEnded) {
      running.child.kill(signal);
      // A frozen server takes no signal but SIGKILL before it is thawed.
      if (signal !== "SIGKILL") running.child.kill("SIGCONT");
    }
    await running.ended;
    await (await runFolder()).release(running.child.pid);
  }
}

/** Makes the folder of one server: named if the name has to be known beforehand, else of a name of its own. */
export async function makeServerFolder(
  kind: ServerKind,
  name?: string,
): Promise<string> {
  const { path } = await runFolder();
  if (name === undefined) {
    return await Deno.makeTempDir({ dir: path, prefix: `${kind}-` });
  }
  await Deno.mkdir(join(path, name));
  return join(path, name);
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = await Deno.readTextFile("/proc/mounts").catch(() => "");
  for (
    const point of mounts.split("\n").map((line) => line.split(" ")[1] ?? "")
  ) {
    if (point.startsWith(folder + "/")) await command("umount", ["-l", point]);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
