/**
 * What the steps of one execution share: journal, cache, counts of who still
 * needs which table, limits, and the sandboxes that were warmed.
 *
 * @module
 */
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Sandbox } from "../host/sandbox.ts";
import type { SessionHooks } from "../host/session.ts";
import type { Deadlines, Limits } from "../manifest/manifest.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { type Batch, batchBytes } from "../table/batch.ts";
import type { TableCache } from "./cache.ts";
import type { Journal } from "./journal.ts";
import { countConsumers } from "./units.ts";

/** What an execution is made of. */
export interface EnvironmentOptions {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly cache: TableCache;
  /** Stops the run; its reason is the run's error. */
  readonly signal: AbortSignal;
  /** Rows that each extractor reads in a dry run; null otherwise. */
  readonly sampleRows: number | null;
  /** What each step kept at the last committed run. */
  readonly states: ReadonlyMap<string, Json>;
  readonly onProgress?: (step: string, rows: number) => void;
}

/** What the steps of one execution share. */
export class RunEnvironment {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly cache: TableCache;
  /** Aborted when the run is stopped, or one of its steps has failed. */
  readonly signal: AbortSignal;
  readonly sampleRows: number | null;
  /** Sandboxes that were started before their step's turn, by step. */
  readonly warm: Map<string, Sandbox> = new Map();
  /** Steps whose thread did not end: the process must. */
  readonly stuck: Set<string> = new Set();
  readonly #stop = new AbortController();
  readonly #states: ReadonlyMap<string, Json>;
  readonly #uses: Map<string, number>;
  readonly #onProgress: (step: string, rows: number) => void;
  readonly #byId: ReadonlyMap<string, PlannedStep>;
  /** Rows and bytes of all steps' tables so far, for the run's limits. */
  readonly #total = { rows: 0, bytes: 0 };

  constructor(options: EnvironmentOptions) {
    this.plan = options.plan;
    this.journal = options.journal;
    this.cache = options.cache;
    this.signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.sampleRows = options.sampleRows;
    this.#states = options.states;
    this.#onProgress = options.onProgress ?? (() => {});
    this.#uses = countConsumers(options.plan.steps);
    this.#byId = new Map(options.plan.steps.map((step) => [step.id, step]));
  }

  /** Whether any step reads this step's table. */
  hasConsumers(step: string): boolean {
    return this.#uses.has(step);
  }

  /** Whether a table is about to be read for the last time. */
  isLastUse(step: string): boolean {
    return this.#uses.get(step) === 1;
  }

  /** Notes that a consumer is done with a table, and drops it after the last one. */
  release(step: string): void {
    const left = (this.#uses.get(step) ?? 0) - 1;
    this.#uses.set(step, left);
    if (left <= 0) this.cache.clear(step);
  }

  /** Rows of a cached table. */
  rowsOf(step: string): number | undefined {
    return this.cache.rows(step);
  }

  /** Whether a step reads tables of drivers that are not ours. */
  readsOthers(planned: PlannedStep): boolean {
    return Object.values(planned.inputs).some((id) =>
      this.#byId.get(id)?.driver.origin.kind !== "builtin"
    );
  }

  /** What a step kept at the last committed run. */
  stateOf(step: string): Json {
    return this.#states.get(step) ?? null;
  }

  /** The step's deadlines: its own over those of the run. */
  deadlinesOf({ step }: PlannedStep): Deadlines {
    return { ...this.plan.manifest.deadlines, ...step.deadlines };
  }

  /** Who hears what a step says. */
  hooksOf(step: string): SessionHooks {
    return {
      log: (level, message) =>
        this.journal.emit("log", { step_id: step, level, message }),
      emit: (name, facts) =>
        this.journal.emit(name, { ...facts, step_id: step }),
      measure: (name, value, unit) =>
        this.journal.measure(name, value, unit, step),
      progress: (rows) => this.#onProgress(step, rows),
    };
  }

  /** Passes a step's batches through, holding them to the limits of step and run. */
  async *checked(
    planned: PlannedStep,
    batches: AsyncIterable<Batch>,
  ): AsyncGenerator<Batch, void, void> {
    const step = { rows: 0, bytes: 0 };
    for await (const batch of batches) {
      const bytes = batchBytes(batch);
      for (const sum of [step, this.#total]) {
        sum.rows += batch.length;
        sum.bytes += bytes;
      }
      checkLimits(planned.step.limits, step, planned.id);
      checkLimits(this.plan.manifest.limits, this.#total, planned.id);
      yield batch;
    }
  }

  /** Stops the steps that are still running, since one has failed. */
  stop(reason: unknown): void {
    const { message } = reason as Error;
    this.#stop.abort(
      new OsirisError(
        "step/cancelled",
        `Cannot go on: another step has failed: ${message}`,
        { cause: reason },
      ),
    );
  }

  /** Notes a step whose thread did not end. */
  onStuck(step: string): void {
    this.stuck.add(step);
  }
}

function checkLimits(
  limits: Partial<Limits>,
  seen: { readonly rows: number; readonly bytes: number },
  step: string,
): void {
  for (const kind of ["rows", "bytes"] as const) {
    const limit = limits[kind];
    if (typeof limit === "number" && seen[kind] > limit) {
      throw new OsirisError(
        "run/limit",
        `Cannot go on: "${step}": more than ${limit} ${kind}`,
        { step, hint: `Raise limits.${kind}, or read less` },
      );
    }
  }
}
