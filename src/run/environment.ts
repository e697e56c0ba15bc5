/**
 * What the steps of one execution share: journal, cache, counts of who still
 * needs which table, limits, and the sandboxes that were warmed.
 *
 * @module
 */
import type { Masker } from "../connection/masker.ts";
import type { CommittedPart, Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Sandbox } from "../host/sandbox.ts";
import type { SessionHooks } from "../host/session.ts";
import type { Deadlines } from "../manifest/manifest.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { type Batch, batchBytes } from "../table/batch.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { TableCache } from "./cache.ts";
import type { Journal } from "./journal.ts";
import { LimitCounter } from "./limits.ts";
import { requireNoSecret } from "./masking.ts";
import type { MemoryWatch } from "./memory.ts";
import type { MemoryShare } from "./memory_share.ts";
import { canGoOn, canKeepPart } from "./parts.ts";
import { countConsumers } from "./units.ts";

/** What an execution is made of. */
export interface EnvironmentOptions {
  /** The steps to run; a resumed or dry run has fewer than its manifest. */
  readonly plan: Plan;
  readonly journal: Journal;
  readonly cache: TableCache;
  readonly memory: MemoryWatch;
  readonly share: MemoryShare;
  /** Stops the run; its reason is the run's error. */
  readonly signal: AbortSignal;
  /** Rows that each extractor reads in a dry run; null otherwise. */
  readonly sampleRows: number | null;
  /** Takes secrets out of what is said. */
  readonly mask: Masker;
  /** What each step kept at the last committed run. */
  readonly states: ReadonlyMap<string, Json>;
  /** How far the run has come; null in a dry run. */
  readonly checkpoint: Checkpoint | null;
  /** Steps whose tables go to disk for a run that resumes this one. */
  readonly kept: ReadonlySet<string>;
  readonly onProgress?: (step: string, rows: number) => void;
}

/** What the steps of one execution share. */
export class RunEnvironment {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly cache: TableCache;
  readonly memory: MemoryWatch;
  /** Divides the memory budget among steps that hold tables whole. */
  readonly share: MemoryShare;
  /** Aborted when the run is stopped, or one of its steps has failed. */
  readonly signal: AbortSignal;
  readonly sampleRows: number | null;
  /** Sandboxes that were started before their step's turn, by step. */
  readonly warm: Map<string, Sandbox> = new Map();
  /** Steps whose thread did not end: the process must. */
  readonly stuck: Set<string> = new Set();
  readonly #stop = new AbortController();
  readonly #options: EnvironmentOptions;
  readonly #uses: Map<string, number>;
  readonly #byId: ReadonlyMap<string, PlannedStep>;
  readonly #total: LimitCounter;
  /** Holds each step's table on disk to the step's limits. */
  readonly #onDisk: ReadonlyMap<string, LimitCounter>;
  /** Refused permissions that were told. */
  readonly #denials: { readonly step: string; readonly error: string }[] = [];
  /** Steps that have said that they make their changes final. */
  readonly #committing = new Set<string>();

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.journal = options.journal;
    this.cache = options.cache;
    this.memory = options.memory;
    this.share = options.share;
    this.signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.sampleRows = options.sampleRows;
    this.#uses = countConsumers(options.plan.steps);
    this.#byId = new Map(options.plan.steps.map((step) => [step.id, step]));
    this.#total = this.#counter(null);
    this.#onDisk = new Map(
      options.plan.steps.map((step) => [step.id, this.#counter(step)]),
    );
  }

  #counter(step: PlannedStep | null): LimitCounter {
    const limits = step ? step.step.limits : this.plan.manifest.limits;
    return new LimitCounter(
      limits,
      step?.id ?? null,
      (facts) => this.journal.emit("limit_near", facts),
    );
  }

  /** Whether any step reads this step's table. */
  hasConsumers(step: string): boolean {
    return this.#uses.has(step);
  }

  /** Steps whose tables go to disk for a run that resumes this one. */
  get kept(): ReadonlySet<string> {
    return this.#options.kept;
  }

  /** Whether a step's table goes to disk for a run that resumes this one. */
  isKept(step: string): boolean {
    return this.#options.kept.has(step);
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
    return this.#options.states.get(step) ?? null;
  }

  /** How far a step had come that commits in parts, in another attempt or the run that is resumed. */
  partOf(step: string): CommittedPart | null {
    return this.#options.checkpoint?.part(step) ?? null;
  }

  /** The step's deadlines: its own over those of the run. */
  deadlinesOf({ step }: PlannedStep): Deadlines {
    return { ...this.plan.manifest.deadlines, ...step.deadlines };
  }

  /** Who hears what a step says. */
  hooksOf(step: string): SessionHooks {
    const { journal } = this;
    const emit = (name: string, facts: Readonly<Record<string, Json>>) => {
      journal.emit(name, { ...facts, "step_id": step });
      this.onDisk(step);
    };
    return {
      log: (level, message) => emit("log", { level, message }),
      emit,
      measure: (name, value, unit) => {
        journal.measure(name, value, unit, step);
        this.onDisk(step);
      },
      commit: (said) => this.#noteCommit(step, said),
      progress: (rows) => this.#tellProgress(step, rows),
      denied: (error) => {
        this.#denials.push({ step, error });
        emit("permission_denied", { error });
      },
    };
  }

  #noteCommit(
    step: string,
    { token, rows, isOver }: Parameters<
      NonNullable<SessionHooks["commit"]>
    >[0],
  ): void {
    const { checkpoint } = this.#options;
    const isPart = rows !== null;
    const isKept = isPart && canKeepPart(this.#byId.get(step)!, this.kept);
    if (isOver) {
      // One part of rows that can't be told again is worth no more than an announcement.
      if (!isPart || isKept) checkpoint?.committed(step, rows);
      return;
    }
    this.requireNoSecret(step, "the mark of a commit", token);
    this.#committing.add(step);
    if (isPart && !isKept) checkpoint?.committing(step, null, null);
    else checkpoint?.committing(step, token, rows);
  }

  /** Refuses what a step would have kept while it holds a secret. @throws {OsirisError} `driver/protocol` */
  requireNoSecret(step: string, what: string, value: Json): void {
    requireNoSecret(value, { mask: this.#options.mask, step, what });
  }

  /** Whether the refusal that a step has failed with was told when it happened. */
  isToldDenial(failure: OsirisError): boolean {
    return this.#denials.some(({ step, error }) =>
      step === failure.step && failure.message.includes(error)
    );
  }

  /**
   * Notes that an attempt of a step has failed.
   *
   * @returns whether it must not be run again, since changes may be in the
   * target that nobody knows of.
   */
  isUncertain(step: string, { details }: OsirisError): boolean {
    const part = this.partOf(step);
    if (part === null && !this.#committing.has(step)) return false;
    if (details?.committed === (part?.rows ?? 0)) {
      this.#committing.delete(step);
      this.#options.checkpoint?.undone(step);
      return false;
    }
    return part === null || !canGoOn(part);
  }

  #tellProgress(step: string, rows: number): void {
    try {
      this.#options.onProgress?.(step, rows);
    } catch {
      // What a listener does wrong is not the step's fault.
    }
  }

  /**
   * Holds what is on disk to the limits of step and run.
   *
   * @param bytes Bytes of the step's table, where it grows.
   * @throws {OsirisError} `run/limit`
   */
  onDisk(step: string, bytes: number = 0): void {
    this.#onDisk.get(step)?.onDisk(step, bytes);
    this.#total.onDisk(step, this.cache.diskBytes + this.journal.bytes);
  }

  /** Whether a table must pass through the host on its way to a step, for its rows to be held to a limit. */
  isLimited({ step }: PlannedStep, to: PlannedStep): boolean {
    const { limits } = this.plan.manifest;
    return [step.limits, limits, isSink(to) ? to.step.limits : {}].some(
      ({ rows, bytes }) =>
        typeof rows === "number" || typeof bytes === "number",
    );
  }

  /** Passes a table's batches on to a step. What a writer takes is held to its limits; of other steps it is what they give. */
  async *taken(
    planned: PlannedStep,
    batches: AsyncIterable<Batch>,
  ): AsyncGenerator<Batch, void, void> {
    if (!isSink(planned)) return yield* batches;
    const own = this.#counter(planned);
    for await (const batch of batches) {
      own.add(planned.id, batch.length, batchBytes(batch));
      yield batch;
    }
  }

  /** Passes a step's batches through, holding them to the limits of step and run. */
  async *checked(
    planned: PlannedStep,
    batches: AsyncIterable<Batch>,
  ): AsyncGenerator<Batch, void, void> {
    const own = this.#counter(planned);
    for await (const batch of batches) {
      const bytes = batchBytes(batch);
      own.add(planned.id, batch.length, bytes);
      this.#total.add(planned.id, batch.length, bytes);
      yield batch;
    }
  }

  /** Stops the steps that are still running, since one has failed. */
  stop(reason: unknown): void {
    const text = reason instanceof Error ? reason.message : String(reason);
    this.#stop.abort(
      new OsirisError(
        "step/cancelled",
        `Cannot go on: another step has failed: ${text}`,
        { cause: reason },
      ),
    );
  }

  /** Says that something could not be cleaned up. @param step Null for what is the run's. */
  cleanUpFailed(step: string | null, thrown: unknown): void {
    this.journal.emit("cleanup_failed", {
      "step_id": step,
      error: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }

  /** Notes a step whose thread did not end. */
  onStuck(step: string): void {
    this.stuck.add(step);
  }
}

/** Whether a step gives no table. */
function isSink({ driver }: PlannedStep): boolean {
  return !driver.spec.output;
}
