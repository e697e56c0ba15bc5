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
  /** How the delay grows from one attempt to the next. */
  readonly backoff: "none" | "linear" | "exponential";
  /** Delay before the second attempt. */
  readonly initialDelayMs: number;
  /** Longest delay. */
  readonly maxDelayMs: number;
  /** Whether delays are varied at random. */
  readonly jitter: boolean;
  /** Codes (or areas such as `connection`) to retry on; null = those that are transient. */
  readonly on: readonly string[] | null;
}

/** Deadlines, in milliseconds; null = none. */
export interface Deadlines {
  /** Opening a connection. */
  readonly connectMs: number;
  /** Silence of a peer. */
  readonly idleMs: number;
  /** One statement or request. */
  readonly statementMs: number | null;
  /** One step. */
  readonly stepMs: number | null;
  /** The whole run. */
  readonly runMs: number | null;
  /** Longest silence of a worker's heartbeat. */
  readonly heartbeatMs: number;
}

/** Limits of a step or a run; null = none. */
export interface Limits {
  /** Rows read or written. */
  readonly rows: number | null;
  /** Bytes of tables that pass. */
  readonly bytes: number | null;
  /** Wall time. */
  readonly seconds: number | null;
  /** Bytes on disk in the run's folder. */
  readonly disk: number | null;
  /** Process isolation only. */
  readonly memoryMb: number | null;
  /** Process isolation only. */
  readonly cpuS: number | null;
}

/** Where a driver runs. */
export type Isolation = "worker" | "process" | "auto" | "inline";

/** Permissions that the user grants a step beyond what its driver derives. */
export interface Grants {
  /** `host:port` entries. */
  readonly net: readonly string[];
  /** Paths as written. */
  readonly read: readonly string[];
  /** Paths as written. */
  readonly write: readonly string[];
}

/** What an input of a step is: another step's table, or a value. */
export type StepInputRef =
  | {
    /** Another step's table. */
    readonly kind: "table";
    /** Id of that step. */
    readonly step: string;
    /** Name of its table: `df`. */
    readonly output: string;
  }
  | {
    /** A literal value. */
    readonly kind: "value";
    /** The value itself. */
    readonly value: Json;
  };

/** One step of a checked manifest. */
export interface Step {
  /** Unique within the manifest. */
  readonly id: string;
  /** Name or module of the driver, as written. */
  readonly driver: string;
  /** The config without `connection`; as written, not yet checked against the driver's schema. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `@family.alias`, or null. */
  readonly connection: string | null;
  /** Tables and values by input name. */
  readonly inputs: Readonly<Record<string, StepInputRef>>;
  /** Where its driver runs; null = as the manifest says. */
  readonly isolation: Isolation | null;
  /** How it is retried; null = as the manifest says. */
  readonly retry: RetryPolicy | null;
  /** Those that differ from the manifest's. */
  readonly deadlines: Partial<Deadlines>;
  /** Those that differ from the manifest's. */
  readonly limits: Partial<Limits>;
  /** What is granted beyond what the driver derives. */
  readonly permissions: Grants;
  /** Where bad rows go, relative to the working directory; null = they fail the step. */
  readonly rejects: string | null;
  /** Most bad rows; one more fails the step. Null = any number. */
  readonly maxRejects: number | null;
}

/** A checked manifest. */
export interface Manifest {
  /** Written by hand, or by the original's compiler. */
  readonly form: "inline" | "compiled";
  /** Name of the pipeline. */
  readonly name: string;
  /** Environment it runs in, such as `dev`. */
  readonly profile: string;
  /** In the order written. */
  readonly steps: readonly Step[];
  /** Steps that may run at once; 1 = one after another. */
  readonly parallel: number;
  /** Bytes of tables kept in memory before they spill. */
  readonly memoryBudget: number;
  /** Whether tables between steps are kept on disk until the run has succeeded. */
  readonly checkpoint: boolean;
  /** Where drivers run whose step doesn't say. */
  readonly isolation: Isolation;
  /** How steps are retried that don't say; null = not at all. */
  readonly retry: RetryPolicy | null;
  /** For steps that don't say, and for the run. */
  readonly deadlines: Deadlines;
  /** For the run as a whole. */
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
