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
import { decodeError, encodeError, OsirisError } from "../error.ts";
import type { Deadlines } from "../manifest/manifest.ts";
import type { PlannedFile } from "../plan/plan.ts";
import type { Counts, FromSandbox, Start } from "../protocol.ts";
import { sendRequest } from "./fetch_broker.ts";
import { openSource, Target } from "./file_broker.ts";
import type { Sandbox } from "./sandbox.ts";

/** Who hears what a step says, as it says it. */
export interface SessionHooks {
  log(level: LogLevel, message: string): void;
  emit(name: string, facts: Readonly<Record<string, Json>>): void;
  measure(name: string, value: number, unit: string): void;
  progress(rows: number): void;
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
  /** Stops the step; its reason is the step's error. */
  readonly signal: AbortSignal;
  readonly hooks: SessionHooks;
}

/** What a step that ended well has done. */
export interface SessionResult {
  /** What the driver returned: a report, or facts of a probe. Unchecked. */
  readonly result: unknown;
  readonly counts: Counts;
  readonly accounted: Readonly<Partial<Record<RowReason, number>>>;
  readonly state: Json | undefined;
  readonly bytesRead: number;
}

/** How long a step that was told to stop may take to roll back, in milliseconds. */
const STOP_MS = 4000;

/** Messages that a step may send in a second, and bytes of text in one message. */
const MAX_MESSAGES_PER_SECOND = 20_000;
const MAX_TEXT = 65_536;

/**
 * Runs one step to its end and stops its sandbox.
 *
 * @returns what it did, and whether its thread has really ended.
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
  readonly #requests = new Map<number, AbortController>();
  readonly #accounted: Partial<Record<RowReason, number>> = {};
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #failure: OsirisError | undefined;
  #state: Json | undefined;
  #bytesRead = 0;
  #messages = 0;
  #window = 0;
  #isStarted = false;
  #isOver = false;

  constructor(sandbox: Sandbox, options: SessionOptions) {
    this.#sandbox = sandbox;
    this.#options = options;
  }

  async run(): Promise<SessionResult> {
    const { signal, deadlines, start } = this.#options;
    const cancel = () => this.#cancel(asError(signal.reason, start.step));
    signal.addEventListener("abort", cancel, { once: true });
    this.#arm("heartbeat", deadlines.heartbeatMs, () => this.#hung());
    if (deadlines.stepMs !== null) {
      this.#arm("step", deadlines.stepMs, () => this.#late());
    }
    this.#sandbox.listen(
      (message) => this.#hear(message),
      (error) => this.#fail(this.#failure ?? error),
    );
    if (signal.aborted) cancel();
    try {
      return await this.#end.promise;
    } finally {
      this.#isOver = true;
      signal.removeEventListener("abort", cancel);
      for (const timer of this.#timers.values()) clearTimeout(timer);
      this.#streams.abort(
        new OsirisError("step/cancelled", "Cannot go on: the step has ended"),
      );
      for (const request of this.#requests.values()) request.abort();
    }
  }

  #begin(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { start, targets } = this.#options;
    const open = Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [name, {
        path: target.path,
        port: target.serve(
          this.#streams.signal,
          (error) => this.#cancel(error),
        ),
      }]),
    );
    const message: Start = { t: "start", ...start, targets: open };
    const ports = [
      ...Object.values(start.inputs),
      ...(start.output ? [start.output] : []),
      ...Object.values(open).map(({ port }) => port),
    ];
    this.#sandbox.post(message, ports);
  }

  /** Asks the step to stop; what does not stop in time is ended. */
  #cancel(error: OsirisError): void {
    this.#failure ??= error;
    if (!this.#isStarted) return this.#fail(this.#failure);
    this.#sandbox.post({ t: "cancel", error: encodeError(this.#failure) });
    this.#arm("stop", STOP_MS, () => this.#fail(this.#failure!));
  }

  #fail(error: OsirisError): void {
    this.#end.reject(error);
  }

  #hear(untrusted: unknown): void {
    if (this.#isOver) return;
    if (this.#isFlooded()) {
      return this.#fail(
        this.#error(
          "driver/flooded",
          "its driver floods the host with messages",
        ),
      );
    }
    const message = untrusted as FromSandbox | null;
    try {
      this.#answer(message as FromSandbox);
    } catch {
      this.#fail(
        this.#error("driver/protocol", "its driver sent a malformed message"),
      );
    }
  }

  #answer(message: FromSandbox): void {
    const { hooks, deadlines } = this.#options;
    this.#arm("heartbeat", deadlines.heartbeatMs, () => this.#hung());
    switch (message.t) {
      case "ready":
      case "beat":
        return;
      case "alive":
        return this.#begin();
      case "log":
        return hooks.log(logLevel(message.level), text(message.message));
      case "emit":
        return hooks.emit(eventName(message.name), facts(message.facts));
      case "measure":
        return hooks.measure(
          eventName(message.name),
          number(message.value),
          text(message.unit),
        );
      case "progress":
        return hooks.progress(number(message.rows));
      case "account":
        return this.#account(message.reason, count(message.rows));
      case "state":
        this.#state = facts({ state: message.state }).state;
        return;
      case "open":
        return void this.#open(count(message.id), text(message.name));
      case "fetch":
        return void this.#fetch(count(message.id), message.request);
      case "abort-fetch":
        return this.#requests.get(message.id)?.abort();
      case "done":
        return this.#done(message.result, message.counts);
      case "failed":
        return this.#fail(this.#failure ?? decodeError(message.error));
      default:
        throw new TypeError("unknown message");
    }
  }

  #done(result: unknown, counts: Counts): void {
    if (this.#failure) return this.#fail(this.#failure);
    this.#end.resolve({
      result,
      counts: checkCounts(counts, Object.keys(this.#options.start.inputs)),
      accounted: this.#accounted,
      state: this.#state,
      bytesRead: this.#bytesRead,
    });
  }

  #account(reason: RowReason, rows: number): void {
    if (!["filtered", "rejected", "deduplicated", "limited"].includes(reason)) {
      throw new TypeError("unknown reason");
    }
    this.#accounted[reason] = (this.#accounted[reason] ?? 0) + rows;
  }

  async #open(id: number, name: string): Promise<void> {
    try {
      const file = Object.hasOwn(this.#options.sources, name) &&
        this.#options.sources[name];
      if (!file) {
        throw this.#error(
          "driver/protocol",
          `it asks for a file "${name}" that its spec does not name`,
        );
      }
      const port = await openSource(
        file,
        this.#streams.signal,
        (bytes) => this.#bytesRead += bytes,
      );
      this.#sandbox.post({ t: "opened", id, port }, [port]);
    } catch (thrown) {
      this.#refuse(id, thrown);
    }
  }

  async #fetch(
    id: number,
    request: Parameters<typeof sendRequest>[0],
  ): Promise<void> {
    const { hosts, secrets } = this.#options;
    const controller = new AbortController();
    this.#requests.set(id, controller);
    try {
      const signal = AbortSignal.any([this.#streams.signal, controller.signal]);
      const response = await sendRequest(request, secrets, hosts, signal);
      this.#sandbox.post(
        { t: "response", id, response },
        response.port ? [response.port] : [],
      );
    } catch (thrown) {
      this.#refuse(id, thrown);
    } finally {
      // kept while its body streams; ended with the session
    }
  }

  #refuse(id: number, thrown: unknown): void {
    if (this.#isOver) return;
    const error = thrown instanceof OsirisError ? thrown : new OsirisError(
      "http/failed",
      `Cannot send request: ${
        thrown instanceof Error ? thrown.message : String(thrown)
      }`,
    );
    this.#sandbox.post({ t: "refused", id, error: encodeError(error) });
  }

  #hung(): void {
    const seconds = this.#options.deadlines.heartbeatMs / 1000;
    this.#fail(
      this.#failure ??
        this.#error(
          "driver/hung",
          `no sign of life of its driver for ${seconds} s`,
        ),
    );
  }

  #late(): void {
    const seconds = this.#options.deadlines.stepMs! / 1000;
    this.#cancel(
      this.#error("step/timeout", `it took longer than ${seconds} s`),
    );
  }

  #isFlooded(): boolean {
    const now = performance.now();
    if (now - this.#window > 1000) [this.#window, this.#messages] = [now, 0];
    return ++this.#messages > MAX_MESSAGES_PER_SECOND;
  }

  #error(
    code: ConstructorParameters<typeof OsirisError>[0],
    state: string,
  ): OsirisError {
    const { step } = this.#options.start;
    return new OsirisError(code, `Cannot complete step "${step}": ${state}`, {
      step,
    });
  }

  #arm(name: string, ms: number, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(act, ms));
  }
}

function asError(reason: unknown, step: string): OsirisError {
  return reason instanceof OsirisError ? reason : new OsirisError(
    "step/cancelled",
    `Cannot complete step "${step}": it was cancelled`,
    { cause: reason },
  );
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not text");
  return value.slice(0, MAX_TEXT);
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError("not a number");
  }
  return value;
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new TypeError("not a count");
  }
  return value as number;
}

function logLevel(value: unknown): LogLevel {
  const level = ["debug", "info", "warn", "error"].find((known) =>
    known === value
  );
  if (!level) throw new TypeError("not a level");
  return level as LogLevel;
}

/** Names of events and metrics of drivers: what can't be mistaken for markup or another line. */
function eventName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z][a-z0-9_]{0,63}$/.test(value)) {
    throw new TypeError("not a name");
  }
  return value;
}

/** Rebuilds facts as fresh plain JSON, so that nothing of the sender's survives but data. */
function facts(value: unknown): Record<string, Json> {
  const json = JSON.stringify(
    value ?? {},
    (_, item) => typeof item === "bigint" ? String(item) : item,
  );
  if (json.length > MAX_TEXT) throw new TypeError("too much");
  const parsed = JSON.parse(json);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new TypeError("not facts");
  }
  delete parsed["__proto__"];
  return parsed;
}

function checkCounts(value: unknown, names: readonly string[]): Counts {
  const { inputs, rowsOut, bytesOut } = value as Counts;
  const checked = names.map((name) => {
    const { rows, isComplete } = inputs[name];
    return [name, {
      rows: count(rows),
      isComplete: isComplete === true,
    }] as const;
  });
  return {
    inputs: Object.fromEntries(checked),
    rowsOut: count(rowsOut),
    bytesOut: count(bytesOut),
  };
}
