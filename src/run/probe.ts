/**
 * Looks at a connection from inside the same sandbox as a step would have:
 * `probe` for doctor, `discover` for the tables behind it.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type Connections,
  loadConnections,
  parseReference,
} from "../connection/connections.ts";
import type {
  DiscoveredTable,
  ProbeReport,
  StepContext,
} from "../driver/driver.ts";
import type { DriverRegistry, RegisteredDriver } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import { createMasker } from "../connection/masker.ts";
import { FaultList } from "../fault_list.ts";
import { placeholders } from "../host/fetch_broker.ts";
import { launchWorker } from "../host/launch_worker.ts";
import { runSession } from "../host/session.ts";
import { DEFAULT_DEADLINES } from "../manifest/policies.ts";
import { driverModules } from "../plan/host_needs.ts";
import { requireHeld } from "../plan/missing.ts";
import { planPermissions } from "../plan/step_permissions.ts";
import type { Task } from "../protocol.ts";
import { didYouMean } from "../suggest.ts";

/** Where connections are found. */
export interface ProbeOptions {
  /** Folder from which a connections file is looked for; the process's working directory if left out. */
  readonly cwd?: string;
  /** A connections file to use instead of looking for one. */
  readonly connections?: string;
  /** A `.env` file to use instead of looking for some. */
  readonly envFile?: string;
  /** Gives it up when it is aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is given up; 30 000 by default. */
  readonly timeoutMs?: number;
}

/**
 * Connects, looks and closes.
 *
 * @param reference `@family.alias`
 * @throws {OsirisError} `connection/…` for what is wrong; `usage/invalid` when
 * the family can't be probed.
 */
export async function probeConnection(
  reference: string,
  drivers: DriverRegistry,
  options: ProbeOptions = {},
): Promise<ProbeReport> {
  return await look(
    reference,
    { kind: "probe" },
    drivers,
    options,
  ) as ProbeReport;
}

/**
 * Lists the tables behind a connection, or describes one.
 *
 * @throws {OsirisError} as {@linkcode probeConnection}; `sql/unknown-table`.
 */
export async function discoverTables(
  reference: string,
  table: string | null,
  drivers: DriverRegistry,
  options: ProbeOptions = {},
): Promise<readonly DiscoveredTable[]> {
  return await look(
    reference,
    { kind: "discover", table },
    drivers,
    options,
  ) as DiscoveredTable[];
}

async function look(
  reference: string,
  task: Task,
  drivers: DriverRegistry,
  options: ProbeOptions,
): Promise<unknown> {
  const { family } = parseReference(reference);
  const driver = proberOf(family, drivers);
  const connections = await openConnections(options);
  const spec = driver.spec.connection!;
  const { fields, secrets } = connections.resolve(reference, spec);
  const faults = new FaultList();
  const permissions = planPermissions(
    driver.spec,
    { config: {}, connection: fields },
    { net: [], read: [], write: [] },
    {
      cwd: resolve(options.cwd ?? Deno.cwd()),
      path: "",
      links: new Set(),
      faults,
    },
  );
  faults.throwIfAny("connection/invalid", `probe ${reference}`);
  const brokered = fields.direct_secret === true
    ? []
    : driver.spec.capabilities?.brokeredSecrets ?? [];
  const hidden = placeholders(fields, brokered);
  const { origin } = driver;
  if (origin.kind !== "builtin") throw cannotProbe(family);
  const read = [...permissions.read, ...driverModules([origin])];
  requireHeld(
    { ...permissions, read, env: [], run: [], mayRun: [] },
    `probe ${reference}`,
  );
  const sandbox = launchWorker({
    name: reference,
    boot: origin.worker,
    permissions,
  });
  const { timeoutMs = 30_000, signal = new AbortController().signal } = options;
  const deadlines = { ...DEFAULT_DEADLINES, stepMs: timeoutMs };
  try {
    const { result } = await runSession(sandbox, {
      start: {
        task,
        step: reference,
        module: null,
        config: {},
        connection: hidden.fields,
        values: {},
        inputs: {},
        isDeepCheck: false,
        output: null,
        sources: {},
        sampleRows: null,
        state: null,
        deadlines: deadlines as StepContext["deadlines"],
      },
      sources: {},
      targets: {},
      hosts: permissions.net,
      secrets: hidden.secrets,
      deadlines,
      signal,
      hooks: { log() {}, emit() {}, measure() {}, progress() {} },
    });
    return maskResult(result, secrets);
  } finally {
    await sandbox.stop();
  }
}

/** The driver of a family that answers probes: its extractor, if it has one. */
function proberOf(family: string, drivers: DriverRegistry): RegisteredDriver {
  const able = [...drivers.values()].filter(({ spec }) =>
    spec.capabilities?.probe === true && spec.connection !== undefined
  );
  const found = able.filter(({ spec }) => spec.connection?.family === family);
  if (found.length === 0) {
    const families = able.map(({ spec }) => spec.connection!.family);
    throw cannotProbe(family, didYouMean(family, new Set(families)));
  }
  return found.find(({ spec }) => spec.mode === "extract") ?? found[0];
}

function cannotProbe(family: string, hint?: string): OsirisError {
  return new OsirisError(
    "usage/invalid",
    `Cannot probe connections of family "${family}": no driver offers it`,
    hint === undefined ? {} : { hint },
  );
}

function openConnections(options: ProbeOptions): Promise<Connections> {
  const { connections: path, envFile } = options;
  const cwd = resolve(options.cwd ?? Deno.cwd());
  return loadConnections({
    cwd,
    ...(path !== undefined && { path: resolve(cwd, path) }),
    ...(envFile !== undefined && { envFile: resolve(cwd, envFile) }),
  });
}

function maskResult(result: unknown, secrets: readonly string[]): unknown {
  const mask = createMasker(secrets);
  return JSON.parse(mask(JSON.stringify(result ?? null)));
}
