/**
 * One step in one sandbox, as the host sees it: start, hear, watch, end.
 *
 * Every way in which a step can end is one here: `done`, `failed`, an uncaught
 * error, an end without a word, silence, a deadline, a flood of messages, or
 * the run being stopped. Whatever the sandbox says is untrusted input.
 *
 * @module
 */
import type { Json, LogLevel, RowReason } from "../driver/driver.ts";
import { encodeError, type ErrorCode, OsirisError } from "../error.ts";
import type { Deadlines } from "../manifest/manifest.ts";
import type { PlannedFile } from "../plan/plan.ts";
import type { Counts, Start } from "../protocol.ts";
import { Alarms } from "./alarms.ts";
import { Desk } from "./desk.ts";
import { checkCounts, checkReport, hear, type Heard } from "./hear.ts";
import { Meter } from "./meter.ts";
import { asError, ownFailure } from "./step_failure.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Target } from "./target.ts";

/** Who hears what a step says, as it says it. */
export interface SessionHooks {
  log(level: LogLevel, message: string): void;
  emit(name: string, facts: Readonly<Record<string, Json>>): void;
  measure(name: string, value: number, unit: string): void;
  progress(rows: number): void;
  /** A permission was refused to the step. */
  denied?(error: string): void;
  /** The step is about to hold so many bytes of its inputs; it goes on when this has come to its end. */
  hold?(bytes: number): Promise<void>;
  /** The step is about to make its changes final, or has; noted on disk when this returns. */
  commit?(
    step: {
      readonly token: string | null;
      readonly rows: number | null;
      readonly isOver: boolean;
    },
  ): void;
}

/** What a session needs besides its sandbox. */
export interface SessionOptions {
  readonly start: Omit<Start, "t" | "targets">;
  readonly sources: Readonly<Record<string, PlannedFile>>;
  readonly targets: Readonly<Record<string, Target>>;
  /** Hosts that `context.fetch` may reach, and the secrets put in on the way. */
  readonly hosts: readonly string[];
  readonly secrets: ReadonlyMap<string, string>;
  readonly deadlines: Deadlines;
  /** Whether the idle deadline is kept here; false for drivers of ours that keep it themselves, since they see what their peers send. */
  readonly isWatched?: boolean;
  /** Steps that run at the same time, whose failures it may pass on. */
  readonly related?: readonly string[];
  /** Stops the step; its reason is the step's error. */
  readonly signal: AbortSignal;
  readonly hooks: SessionHooks;
}

/** What a step that ended well has done. */
export interface SessionResult {
  /** What the driver returned: a checked report, or facts of a probe, unchecked. */
  readonly result: unknown;
  readonly counts: Counts;
  readonly accounted: Readonly<Partial<Record<RowReason, number>>>;
  readonly state: Json | undefined;
  readonly bytesRead: number;
}

/** How long a step that was told to stop may take to roll back, in milliseconds: a run stops within 5 s, of which ending its thread may take 1. */
const STOP_MS = 3500;

/** How long messages may take that wait here to be heard, in milliseconds. */
const LATE_MS = 100;

/** Signs of life come once a second; less than a few of them say nothing. */
const LEAST_IDLE_MS = 3000;

/**
 * Runs one step to its end. Stopping its sandbox is left to the caller.
 *
 * @throws {OsirisError} the step's failure, with `step` set by the caller.
 */
export function runSession(
  sandbox: Sandbox,
  options: SessionOptions,
): Promise<SessionResult> {
  return new Session(sandbox, options).run();
}

class Session {
  readonly #sandbox: Sandbox;
  readonly #options: SessionOptions;
  readonly #end = Promise.withResolvers<SessionResult>();
  readonly #streams = new AbortController();
  readonly #desk: Desk;
  readonly #meter = new Meter();
  readonly #accounted: Partial<Record<RowReason, number>> = {};
  readonly #alarms = new Alarms();
  #failure: OsirisError | undefined;
  #state: Json | undefined;
  #moves = 0;
  #isStarted = false;
  #isOver = false;

  constructor(sandbox: Sandbox, options: SessionOptions) {
    this.#sandbox = sandbox;
    this.#options = options;
    const { start: { step, sources: facts }, sources, hosts, secrets } =
      options;
    const { signal } = this.#streams;
    this.#desk = new Desk({
      sandbox,
      step,
      sources,
      facts,
      hosts,
      secrets,
      signal,
    });
  }

  async run(): Promise<SessionResult> {
    const { signal, start } = this.#options;
    const cancel = () => this.#cancel(asError(signal.reason, start.step));
    signal.addEventListener("abort", cancel, { once: true });
    this.#armAll();
    this.#sandbox.listen(
      (message) => this.#hear(message),
      (error) => this.#fail(error),
    );
    if (signal.aborted) cancel();
    try {
      return await this.#end.promise;
    } finally {
      this.#isOver = true;
      signal.removeEventListener("abort", cancel);
      this.#alarms.clear();
      this.#streams.abort(
        new OsirisError("step/cancelled", "Cannot go on: the step has ended"),
      );
      this.#desk.close();
    }
  }

  #armAll(): void {
    const { stepMs } = this.#options.deadlines;
    this.#awaitBeat();
    this.#alarms.set("step", stepMs, () => {
      const state = `it took longer than ${stepMs! / 1000} s`;
      this.#cancel(this.#error("step/timeout", state));
    });
  }

  #begin(): void {
    this.#isStarted = true;
    this.#armIdle();
    const { start, targets } = this.#options;
    const open: Record<string, Start["targets"][string]> = {};
    for (const [name, target] of Object.entries(targets)) {
      const port = this.#serve(name, target);
      if (port !== null) open[name] = { path: target.path, port };
    }
    const message: Start = { t: "start", ...start, targets: open };
    const ports = [
      ...Object.values(start.inputs),
      ...(start.output ? [start.output] : []),
      ...Object.values(open).map(({ port }) => port),
    ];
    this.#sandbox.post(message, ports);
  }

  /** The port over which a target is written; null where that is left to the step's process. */
  #serve(name: string, target: Target): MessagePort | null {
    const fail = (error: OsirisError): void => this.#cancel(error);
    const { openTarget } = this.#sandbox;
    if (!openTarget) return target.serve(this.#streams.signal, fail);
    const { file, watch } = target.handOver(fail);
    openTarget.call(this.#sandbox, name, file, watch);
    return null;
  }

  /** Asks the step to stop; what does not stop in time is ended. */
  #cancel(error: OsirisError): void {
    this.#failure ??= error;
    if (!this.#isStarted) return this.#fail(this.#failure);
    this.#sandbox.post({ t: "cancel", error: encodeError(this.#failure) });
    this.#alarms.set("stop", STOP_MS, () => this.#fail(error));
  }

  /** Ends the step with the reason why it was stopped, or else this error. */
  #fail(error: OsirisError): void {
    this.#end.reject(this.#failure ?? error);
  }

  #hear(untrusted: unknown): void {
    if (this.#isOver) return;
    if (!this.#meter.take()) return this.#flooded();
    try {
      const heard = hear(untrusted);
      if (!this.#meter.note(heard)) return this.#flooded();
      this.#answer(heard);
    } catch (thrown) {
      // Whatever else is thrown here is ours: a journal that can't be written.
      this.#fail(
        thrown instanceof TypeError
          ? this.#error(
            "driver/protocol",
            `its driver sent a wrong message: ${thrown.message}`,
          )
          : asError(thrown, this.#options.start.step),
      );
    }
  }

  #flooded(): void {
    this.#fail(this.#error("driver/flooded", "its driver floods the host"));
  }

  #answer(message: Heard): void {
    const { hooks } = this.#options;
    if (!this.#isStarted) return this.#awaitStart(message);
    this.#awaitBeat();
    switch (message.t) {
      case "beat":
        return this.#beat(message.moves, message.waits);
      case "log":
        return hooks.log(message.level, message.message);
      case "denied":
        return hooks.denied?.(message.message);
      case "emit":
        return hooks.emit(message.name, message.facts);
      case "measure":
        return hooks.measure(message.name, message.value, message.unit);
      case "progress":
        return hooks.progress(message.rows);
      case "account":
        return this.#account(message.reason, message.rows);
      case "state":
        this.#state = message.state;
        return;
      case "commit":
        hooks.commit?.(message);
        return this.#sandbox.post({ t: "noted", id: message.id });
      case "hold":
        return void this.#hold(message.id, message.bytes);
      case "open":
        return void this.#desk.open(message.id, message.name);
      case "fetch":
        return void this.#desk.fetch(message.id, message.request);
      case "abort-fetch":
        return this.#desk.abort(message.id);
      case "done":
        return this.#done(message.result, message.counts);
      case "failed":
        return this.#fail(this.#own(message.error));
      default:
        throw new TypeError("not in its time");
    }
  }

  /** Every message is a sign of life. This thread may have been kept busy itself while some came, and first takes those. */
  #awaitBeat(): void {
    this.#alarms.set("heartbeat", this.#options.deadlines.heartbeatMs, () => {
      this.#alarms.set("heartbeat", LATE_MS, () => this.#hung());
    });
  }

  async #hold(id: number, bytes: number): Promise<void> {
    const { hooks, start } = this.#options;
    try {
      await hooks.hold?.(bytes);
      if (!this.#isOver) this.#sandbox.post({ t: "noted", id });
    } catch (thrown) {
      // Tables could not make room: the step ends for it, whatever it would say.
      if (!this.#isOver) this.#cancel(asError(thrown, start.step));
    }
  }

  /** A step that neither moves anything nor waits for another waits for somebody who may never come. */
  #beat(moves: number, waits: boolean): void {
    if (moves !== this.#moves || waits) this.#armIdle();
    this.#moves = moves;
  }

  #armIdle(): void {
    const { deadlines, isWatched = true } = this.#options;
    if (!isWatched) return;
    const ms = Math.max(deadlines.idleMs, LEAST_IDLE_MS);
    this.#alarms.set("idle", ms, () => {
      const state = `nothing has moved for ${ms / 1000} s`;
      this.#cancel(this.#error("step/timeout", state));
    });
  }

  /** Before it has its task a sandbox has little to say. */
  #awaitStart(message: Heard): void {
    if (message.t === "alive") this.#begin();
    else if (message.t === "failed") this.#fail(this.#own(message.error));
    else if (message.t !== "ready" && message.t !== "log") {
      throw new TypeError("not in its time");
    }
  }

  #done(result: unknown, counts: unknown): void {
    const { start } = this.#options;
    const done = {
      result: start.task.kind === "run"
        ? checkReport(result, start.committed)
        : result,
      counts: checkCounts(counts, Object.keys(start.inputs)),
      accounted: this.#accounted,
      state: this.#state,
      bytesRead: this.#desk.bytesRead,
    };
    if (this.#failure) return this.#fail(this.#failure);
    this.#end.resolve(done);
  }

  #account(reason: RowReason, rows: number): void {
    this.#accounted[reason] = (this.#accounted[reason] ?? 0) + rows;
  }

  #own(error: OsirisError): OsirisError {
    const { start: { step }, related = [] } = this.#options;
    return ownFailure(error, step, related);
  }

  #hung(): void {
    const seconds = this.#options.deadlines.heartbeatMs / 1000;
    this.#fail(
      this.#error("driver/hung", `no sign of life for ${seconds} s`),
    );
  }

  #error(code: ErrorCode, state: string, hint?: string): OsirisError {
    const { step } = this.#options.start;
    return new OsirisError(code, `Cannot complete step "${step}": ${state}`, {
      step,
      ...(hint !== undefined && { hint }),
    });
  }
}
