/**
 * The contract between the runtime and a driver.
 *
 * @module
 */
import type { Batch } from "../table/batch.ts";
import type { Schema } from "../table/type.ts";
import type { DriverSpec } from "./spec.ts";

/** A value that crosses between threads by structured clone and fits JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A table on its way in, one batch after another. Read once. */
export interface TableInput {
  /** The schema, known as soon as the producer has sent its first batch. */
  schema(): Promise<Schema>;
  /**
   * The batches, at least one; ends only when the producer finished well, and
   * throws otherwise: what was received until then must not be committed.
   * Leaving the loop early tells the producer to stop.
   *
   * With `reuse` a batch is gone once the next one is asked for, which spares
   * the memory that dead ones would fill.
   */
  batches(options?: { readonly reuse?: boolean }): AsyncIterable<Batch>;
  /**
   * All batches at once, in place of {@linkcode batches}: waits until the run's
   * memory budget has room for them, beside what other steps hold. Ask for all
   * inputs that you hold at the same time by one `Promise.all`.
   */
  gather(): Promise<Batch[]>;
}

/** A file that the host opened for reading. */
export interface InputFile {
  /** Path as the user wrote it, for messages. */
  readonly path: string;
  /** Size in bytes, or null when it has none (a pipe). */
  readonly size: number | null;
  /** Whether {@linkcode open} may be called again. */
  readonly canReopen: boolean;
  /**
   * The bytes from the start, in chunks of about 1 MiB. Leaving the loop closes the file.
   *
   * @param options With `reuse`, a chunk is the reader's only until it asks for
   * the next one, and its memory is used again; otherwise it is the reader's own.
   */
  open(
    options?: { readonly reuse?: boolean },
  ): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** A file that the host writes beside its target and renames at the end. */
export interface OutputFile {
  /** Path as the user wrote it, for messages. */
  readonly path: string;
  /**
   * Writes a chunk, waiting while too much is on its way. The chunk's buffer is
   * transferred: it must not be touched again.
   *
   * @throws {OsirisError} `file/disk-full`, `file/not-writable`
   */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** An array to fill and write: the memory of a chunk that is on disk, if there is one. What is in it is left over. */
  spare?(bytes: number): Uint8Array<ArrayBuffer>;
  /** Waits until all is on disk. The host renames after the step has ended well. */
  close(): Promise<void>;
}

/** What a step works on. */
export interface StepInput<Config = Record<string, unknown>> {
  /** The step's config: checked against the spec's schema, defaults filled in. */
  readonly config: Config;
  /** The connection's fields, variables substituted; null when the step has none. */
  readonly connection: Readonly<Record<string, unknown>> | null;
  /** Tables by input name. */
  readonly inputs: Readonly<Record<string, TableInput>>;
  /** Literal values given as inputs. */
  readonly values: Readonly<Record<string, Json>>;
  /** Input files by the name in `spec.files`. */
  readonly sources: Readonly<Record<string, InputFile>>;
  /** Output files by the name in `spec.files`. */
  readonly targets: Readonly<Record<string, OutputFile>>;
}

/** Level of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Why rows that came in did not go out. */
export type RowReason = "filtered" | "rejected" | "deduplicated" | "limited";

/** A row that can't be taken. */
export interface RejectedRow {
  /** The row as far as it is known: the text it stood in, or values by column. */
  readonly row: string | Readonly<Record<string, Json>>;
  /** What is wrong with it, for people. */
  readonly reason: string;
  /** Line or number of the row in its source, from 1. */
  readonly line?: number;
}

/** How far a writer that commits in parts had come when it broke off. */
export interface CommittedPart {
  /** Rows of the input, from its first on, that are in the target for certain. */
  readonly rows: number;
  /** Rows that are there if the commit took place that was announced last; null when none is in doubt. */
  readonly announced: number | null;
  /** The token that was given last. */
  readonly token: string | null;
}

/** What a running step may see of its run, and say to it. */
export interface StepContext {
  /** Id of the step. */
  readonly step: string;
  /** Aborted when the step is to stop: roll back, close, and throw `signal.reason`. */
  readonly signal: AbortSignal;
  /** In a dry run: read at most this many rows. Null otherwise. Writers are not started in a dry run. */
  readonly sampleRows: number | null;
  /** What {@linkcode saveState} kept at the last run that was committed; null when there is none. */
  readonly state: Json;
  /**
   * Not null when a part of this very input is in the target already, committed
   * by an attempt or a run that broke off: the step leaves these rows out, and
   * says so in {@linkcode StepReport.rowsBefore}. Whether a commit in doubt took
   * place it has to find out first ({@linkcode afterCommit} notes that it did),
   * and to throw `data/uncertain` when it can't.
   */
  readonly committed: CommittedPart | null;
  /** Deadlines in milliseconds that the driver itself has to keep. */
  readonly deadlines: {
    readonly connectMs: number;
    readonly idleMs: number;
    readonly statementMs: number | null;
  };
  /** Writes a line for people. */
  log(level: LogLevel, message: string): void;
  /** Emits an event of the run: `name` in snake_case, facts without secrets. */
  emit(name: string, facts?: Readonly<Record<string, Json>>): void;
  /** Emits a metric. The runtime itself counts rows and bytes. */
  measure(name: string, value: number, unit: string): void;
  /** Says that `rows` rows were read or written so far; drives the progress line. */
  progress(rows: number): void;
  /** Accounts for rows that came in and don't go out. */
  account(reason: RowReason, rows: number): void;
  /** Whether bad rows are collected ({@linkcode reject}). Where they are not, the first one must fail the step. */
  readonly canReject: boolean;
  /**
   * Collects a bad row in place of failing, and accounts for it as rejected.
   *
   * @throws {OsirisError} `data/rejected` when there are too many, or when they are not collected.
   */
  reject(row: RejectedRow): Promise<void>;
  /**
   * Says that the step is about to make its changes final, and waits until the
   * run has noted it on disk: a run that is killed afterwards and resumed then
   * knows that they may be there. For writers that would double rows when they
   * are run again. An error thrown afterwards with `details.committed: 0` says
   * that nothing is there.
   *
   * @param token By which {@linkcode Driver.wasCommitted} finds out whether they
   * are, at most 200 characters; without one a resumed run has to ask its user.
   * @param rows Where the step commits in parts: rows of its input, from the
   * first on, that are all in the target when this part is. If the run keeps
   * the input (`checkpoint`), a resumed run or a further attempt goes on after
   * them: {@linkcode committed}. The token is then for the step itself.
   */
  beforeCommit(token?: string, rows?: number): Promise<void>;
  /**
   * Says that what {@linkcode beforeCommit} announced is there, and waits until
   * the run has noted that: what the token stands for may go.
   *
   * @param rows The same as announced, for a part; left out it says that all is there.
   */
  afterCommit(rows?: number): Promise<void>;
  /** Keeps a value for the next run, once everything that consumes this step has committed. */
  saveState(state: Json): void;
  /**
   * Sends a request through the host, which replaces the placeholders of the
   * connection's secrets and allows the connection's own hosts only.
   */
  readonly fetch: typeof fetch;
}

/** What a writer says when it has committed. */
export interface StepReport {
  /** Rows written to the target, as counted there. */
  readonly rowsWritten: number;
  /** Those of them that were there before it started, as {@linkcode StepContext.committed} had it; none if left out. */
  readonly rowsBefore?: number;
  /** Bytes written, where the driver knows. */
  readonly bytesWritten?: number;
}

/** What `probe` finds out about a connection: short facts in the order to show. */
export interface ProbeReport {
  /** Facts by label, in the order to show: the server's version, who is logged in, … */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Things that work but will bite: shown as warnings. */
  readonly warnings: readonly string[];
}

/** A table that `discover` found. */
export interface DiscoveredTable {
  /** Schema or database that the table is in; null where there is none. */
  readonly schema: string | null;
  /** Name of the table, unquoted. */
  readonly name: string;
  /** Whether rows are stored in it or computed. */
  readonly kind: "table" | "view";
  /** Estimate, or null when nothing is known. */
  readonly rows: number | null;
  /** The columns in the table's own order. */
  readonly columns: readonly {
    readonly name: string;
    /** The database's own name of the type. */
    readonly type: string;
    /** Type of the column as a step would give it, as `formatType` writes it: `decimal(10,2)`. */
    readonly logicalType: string;
    readonly nullable: boolean;
    readonly key: "primary" | "unique" | null;
  }[];
}

/**
 * A driver: one kind of work.
 *
 * The runtime calls `run` once per worker. An extractor or transform returns
 * batches, at least one (of no rows, if there are none), all with one schema;
 * a batch given out belongs to the receiver. A writer reads its input to the
 * end, commits, and only then returns its report: whatever it has done before
 * its input ended well must be undone when `run` throws. `run` may be
 * abandoned at any time by `context.signal`, and iteration by `return()`.
 */
export interface Driver<Config = Record<string, unknown>> {
  /** The driver's description of itself. */
  readonly spec: DriverSpec;
  /** Does the step's work: gives batches, or for a writer a report when all is committed. */
  run(
    step: StepInput<Config>,
    context: StepContext,
  ): AsyncIterable<Batch> | Promise<StepReport>;
  /** Connects, looks and closes: `osiris connections doctor`. */
  probe?(step: StepInput<Config>, context: StepContext): Promise<ProbeReport>;
  /** Lists tables, or describes one: `osiris discover`. */
  discover?(
    step: StepInput<Config>,
    context: StepContext,
    table: string | null,
  ): Promise<readonly DiscoveredTable[]>;
  /**
   * Finds out whether the changes are there that `beforeCommit` announced with
   * this token, by a step of the same config in a run that was killed: for
   * certain, also while the target is still at work on them; null = nobody knows.
   */
  wasCommitted?(
    step: StepInput<Config>,
    context: StepContext,
    token: string,
  ): Promise<boolean | null>;
  /** Removes what the target keeps for `wasCommitted`: nobody will ask again. */
  forgetCommit?(
    step: StepInput<Config>,
    context: StepContext,
    token: string,
  ): Promise<void>;
}

/**
 * Gives a driver its types. Returns it as it is.
 *
 * @example A driver that gives one row
 * ```ts
 * import { defineDriver } from "@osiris/runtime/driver";
 * import { columnBuilder, types } from "@osiris/runtime/driver";
 * import assert from "node:assert/strict";
 *
 * const driver = defineDriver({
 *   spec: {
 *     name: "example.one",
 *     version: "1.0.0",
 *     summary: "Gives one row.",
 *     mode: "extract",
 *     config: { type: "object", additionalProperties: false, properties: {} },
 *     inputs: { min: 0, max: 0 },
 *     output: true,
 *   },
 *   async *run() {
 *     const builder = columnBuilder(types.int32);
 *     builder.appendValue(1);
 *     yield {
 *       schema: { fields: [{ name: "one", type: types.int32, nullable: false }] },
 *       length: 1,
 *       columns: [builder.finish()],
 *     };
 *   },
 * });
 * assert.equal(driver.spec.name, "example.one");
 * ```
 */
export function defineDriver<Config = Record<string, unknown>>(
  driver: Driver<Config>,
): Driver<Config> {
  return driver;
}
