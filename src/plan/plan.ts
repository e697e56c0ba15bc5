/**
 * The plan of a run: every step with its driver, its connection, its files and
 * the permissions that follow, before anything starts.
 *
 * @module
 */
import type { ResolvedConnection } from "../connection/resolved.ts";
import type { Json } from "../driver/driver.ts";
import type { RegisteredDriver } from "../driver/registry.ts";
import type { Manifest, Step } from "../manifest/manifest.ts";

export type { ResolvedConnection };

/** Permission items by kind, as Deno takes them. */
export interface Permissions {
  /** `host:port` entries. */
  readonly net: readonly string[];
  /** Absolute real paths. */
  readonly read: readonly string[];
  /** Absolute real paths. */
  readonly write: readonly string[];
  /** `host:port` entries from which a driver's module may be loaded. */
  readonly import?: readonly string[];
}

/** A file that the host opens for a step. */
export interface PlannedFile {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute; real path of the file (read) or of its nearest existing folder (write). */
  readonly resolved: string;
  /** Where it is written before it is renamed: `.<name>.osiris.partial` beside the target; null when read. */
  readonly partial: string | null;
  /** Whether missing folders above it are made. */
  readonly createFolders: boolean;
}

/** A step, ready to start. */
export interface PlannedStep {
  /** Id of the step. */
  readonly id: string;
  /** The step as the manifest has it. */
  readonly step: Step;
  /** The driver that its name stands for. */
  readonly driver: RegisteredDriver;
  /** Checked against the driver's schema, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The connection that only this step gets. */
  readonly connection: ResolvedConnection | null;
  /** Producer step by input name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Literal values by input name. */
  readonly values: Readonly<Record<string, Json>>;
  /** Files that are read, by their name in the driver's spec. */
  readonly sources: Readonly<Record<string, PlannedFile>>;
  /** Files that are written, by their name in the driver's spec. */
  readonly targets: Readonly<Record<string, PlannedFile>>;
  /** What the step's sandbox gets. */
  readonly permissions: Permissions;
}

/** What the main process needs: its files, and all that it hands to workers. */
export interface HostNeeds extends Permissions {
  /** Names of environment variables. */
  readonly env: readonly string[];
  /** Programs that it starts: Deno itself, for steps in processes. */
  readonly run: readonly string[];
  /** Programs that it starts if it may, and does without otherwise. */
  readonly mayRun: readonly string[];
}

/** A whole run, ready to start. */
export interface Plan {
  /** What is to be run. */
  readonly manifest: Manifest;
  /** In an order in which they can run one after another. */
  readonly steps: readonly PlannedStep[];
  /** Working directory: relative paths count from here. Absolute. */
  readonly cwd: string;
  /** What the main process needs to run it. */
  readonly host: HostNeeds;
}
