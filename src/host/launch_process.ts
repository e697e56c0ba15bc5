/**
 * Starts a sandbox that is a process of its own: memory, CPU time, signals and
 * standard streams are confined too, and it ends when it is told to.
 *
 * @module
 */
import { decodeError, OsirisError } from "../error.ts";
import { type Boot, type First, NO_TAGS } from "../pipe/boot.ts";
import { Bridge } from "../pipe/bridge.ts";
import { frameStart, tagsFrom } from "../pipe/frame.ts";
import { encodeValue } from "../pipe/value.ts";
import type { PlannedFile } from "../plan/plan.ts";
import type { ProcessLimits, ProcessUsage } from "../worker/keep_limits.ts";
import { childArguments } from "./child_command.ts";
import type { WriteWatch } from "./file_stream.ts";
import { explainEnd, neverStarted, tail } from "./process_end.ts";
import { filler, writer } from "./process_pipes.ts";
import type { FileWatch, Launch, Sandbox } from "./sandbox.ts";
import type { SourceNote } from "./serve_sources.ts";
import type { TargetNote } from "./serve_targets.ts";
import type { MarkedFile } from "./target.ts";

/** What is needed to start a process. */
export interface ProcessLaunch extends Launch {
  /** Called when what the process takes is known to be more than before. */
  readonly onUsage?: (usage: ProcessUsage) => void;
  readonly limits: ProcessLimits;
  /** Files that it may be told to open. */
  readonly sources: readonly PlannedFile[];
  /** Files that it may be told to write. Absolute. */
  readonly partials: readonly string[];
  /** Variables that the process gets, and no other. */
  readonly environment: Promise<Readonly<Record<string, string>>>;
}

/** Starts a process. */
export function launchProcess(launch: ProcessLaunch): Sandbox {
  return new ProcessSandbox(launch);
}

class ProcessSandbox implements Sandbox {
  readonly isSandboxed = true;
  peakRssBytes = 0;
  readonly #launch: ProcessLaunch;
  readonly #early: unknown[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #ended: Promise<void>;
  readonly #watches = new Map<number, FileWatch>();
  readonly #targets = new Map<string, WriteWatch>();
  #hear: (message: unknown) => void = (message) => this.#early.push(message);
  #died: (error: OsirisError) => void = (error) => this.#death = error;
  #death: OsirisError | undefined;
  #bridge: Bridge | undefined;
  #child: Deno.ChildProcess | undefined;
  #isStopping = false;

  constructor(launch: ProcessLaunch) {
    this.#launch = launch;
    this.#ended = this.#run().catch((thrown) =>
      this.#tell(
        thrown instanceof OsirisError
          ? thrown
          : neverStarted(launch.name, thrown),
      )
    );
  }

  post(message: Parameters<Sandbox["post"]>[0]): void {
    if (this.#bridge) this.#bridge.post(message);
    else this.#waiting.push(() => this.post(message));
  }

  openSource(id: number, file: PlannedFile, watch: FileWatch): void {
    this.#watches.set(id, watch);
    const { path, resolved } = file;
    this.#bridge?.post({ t: "source", id, path, resolved });
  }

  openTarget(name: string, file: MarkedFile, watch: WriteWatch): void {
    this.#targets.set(name, watch);
    this.#bridge?.post({ t: "target", name, ...file });
  }

  #noted(note: SourceNote | TargetNote): void {
    if ("target" in note) this.#notedTarget(note);
    else this.#notedSource(note);
  }

  #notedTarget({ target, bytes, error }: TargetNote): void {
    const watch = this.#targets.get(target);
    if (error !== null) watch?.failed(decodeError(error));
    else if (bytes !== null) watch?.wrote(bytes);
    else watch?.done();
  }

  #notedSource({ id, bytes }: SourceNote): void {
    const watch = this.#watches.get(id);
    if (bytes !== null) return watch?.count(bytes);
    this.#watches.delete(id);
    watch?.closed();
  }

  listen(
    hear: (message: unknown) => void,
    died: (error: OsirisError) => void,
  ): void {
    [this.#hear, this.#died] = [hear, died];
    for (const message of this.#early.splice(0)) hear(message);
    if (this.#death) died(this.#death);
  }

  async stop(): Promise<boolean> {
    this.#isStopping = true;
    this.#bridge?.close();
    this.#kill();
    await this.#ended;
    return true;
  }

  async #run(): Promise<void> {
    const env = await this.#launch.environment;
    if (this.#isStopping) return;
    const child = new Deno.Command(Deno.execPath(), {
      args: childArguments(bootOf(this.#launch)),
      clearEnv: true,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    const stderr = tail(child.stderr);
    const bridge = await this.#connect(child);
    for (const act of this.#waiting.splice(0)) act();
    const said = await bridge.run().then(() => undefined, (thrown) => thrown);
    if (said !== undefined) this.#tell(said);
    this.#kill();
    const [status, text] = await Promise.all([child.status, stderr]);
    bridge.close();
    const { name, limits } = this.#launch;
    this.#tell(explainEnd(name, limits, status, text));
  }

  /** Says the first words, which say how all others are told from what is not ours. */
  async #connect(child: Deno.ChildProcess): Promise<Bridge> {
    const seed = [...crypto.getRandomValues(new BigUint64Array(4))];
    const write = writer(child.stdin);
    const { head } = encodeValue({ seed } satisfies First, () => 0);
    // A process that does not even start is explained by its end.
    await Promise.resolve(write([frameStart(0n, 0, 0, head, 0)]))
      .catch(() => {});
    this.#bridge = new Bridge({
      fill: filler(child.stdout),
      write,
      tags: { read: tagsFrom(seed), write: NO_TAGS },
      isHost: true,
      used: (usage) => this.#used(usage as ProcessUsage),
      hear: (message) => this.#hear(message),
      died: (wire) => this.#tell(decodeError(wire)),
      noted: (note) => this.#noted(note as SourceNote | TargetNote),
    });
    return this.#bridge;
  }

  #used(usage: ProcessUsage): void {
    this.peakRssBytes = usage.rssBytes;
    this.#launch.onUsage?.(usage);
  }

  #kill(): void {
    try {
      this.#child?.kill("SIGKILL");
    } catch {
      // it has ended already
    }
  }

  #tell(error: OsirisError): void {
    if (!this.#isStopping) this.#died(error);
  }
}

function bootOf(launch: ProcessLaunch): Boot {
  const { name, boot, permissions, partials, limits } = launch;
  const sources = launch.sources.map(({ resolved }) => resolved);
  return { name, boot: boot.href, permissions, sources, partials, ...limits };
}
