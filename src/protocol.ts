/**
 * What the host and a sandbox say to each other, besides the streams of
 * batches and bytes that have ports of their own.
 *
 * The sandbox says `ready` once its code is loaded, `alive` once it holds the
 * lock of `hello`, and ends with `done` or `failed`. What it says is untrusted
 * input: the host checks each message (`host/hear.ts`).
 *
 * @module
 */
import type {
  CommittedPart,
  Json,
  LogLevel,
  RowReason,
  StepContext,
} from "./driver/driver.ts";
import type { WireError } from "./error.ts";

/** Longest text of a log line, in characters; the sandbox cuts what is longer. */
export const MAX_TEXT = 65_536;

/** Most characters of an event's facts as JSON. */
export const MAX_FACTS = 65_536;

/** Most characters of a step's state as JSON. */
export const MAX_STATE = 1 << 20;

/** Whether a value may name an event or a metric: nothing that passes for markup or another line. */
export function ownName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9_]{0,63}$/.test(value);
}

/** What a sandbox is to do. */
export type Task =
  | { readonly kind: "run" }
  | { readonly kind: "spec" }
  | { readonly kind: "probe" }
  | { readonly kind: "discover"; readonly table: string | null }
  /** Whether a commit took place: `Driver.wasCommitted`. */
  | { readonly kind: "committed"; readonly token: string }
  /** `Driver.forgetCommit`. */
  | { readonly kind: "forget"; readonly token: string };

/** Longest token of a commit, in characters. */
export const MAX_TOKEN = 200;

/** A file to read, opened on demand by the host. */
export interface SourceFacts {
  readonly path: string;
  readonly size: number | null;
  readonly canReopen: boolean;
}

/** The start message: all that a step may know. */
export interface Start {
  readonly t: "start";
  readonly task: Task;
  readonly step: string;
  /** Module of the driver for the boot module that loads one; null for ours. */
  readonly module: string | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly connection: Readonly<Record<string, unknown>> | null;
  readonly values: Readonly<Record<string, Json>>;
  readonly inputs: Readonly<Record<string, MessagePort>>;
  /** Which step gives which input, so that a fault in a table is laid at the right door. */
  readonly producers?: Readonly<Record<string, string>>;
  /** Whether producers of the inputs are not ours, so that offsets are walked. */
  readonly isDeepCheck: boolean;
  readonly output: MessagePort | null;
  /** Batches that may be on their way at once; the channel's own number if left out. */
  readonly credits?: number;
  readonly sources: Readonly<Record<string, SourceFacts>>;
  readonly targets: Readonly<
    Record<string, { readonly path: string; readonly port: MessagePort }>
  >;
  /** Bad rows go to the target {@linkcode REJECTS}, at most `atMost`; null = they fail the step. */
  readonly rejects?: { readonly atMost: number | null } | null;
  readonly sampleRows: number | null;
  readonly state: Json;
  /** How far the step had come before; null or left out when it starts at its first row. */
  readonly committed?: CommittedPart | null;
  readonly deadlines: StepContext["deadlines"];
}

/** Name of the target for bad rows, which no driver's spec can have. */
export const REJECTS = "$rejects";

/** A request that the host sends for the sandbox. */
export interface WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** The head of a response; its body comes over `port`. */
export interface WireResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly port: MessagePort | null;
}

/** Host to sandbox. */
export type ToSandbox =
  | { readonly t: "hello"; readonly lock: string }
  | Start
  | { readonly t: "cancel"; readonly error: WireError }
  /** The producer of an input has ended: what it sent must be on its way. */
  | { readonly t: "ended"; readonly input: string }
  | { readonly t: "opened"; readonly id: number; readonly port: MessagePort }
  | {
    readonly t: "response";
    readonly id: number;
    readonly response: WireResponse;
  }
  /** What was said or asked for has been noted. */
  | { readonly t: "noted"; readonly id: number }
  | { readonly t: "refused"; readonly id: number; readonly error: WireError };

/** What a step did, as far as the sandbox can count it. */
export interface Counts {
  /** Rows and bytes taken in, by input name. */
  readonly inputs: Readonly<
    Record<string, { readonly rows: number; readonly isComplete: boolean }>
  >;
  /** Rows given out. */
  readonly rowsOut: number;
  /** Bytes of columns given out. */
  readonly bytesOut: number;
}

/** Sandbox to host. */
export type FromSandbox =
  | { readonly t: "ready" }
  | { readonly t: "alive" }
  /** A sign of life. `moves` counts what has moved through the step; `waits` says that it waits for another step. */
  | { readonly t: "beat"; readonly moves: number; readonly waits: boolean }
  /** A permission was refused; the step may go on all the same. */
  | { readonly t: "denied"; readonly message: string }
  | { readonly t: "log"; readonly level: LogLevel; readonly message: string }
  | {
    readonly t: "emit";
    readonly name: string;
    readonly facts: Readonly<Record<string, Json>>;
  }
  | {
    readonly t: "measure";
    readonly name: string;
    readonly value: number;
    readonly unit: string;
  }
  | { readonly t: "progress"; readonly rows: number }
  | { readonly t: "account"; readonly reason: RowReason; readonly rows: number }
  | { readonly t: "state"; readonly state: Json }
  /** The step is about to make its changes final, or has (`isOver`); it waits for `noted`. */
  | {
    readonly t: "commit";
    readonly id: number;
    readonly token: string | null;
    /** Rows of the input that are in the target with this part; null where it is all. */
    readonly rows: number | null;
    readonly isOver: boolean;
  }
  /** The step is about to hold so many bytes of its inputs, all told; it waits for `noted`. */
  | { readonly t: "hold"; readonly id: number; readonly bytes: number }
  | { readonly t: "open"; readonly id: number; readonly name: string }
  | { readonly t: "fetch"; readonly id: number; readonly request: WireRequest }
  | { readonly t: "abort-fetch"; readonly id: number }
  | { readonly t: "done"; readonly result: unknown; readonly counts: Counts }
  | { readonly t: "failed"; readonly error: WireError };
