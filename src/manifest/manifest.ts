/**
 * The checked form of a manifest: what both written forms become.
 *
 * @module
 */
import type { Json } from "../driver/driver.ts";

/** How failures of a step are retried. */
export interface RetryPolicy {
  /** Runs of the step at most, the first included. */
  readonly maxAttempts: number;
  readonly backoff: "none" | "linear" | "exponential";
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  /** Codes (or areas such as `connection`) to retry on; null = those that are transient. */
  readonly on: readonly string[] | null;
}

/** Deadlines, in milliseconds; null = none. */
export interface Deadlines {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly statementMs: number | null;
  readonly stepMs: number | null;
  readonly runMs: number | null;
  /** Longest silence of a worker's heartbeat. */
  readonly heartbeatMs: number;
}

/** Limits of a step or a run; null = none. */
export interface Limits {
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly seconds: number | null;
  /** Process isolation only. */
  readonly memoryMb: number | null;
  /** Process isolation only. */
  readonly cpuS: number | null;
}

/** Where a driver runs. */
export type Isolation = "worker" | "process" | "auto" | "inline";

/** Permissions that the user grants a step beyond what its driver derives. */
export interface Grants {
  readonly net: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** What an input of a step is: another step's table, or a value. */
export type StepInputRef =
  | { readonly kind: "table"; readonly step: string; readonly output: string }
  | { readonly kind: "value"; readonly value: Json };

/** One step of a checked manifest. */
export interface Step {
  readonly id: string;
  /** Name or module of the driver, as written. */
  readonly driver: string;
  /** The config without `connection`; as written, not yet checked against the driver's schema. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `@family.alias`, or null. */
  readonly connection: string | null;
  readonly inputs: Readonly<Record<string, StepInputRef>>;
  readonly isolation: Isolation | null;
  readonly retry: RetryPolicy | null;
  readonly deadlines: Partial<Deadlines>;
  readonly limits: Partial<Limits>;
  readonly permissions: Grants;
  /** Where bad rows go, relative to the working directory; null = they fail the step. */
  readonly rejects: string | null;
  readonly maxRejects: number | null;
}

/** A checked manifest. */
export interface Manifest {
  readonly form: "inline" | "compiled";
  readonly name: string;
  readonly profile: string;
  readonly steps: readonly Step[];
  /** Steps that may run at once; 1 = one after another. */
  readonly parallel: number;
  /** Bytes of tables kept in memory before they spill. */
  readonly memoryBudget: number;
  readonly isolation: Isolation;
  readonly retry: RetryPolicy | null;
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Where it was read from; null for an object. */
  readonly source: string | null;
  /** The text as read (or canonical JSON of the object): copied into the run folder. */
  readonly text: string;
  /** Configs of the compiled form by `cfg_path`, copied into the run folder. */
  readonly cfg: Readonly<Record<string, string>>;
  /** Absolute paths of the files it was read from, configs included; none for an object or a URL. */
  readonly files: readonly string[];
  /** SHA-256 of the canonical JSON of what was read, cfg files included: 64 hex digits. */
  readonly hash: string;
}
