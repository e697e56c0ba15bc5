/**
 * One step being served, in the sandbox: gives the driver its inputs, streams
 * its table out, and says how it ended.
 *
 * @module
 */
import { BatchReceiver, BatchSender } from "../channel/batches.ts";
import type { Driver, StepContext, StepInput } from "../driver/driver.ts";
import { encodeError, OsirisError, toOsirisError } from "../error.ts";
import {
  type Counts,
  type FromSandbox,
  REJECTS,
  type Start,
} from "../protocol.ts";
import type { Questions, Say } from "./ask.ts";
import { Activity } from "./activity.ts";
import { stepContext } from "./context.ts";
import { inputFile, outputFile } from "./files.ts";
import { Gatherer } from "./gatherer.ts";
import { Rejects } from "./rejects.ts";

/** Loads the driver; `module` is what the start message names. */
export type Load = (module: string | null) => Promise<Driver>;

/** One step being served. */
export class Serving {
  readonly #start: Start;
  readonly #say: Say;
  readonly #signal: AbortSignal;
  readonly #questions: Questions;
  readonly #inputs: Record<string, BatchReceiver> = {};
  readonly #output: BatchSender | null;
  readonly #rejects: Rejects | null;
  readonly #activity: Activity;
  readonly #gatherer: Gatherer;

  constructor(
    start: Start,
    say: Say,
    questions: Questions,
    signal: AbortSignal,
  ) {
    this.#start = start;
    this.#say = say;
    this.#signal = signal;
    this.#questions = questions;
    for (const [name, port] of Object.entries(start.inputs)) {
      this.#inputs[name] = new BatchReceiver(
        port,
        signal,
        start.isDeepCheck,
        start.producers?.[name],
      );
    }
    this.#output = start.output &&
      new BatchSender(start.output, signal, start.credits);
    this.#gatherer = new Gatherer((bytes) =>
      questions.ask<void>((id) => say({ t: "hold", id, bytes }))
    );
    const streams = [...Object.values(this.#inputs), this.#gatherer];
    this.#activity = new Activity(
      this.#output ? [...streams, this.#output] : streams,
    );
    this.#rejects = this.#openRejects(start);
  }

  #openRejects({ step, targets, rejects }: Start): Rejects | null {
    if (!rejects) return null;
    const target = targets[REJECTS];
    return new Rejects({
      step,
      file: target ? outputFile(target.path, target.port, this.#signal) : null,
      atMost: rejects.atMost,
      account: (rows) => this.#say({ t: "account", reason: "rejected", rows }),
    });
  }

  /** What goes on, for a sign of life. */
  look(): ReturnType<Activity["look"]> {
    const { moves, waits } = this.#activity.look();
    const rows = Object.values(this.#inputs).reduce(
      (sum, input) => sum + input.rows,
      this.#output?.rows ?? 0,
    );
    return { moves: moves + rows, waits };
  }

  /** Hears that the producer of an input has ended. */
  expectEnd(input: string): void {
    this.#inputs[input]?.expectEnd();
  }

  /** Runs the task to its end. Never throws: what went wrong is in the message. */
  async serve(load: Load): Promise<FromSandbox> {
    const { task, step, module } = this.#start;
    try {
      const driver = await load(module);
      const result = await this.#perform(driver, task);
      if (task.kind === "run") this.#checkInputs(driver);
      await this.#rejects?.close();
      return { t: "done", result: result ?? null, counts: this.#counts() };
    } catch (thrown) {
      const error = this.#explain(thrown, step);
      if (error.code === "data/rejected") await this.#keepRejects();
      this.#output?.fail(error);
      return { t: "failed", error: encodeError(error) };
    } finally {
      for (const input of Object.values(this.#inputs)) input.cancel();
    }
  }

  /** Puts the rows in their file that were too many: they show what is wrong. */
  async #keepRejects(): Promise<void> {
    try {
      await this.#rejects?.close();
    } catch {
      // The step has failed already; this would only hide why.
    }
  }

  #perform(driver: Driver, task: Start["task"]): Promise<unknown> {
    const step = this.#stepInput();
    const context = stepContext(
      this.#start,
      (message, transfer) => {
        this.#activity.moved();
        this.#say(message, transfer);
      },
      this.#questions,
      this.#signal,
      this.#rejects,
      this.#activity.moved,
    );
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
      case "committed":
        return driver.wasCommitted?.(step, context, task.token) ??
          cannot(driver, "ask after a commit");
      case "forget":
        return driver.forgetCommit?.(step, context, task.token) ??
          Promise.resolve();
    }
  }

  async #run(
    driver: Driver,
    step: StepInput,
    context: StepContext,
  ): Promise<unknown> {
    const work = driver.run(step, context);
    const output = this.#output;
    const isTable = Symbol.asyncIterator in work;
    if (isTable !== (output !== null)) {
      throw new OsirisError(
        "driver/protocol",
        `Cannot run driver "${driver.spec.name}": it gives ${
          isTable
            ? "a table, which its spec denies"
            : "no table, unlike its spec"
        }`,
      );
    }
    if (!isTable || output === null) return await work;
    for await (const batch of work) {
      await output.send(batch);
      // Only a source may stop early: whoever has inputs must read them to their end.
      const isSource = Object.keys(this.#inputs).length === 0;
      if (isSource && output.rows >= (this.#start.sampleRows ?? Infinity)) {
        break;
      }
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

  /** Rows that a driver leaves unread are rows that nobody can account for. */
  #checkInputs({ spec }: Driver): void {
    for (const [name, input] of Object.entries(this.#inputs)) {
      if (input.isComplete) continue;
      throw new OsirisError(
        "data/count-mismatch",
        `Cannot complete step "${this.#start.step}": driver "${spec.name}" read ${input.rows} rows of "${name}" and left the rest`,
        { hint: "Read every input to its end, and account for rows left out" },
      );
    }
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
      ...(hint !== undefined && { hint }),
      ...(faults !== undefined && { faults }),
      ...(details !== undefined && { details }),
      ...(cause !== undefined && { cause }),
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
      this.#questions.ask<MessagePort>((id) =>
        this.#say({ t: "open", id, name })
      );
    return {
      config,
      connection,
      values,
      inputs: mapValues(this.#inputs, (input) => this.#gatherer.input(input)),
      sources: mapValues(
        sources,
        (facts, name) =>
          this.#activity.input(inputFile(facts, open(name), this.#signal)),
      ),
      targets: mapValues(
        withoutRejects(targets),
        ({ path, port }) =>
          this.#activity.output(outputFile(path, port, this.#signal)),
      ),
    };
  }
}

function withoutRejects(targets: Start["targets"]): Start["targets"] {
  const { [REJECTS]: _, ...own } = targets;
  return own;
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
