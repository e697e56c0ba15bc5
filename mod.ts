/**
 * Osiris for Deno: runs data-pipeline manifests, each step in a sandbox with
 * only the hosts and paths that it names.
 *
 * @example Run a manifest given as an object
 * ```ts
 * import { run } from "@osiris/runtime";
 * import assert from "node:assert/strict";
 *
 * const { status, totalRows } = await run({
 *   name: "busiest-routes",
 *   steps: [
 *     {
 *       id: "routes",
 *       driver: "filesystem.csv_extractor",
 *       config: { path: "examples/quickstart/data/routes.csv" },
 *     },
 *     {
 *       id: "busiest",
 *       driver: "arquero.transform",
 *       inputs: { df: "${routes}" },
 *       config: { verbs: [{ orderby: [{ desc: "count" }] }, { slice: 10 }] },
 *     },
 *     {
 *       id: "save",
 *       driver: "filesystem.csv_writer",
 *       inputs: { df: "${busiest}" },
 *       config: { path: "out/busiest.csv" },
 *     },
 *   ],
 * });
 * assert.deepEqual([status, totalRows], ["success", 10]);
 * ```
 *
 * @module
 */
import { builtinDrivers } from "./drivers/builtin.ts";
import type { DriverRegistry } from "./src/driver/registry.ts";
import type { DiscoveredTable, ProbeReport } from "./src/driver/driver.ts";
import type { Manifest } from "./src/manifest/manifest.ts";
import type { Plan } from "./src/plan/plan.ts";
import {
  discoverTables,
  probeConnection,
  type ProbeOptions,
} from "./src/run/probe.ts";
import type { RunResult } from "./src/run/result.ts";
import { checkRun, planRun, runner, type RunOptions } from "./src/run/run.ts";

/** The drivers that every manifest may name. */
export const drivers: DriverRegistry = builtinDrivers;

/**
 * Runs a manifest to its end. What a step does wrong is in the result, not thrown.
 *
 * @param manifest A local path, an https URL, or the manifest as an object.
 * @returns what the run came to: `status`, `totalRows`, `artifacts`, `error`, …
 * @throws {OsirisError} what is refused before anything starts: `manifest/…`,
 * `config/invalid`, `driver/unknown`, `connection/…`, `permission/missing`,
 * `run/folder`
 */
export const run: (
  manifest: string | URL | object,
  options?: RunOptions,
) => Promise<RunResult> = runner(builtinDrivers);

/**
 * Plans a run without starting it: order, files, permissions.
 *
 * @throws {OsirisError} as {@linkcode run}, before anything starts.
 */
export function plan(
  manifest: string | URL | object,
  options: RunOptions = {},
): Promise<Plan> {
  return planRun(manifest, builtinDrivers, options);
}

/**
 * Reads and checks a manifest with the drivers it names, those of the user's
 * included; connections and files are not looked at.
 *
 * @throws {OsirisError} `manifest/…`, `config/invalid`, `driver/…`
 */
export async function validate(
  manifest: string | URL | object,
  options: RunOptions = {},
): Promise<Manifest> {
  return (await checkRun(manifest, builtinDrivers, options)).manifest;
}

/**
 * Connects, looks and closes, in the sandbox that a step would have.
 *
 * @param reference `@family.alias`
 * @throws {OsirisError} `connection/…` for what is wrong with it.
 */
export function probe(
  reference: string,
  options: ProbeOptions = {},
): Promise<ProbeReport> {
  return probeConnection(reference, builtinDrivers, options);
}

/**
 * Lists the tables behind a connection, or describes one.
 *
 * @param reference `@family.alias`
 * @param table The table to describe; null for all.
 * @throws {OsirisError} `connection/…`, `sql/unknown-table`
 */
export function discover(
  reference: string,
  table: string | null = null,
  options: ProbeOptions = {},
): Promise<readonly DiscoveredTable[]> {
  return discoverTables(reference, table, builtinDrivers, options);
}

export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorOptions,
  type Fault,
  OsirisError,
} from "./src/error.ts";
export type { Json } from "./src/driver/driver.ts";
export type {
  DriverOrigin,
  DriverRegistry,
  RegisteredDriver,
} from "./src/driver/registry.ts";
export type {
  DiscoveredTable,
  Driver,
  ProbeReport,
} from "./src/driver/driver.ts";
export type { DriverSpec } from "./src/driver/spec.ts";
export type {
  Deadlines,
  Grants,
  Isolation,
  Limits,
  Manifest,
  RetryPolicy,
  Step,
  StepInputRef,
} from "./src/manifest/manifest.ts";
export { type Drift, driftOf, formatDrift } from "./src/lock/drift.ts";
export {
  type LockedManifest,
  type LockedStep,
  lockOf,
} from "./src/lock/lock.ts";
export {
  LOCK_FILE,
  type LockPlace,
  lockPlace,
  readLock,
  writeLock,
} from "./src/lock/lock_file.ts";
export { type CheckOptions, loadManifest } from "./src/manifest/load.ts";
export type { ParamValue } from "./src/manifest/params.ts";
export type { StepGrants } from "./src/plan/grants.ts";
export {
  type CommandOptions,
  denoCommand,
  shellQuote,
} from "./src/plan/command.ts";
export {
  formatPlan,
  type PlanReport,
  planReport,
  type PlanStepReport,
} from "./src/plan/format.ts";
export type {
  HostNeeds,
  Permissions,
  Plan,
  PlannedFile,
  PlannedStep,
  ResolvedConnection,
} from "./src/plan/plan.ts";
export type {
  Adapter,
  Execution,
  PreparedRun,
  RunContext,
} from "./src/run/adapter.ts";
export type { Masker } from "./src/connection/masker.ts";
export type { KeptTable } from "./src/run/cache.ts";
export type { Checkpoint, CheckpointData } from "./src/run/checkpoint.ts";
export type { StepOutcome } from "./src/run/outcome.ts";
export type { Fingerprint } from "./src/run/fingerprint.ts";
export type { RunFolder } from "./src/run/folder.ts";
export type { Journal, JournalOptions } from "./src/run/journal.ts";
export type { RunLock } from "./src/run/live.ts";
export type { Resumed } from "./src/run/resume.ts";
export { LocalAdapter } from "./src/run/local_adapter.ts";
export {
  type AuditItems,
  type AuditKind,
  auditRun,
  parseChecks,
  type PermissionCheck,
  type StepAudit,
} from "./src/run/audit.ts";
export type { EventName, RunEvent, RunMetric } from "./src/event.ts";
export type { Artifact, RunResult, StepSummary } from "./src/run/result.ts";
export type { ProbeOptions } from "./src/run/probe.ts";
export type { CursorBounds } from "./src/run/backfill.ts";
export type { RunOptions } from "./src/run/run.ts";
export {
  listStates,
  resetStates,
  type StateOptions,
  type StateRecord,
} from "./src/run/states.ts";
export {
  listRuns,
  type RunDetails,
  type RunRecord,
  type RunsOptions,
  showRun,
} from "./src/run/runs.ts";
