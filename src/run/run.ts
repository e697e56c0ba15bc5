/**
 * Runs a manifest from its text to its result.
 *
 * @module
 */
import { resolve } from "node:path";
import { loadConnections } from "../connection/connections.ts";
import type { Driver } from "../driver/driver.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import { readManifest } from "../manifest/document.ts";
import { checkManifest } from "../manifest/load.ts";
import type { Isolation, Manifest } from "../manifest/manifest.ts";
import type { ParamValue } from "../manifest/params.ts";
import { requireApart } from "../lock/apart.ts";
import { requireNoDrift } from "../lock/drift.ts";
import { lockOf } from "../lock/lock.ts";
import { lockPlace, readLock } from "../lock/lock_file.ts";
import { resolveDrivers } from "../modules/resolve.ts";
import { buildPlan } from "../plan/build.ts";
import { addGrants, requireGrants, type StepGrants } from "../plan/grants.ts";
import { requirePermissions } from "../plan/missing.ts";
import type { Plan } from "../plan/plan.ts";
import type { Adapter } from "./adapter.ts";
import { type CursorBounds, withBounds } from "./backfill.ts";
import type { RunEvent } from "../event.ts";
import { LocalAdapter } from "./local_adapter.ts";
import { maskError, runMasker } from "./masking.ts";
import type { RunResult } from "./result.ts";
import { interruption } from "./stop.ts";

/** What a run may be told besides its manifest. */
export interface RunOptions {
  /** Working directory: relative paths of the manifest count from here. */
  readonly cwd?: string;
  /** A connections file to use instead of looking for one. */
  readonly connections?: string;
  /** A `.env` file to use instead of looking for some. */
  readonly envFile?: string;
  /** Folder of all runs; `run_logs` by default. */
  readonly out?: string;
  /** Folder of incremental states; `.osiris/state` by default. */
  readonly stateFolder?: string;
  /** Values of the manifest's parameters. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** Reads {@linkcode DRY_RUN_ROWS} rows from each source and writes nothing. */
  readonly dryRun?: boolean;
  /**
   * Does not do again what a run that failed, was interrupted or killed has
   * completed: its id, the part after the time, its folder, or `last`.
   */
  readonly resume?: string;
  /** For steps that were cut off while they made their changes final: whether these are there. */
  readonly verdicts?: Readonly<Record<string, boolean>>;
  /** Keeps the tables between steps on disk until the run has succeeded, for a run that resumes it. */
  readonly checkpoint?: boolean;
  /**
   * Reads a range of incremental sources again: rows whose cursor lies above
   * `from`, up to `to`. The kept state is not changed.
   */
  readonly bounds?: CursorBounds;
  /** Steps that may run at once. */
  readonly parallel?: number;
  /** Bytes of tables kept in memory before they spill. */
  readonly memoryBudget?: number;
  /** How steps are isolated that don't say it themselves; overrides the manifest's. */
  readonly isolation?: Isolation;
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Hears each event after it is on disk. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Hears how many rows a running step has read or written. */
  readonly onProgress?: (step: string, rows: number) => void;
  /** Drivers of the caller's by name: they run in its own thread, unsandboxed. */
  readonly drivers?: Readonly<Record<string, Driver>>;
  /** Permissions by step, beside those that the manifest grants. */
  readonly grants?: StepGrants;
  /** Takes drivers from URLs without a hash and packages without an exact version. */
  readonly allowUnpinned?: boolean;
  /** Refuses to run what is not as `osiris.lock.json` has it. */
  readonly locked?: boolean;
  /** How the run is executed; sandboxes on this machine by default. */
  readonly adapter?: Adapter;
}

/** Rows that each source gives in a dry run. */
export const DRY_RUN_ROWS = 100;

/**
 * Makes the `run` of a set of built-in drivers.
 *
 * @param builtin Drivers that every manifest may name.
 */
export function runner(
  builtin: DriverRegistry,
): (
  manifest: string | URL | object,
  options?: RunOptions,
) => Promise<RunResult> {
  return async (manifest, options = {}) => {
    if (options.signal?.aborted) throw interruption(options.signal.reason);
    const plan = await unlessStopped(
      planRun(manifest, builtin, options),
      options.signal,
    );
    requirePermissions(plan);
    return await execute(plan, options);
  };
}

/** Waits for work that leaves nothing behind, unless the run is stopped meanwhile. @throws {OsirisError} `run/interrupted` */
async function unlessStopped<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work;
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(interruption(signal.reason));
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Reads and checks a manifest, with the drivers of the user's that it names. @throws {OsirisError} */
export async function checkRun(
  manifest: string | URL | object,
  builtin: DriverRegistry,
  options: RunOptions = {},
): Promise<{ readonly manifest: Manifest; readonly drivers: DriverRegistry }> {
  const cwd = resolve(options.cwd ?? Deno.cwd());
  const document = await readManifest(manifest, cwd);
  const own = withObjects(builtin, options.drivers ?? {});
  const drivers = await resolveDrivers(document, own, {
    cwd,
    allowUnpinned: options.allowUnpinned ?? false,
    ...pick(options, ["isolation"]),
  });
  const checked = await checkManifest(document, {
    drivers,
    ...pick(options, [
      "params",
      "parallel",
      "memoryBudget",
      "checkpoint",
      "isolation",
    ]),
  });
  const bounded = withBounds(checked, drivers, options.bounds ?? {});
  return { manifest: addGrants(bounded, options.grants ?? {}), drivers };
}

/** Reads, checks and plans a run without starting it. @throws {OsirisError} */
export async function planRun(
  manifest: string | URL | object,
  builtin: DriverRegistry,
  options: RunOptions = {},
): Promise<Plan> {
  const cwd = resolve(options.cwd ?? Deno.cwd());
  const checked = await checkRun(manifest, builtin, options);
  const { connections: path, envFile, out } = options;
  const isNamed = path !== undefined || envFile !== undefined;
  const plan = await buildPlan(checked.manifest, {
    drivers: checked.drivers,
    cwd,
    ...(out !== undefined && { out: resolve(cwd, out) }),
    ...(isNamed && {
      connections: await loadConnections({
        cwd,
        ...(path !== undefined && { path: resolve(cwd, path) }),
        ...(envFile !== undefined && { envFile: resolve(cwd, envFile) }),
      }),
    }),
  });
  requireGrants(plan);
  requireApart(
    plan,
    [path, envFile, out].flatMap((one) =>
      one === undefined ? [] : resolve(cwd, one)
    ),
  );
  return options.locked ? locked(plan) : plan;
}

/** The same plan, when it is as it was locked. @throws {OsirisError} `run/drift` */
function locked(plan: Plan): Plan {
  const place = lockPlace(plan.manifest, plan.cwd);
  requireNoDrift(readLock(place), lockOf(plan), place.path);
  const read = [...new Set([...plan.host.read, place.path])].sort();
  return { ...plan, host: { ...plan.host, read } };
}

async function execute(plan: Plan, options: RunOptions): Promise<RunResult> {
  const adapter = options.adapter ?? new LocalAdapter();
  const mask = runMasker(plan, options.params ?? {});
  const context = {
    mask,
    sampleRows: options.dryRun ? DRY_RUN_ROWS : null,
    ...pick(options, [
      "out",
      "stateFolder",
      "resume",
      "verdicts",
      "bounds",
      "signal",
      "onEvent",
      "onProgress",
    ]),
  };
  const prepared = await adapter.prepare(plan, context);
  const execution = await adapter.execute(prepared, context);
  const { error } = execution;
  return adapter.collect(prepared, {
    ...execution,
    error: error && maskError(error, mask),
  });
}

function withObjects(
  builtin: DriverRegistry,
  objects: Readonly<Record<string, Driver>>,
): DriverRegistry {
  const drivers = new Map(builtin);
  for (const [name, driver] of Object.entries(objects)) {
    drivers.set(name, {
      spec: { ...driver.spec, name },
      origin: { kind: "object", driver },
    });
  }
  return drivers;
}

function pick<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): Pick<T, K> {
  const present = keys.filter((key) => from[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, from[key]])) as Pick<
    T,
    K
  >;
}
