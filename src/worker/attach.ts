/**
 * The sandbox's side of a step: hears the start message on a port, runs the
 * driver, streams its batches out, and says how it ended.
 *
 * @module
 */
import { BatchReceiver, BatchSender } from "../channel/batches.ts";
import type { Driver, StepContext, StepInput } from "../driver/driver.ts";
import {
  decodeError,
  encodeError,
  OsirisError,
  toOsirisError,
} from "../error.ts";
import type {
  Counts,
  FromSandbox,
  Start,
  ToSandbox,
  WireResponse,
} from "../protocol.ts";
import { inputFile, outputFile } from "./files.ts";
import { brokeredFetch } from "./requests.ts";

/** The part of a MessagePort or worker scope that is used here. */
export interface Line {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Milliseconds between two signs of life. */
const BEAT_MS = 1000;

/** How the driver is found, and what is done once at the start. */
export interface Attachment {
  /** Loads the driver; `module` is what the start message names. */
  load(module: string | null): Promise<Driver>;
  /** Takes the lock by whose release the host notices the end. */
  holdLock(name: string): Promise<void>;
}

/** Serves one step on `line`. */
export function attach(line: Line, { load, holdLock }: Attachment): void {
  const say = (message: FromSandbox, transfer?: Transferable[]) =>
    line.postMessage(message, transfer);
  const controller = new AbortController();
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  line.onmessage = async ({ data }: MessageEvent<ToSandbox>) => {
    if (data.t === "hello") {
      await holdLock(data.lock);
      say({ t: "alive" });
    } else if (data.t === "start") {
      const beat = setInterval(() => say({ t: "beat" }), BEAT_MS);
      const step = new Serving(data, say, controller.signal, asked);
      say(await step.serve(load));
      clearInterval(beat);
    } else if (data.t === "cancel") controller.abort(decodeError(data.error));
    else if (data.t === "opened") asked.get(data.id)?.resolve(data.port);
    else if (data.t === "response") asked.get(data.id)?.resolve(data.response);
    else if (data.t === "refused") {
      asked.get(data.id)?.reject(decodeError(data.error));
    }
  };
  say({ t: "ready" });
}

/** One step being served. */
class Serving {
  readonly #start: Start;
  readonly #say: (message: FromSandbox, transfer?: Transferable[]) => void;
  readonly #signal: AbortSignal;
  readonly #asked: Map<number, PromiseWithResolvers<unknown>>;
  readonly #inputs: Record<string, BatchReceiver> = {};
  readonly #output: BatchSender | null;
  #ids = 0;

  constructor(
    start: Start,
    say: (message: FromSandbox, transfer?: Transferable[]) => void,
    signal: AbortSignal,
    asked: Map<number, PromiseWithResolvers<unknown>>,
  ) {
    this.#start = start;
    this.#say = say;
    this.#signal = signal;
    this.#asked = asked;
    for (const [name, port] of Object.entries(start.inputs)) {
      this.#inputs[name] = new BatchReceiver(port, signal, start.isDeepCheck);
    }
    this.#output = start.output && new BatchSender(start.output, signal);
  }

  /** Runs the task to its end. Never throws: what went wrong is in the message. */
  async serve(load: Attachment["load"]): Promise<FromSandbox> {
    const { task, step, module } = this.#start;
    try {
      const driver = await load(module);
      const result = await this.#perform(driver, task);
      return { t: "done", result: result ?? null, counts: this.#counts() };
    } catch (thrown) {
      const error = this.#explain(thrown, step);
      this.#output?.fail(error);
      return { t: "failed", error: encodeError(error) };
    } finally {
      for (const input of Object.values(this.#inputs)) input.cancel();
    }
  }

  #perform(driver: Driver, task: Start["task"]): Promise<unknown> {
    const [step, context] = [this.#stepInput(), this.#context()];
    switch (task.kind) {
      case "run":
        return this.#run(driver, step, context);
      case "spec":
        return Promise.resolve(structuredClone(driver.spec));
      case "probe":
        return driver.probe?.(step, context) ?? cannot(driver, "probe");
      case "discover":
        return driver.discover?.(step, context, task.table) ??
          cannot(driver, "discover");
    }
  }

  async #run(
    driver: Driver,
    step: StepInput,
    context: StepContext,
  ): Promise<unknown> {
    const work = driver.run(step, context);
    if (!(Symbol.asyncIterator in work)) return await work;
    const output = this.#output;
    if (output === null) {
      throw new OsirisError(
        "driver/protocol",
        `Cannot run driver "${driver.spec.name}": it gives a table, which its spec denies`,
      );
    }
    for await (const batch of work) {
      await output.send(batch);
      if (output.rows >= (this.#start.sampleRows ?? Infinity)) break;
    }
    if (!output.hasSchema) {
      throw new OsirisError(
        "driver/protocol",
        `Cannot complete the table of driver "${driver.spec.name}": it gave no batch`,
        { hint: "Give an empty batch when there are no rows" },
      );
    }
    output.end();
    return null;
  }

  #explain(thrown: unknown, step: string): OsirisError {
    if (this.#signal.aborted) {
      const reason = this.#signal.reason;
      if (reason instanceof OsirisError) return reason;
    }
    const error = toOsirisError(thrown, "step/failed", `run step "${step}"`);
    if (error.step !== undefined) return error;
    // Its consumer hears of it too: the step at fault must be told from those it pulls along.
    const { code, message, hint, faults, details, cause } = error;
    return new OsirisError(code, message, {
      step,
      hint,
      faults,
      details,
      cause,
    });
  }

  #counts(): Counts {
    const inputs = Object.entries(this.#inputs).map(([name, input]) =>
      [name, { rows: input.rows, isComplete: input.isComplete }] as const
    );
    return {
      inputs: Object.fromEntries(inputs),
      rowsOut: this.#output?.rows ?? 0,
      bytesOut: this.#output?.bytes ?? 0,
    };
  }

  #stepInput(): StepInput {
    const { config, connection, values, sources, targets } = this.#start;
    const open = (name: string) => () =>
      this.#ask<MessagePort>((id) => this.#say({ t: "open", id, name }));
    return {
      config,
      connection,
      values,
      inputs: this.#inputs,
      sources: mapValues(
        sources,
        (facts, name) => inputFile(facts, open(name), this.#signal),
      ),
      targets: mapValues(
        targets,
        ({ path, port }) => outputFile(path, port, this.#signal),
      ),
    };
  }

  #context(): StepContext {
    const { step, sampleRows, state, deadlines } = this.#start;
    const say = this.#say;
    return {
      step,
      signal: this.#signal,
      sampleRows,
      state,
      deadlines,
      log: (level, message) => say({ t: "log", level, message }),
      emit: (name, facts = {}) => say({ t: "emit", name, facts }),
      measure: (name, value, unit) => say({ t: "measure", name, value, unit }),
      progress: (rows) => say({ t: "progress", rows }),
      account: (reason, rows) => say({ t: "account", reason, rows }),
      saveState: (kept) => say({ t: "state", state: kept }),
      fetch: brokeredFetch({
        ask: (request) => {
          let asked = 0;
          const answer = this.#ask<WireResponse>((id) => {
            asked = id;
            say({ t: "fetch", id, request });
          });
          return { answer, abort: () => say({ t: "abort-fetch", id: asked }) };
        },
      }, this.#signal),
    };
  }

  /** Asks the host and waits for its answer, or for the step to be stopped. */
  async #ask<T>(send: (id: number) => void): Promise<T> {
    const id = ++this.#ids;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    const stop = () => answer.reject(this.#signal.reason);
    this.#signal.addEventListener("abort", stop, { once: true });
    send(id);
    try {
      return await answer.promise as T;
    } finally {
      this.#asked.delete(id);
      this.#signal.removeEventListener("abort", stop);
    }
  }
}

function cannot(driver: Driver, task: string): Promise<never> {
  throw new OsirisError(
    "usage/invalid",
    `Cannot ${task}: driver "${driver.spec.name}" does not offer it`,
  );
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, map(value, key)]),
  );
}
