/**
 * From a checked manifest to a plan: connections resolved, files looked at,
 * permissions derived. Starts nothing and writes nothing.
 *
 * @module
 */
import {
  type Connections,
  loadConnections,
} from "../connection/connections.ts";
import { childPath, quoted } from "../describe.ts";
import type { Json } from "../driver/driver.ts";
import type { DriverRegistry, RegisteredDriver } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { DEFAULT_OUTPUT } from "../manifest/reference.ts";
import type { Isolation, Manifest, Step } from "../manifest/manifest.ts";
import { inOrder } from "../manifest/step_graph.ts";
import { checkSchema } from "../schema/check.ts";
import { didYouMean } from "../suggest.ts";
import { hostNeeds } from "./host_needs.ts";
import { hasProcessLimits, isolationOf } from "./isolation.ts";
import type { Plan, PlannedStep, ResolvedConnection } from "./plan.ts";
import { planFiles } from "./step_files.ts";
import { planPermissions, withModule } from "./step_permissions.ts";

/** What a plan is made from besides the manifest. */
export interface PlanOptions {
  readonly drivers: DriverRegistry;
  /** Working directory; the process's own if left out. Absolute. */
  readonly cwd?: string;
  /** Read from where {@linkcode loadConnections} looks, if left out and a step needs one. */
  readonly connections?: Connections;
  /** Folder of run folders; `run_logs` in the working directory if left out. */
  readonly out?: string;
}

/**
 * Plans a run.
 *
 * @throws {OsirisError} `driver/unknown`, `config/invalid`, `connection/…`,
 * `file/not-found`, `file/not-a-file`, `file/no-folder`, `permission/missing`
 * (a connection's variable that may not be read); all faults of a kind at once
 */
export async function buildPlan(
  manifest: Manifest,
  options: PlanOptions,
): Promise<Plan> {
  const cwd = options.cwd ?? Deno.cwd();
  const faults = new FaultList();
  const steps = manifest.steps.map((step) => ({
    step,
    path: childPath("steps", manifest.steps.indexOf(step)),
    driver: findDriver(step, options.drivers),
  }));
  const needsConnection = steps.some(({ step, driver }) =>
    takesConnection(step, driver)
  );
  const connections = needsConnection
    ? options.connections ?? await loadConnections({ cwd })
    : options.connections;
  const resolved = resolveAll(steps, connections);
  const order = inOrder(manifest.steps);
  const written = new Map<string, string>();
  const links = new Set<string>();
  const planned = steps.toSorted((a, b) =>
    order.indexOf(a.step) - order.indexOf(b.step)
  )
    .map(({ step, path, driver }): PlannedStep => {
      const connection = resolved.get(step) ?? null;
      const checked = checkSchema(
        driver.spec.config,
        step.config,
        `${path}.config`,
      );
      faults.addAll("config/invalid", checked.faults);
      const config = checked.value as Record<string, unknown>;
      checkLimits(step, driver, manifest.isolation, path, faults);
      const scope = { config, connection: connection?.fields ?? null };
      const context = { cwd, path, step: step.id, written, links, faults };
      return {
        id: step.id,
        step,
        driver,
        config,
        connection,
        ...planInputs(step, driver),
        ...planFiles(driver.spec.files ?? {}, scope, context),
        permissions: withModule(
          planPermissions(driver.spec, scope, step.permissions, context),
          driver.origin,
        ),
      };
    });
  faults.throwIfAny("config/invalid", "plan the run");
  const plan = { manifest, steps: planned, cwd };
  return { ...plan, host: hostNeeds(plan, connections, links, options.out) };
}

function findDriver(step: Step, drivers: DriverRegistry): RegisteredDriver {
  const driver = drivers.get(step.driver);
  if (driver !== undefined) return driver;
  throw new OsirisError(
    "driver/unknown",
    `Cannot plan step ${quoted(step.id)}: no driver is named ${
      quoted(step.driver)
    }`,
    { step: step.id, hint: didYouMean(step.driver, drivers.keys()) },
  );
}

/** A limit that nobody would keep must not look as if somebody did. */
function checkLimits(
  step: Step,
  driver: RegisteredDriver,
  standard: Isolation,
  path: string,
  faults: FaultList,
): void {
  if (!hasProcessLimits(step)) return;
  if (isolationOf({ step, driver }, standard) === "process") return;
  faults.add(
    "config/invalid",
    `${path}.limits`,
    "memory_mb and cpu_s can only be kept in a process",
    'Give the step isolation: "process", or leave it out',
  );
}

function takesConnection(step: Step, { spec }: RegisteredDriver): boolean {
  return spec.connection !== undefined &&
    (spec.connection.required || step.connection !== null);
}

/** Resolves the connection of every step that has one; all failures at once. */
function resolveAll(
  steps: readonly { readonly step: Step; readonly driver: RegisteredDriver }[],
  connections: Connections | undefined,
): Map<Step, ResolvedConnection> {
  const resolved = new Map<Step, ResolvedConnection>();
  const failures = new Map<string, OsirisError>();
  for (const { step, driver } of steps) {
    if (connections === undefined || !takesConnection(step, driver)) continue;
    try {
      resolved.set(
        step,
        connections.resolve(step.connection, driver.spec.connection!),
      );
    } catch (error) {
      if (!(error instanceof OsirisError)) throw error;
      if (!failures.has(error.message)) {
        failures.set(error.message, withStep(error, step.id));
      }
    }
  }
  const [first, ...others] = failures.values();
  if (first === undefined) return resolved;
  if (others.length === 0) throw first;
  throw new OsirisError(first.code, first.message, {
    cause: first,
    ...(first.hint !== undefined && { hint: first.hint }),
    faults: [first, ...others].map(({ step, message, hint }) => ({
      path: `step ${quoted(step ?? "")}`,
      message,
      ...(hint !== undefined && { hint }),
    })),
  });
}

function withStep(error: OsirisError, step: string): OsirisError {
  const { code, message, hint, faults, details, cause } = error;
  return new OsirisError(code, message, {
    step,
    cause,
    ...(hint !== undefined && { hint }),
    ...(faults !== undefined && { faults }),
    ...(details !== undefined && { details }),
  });
}

/**
 * Producers by input name, and values.
 *
 * A compiled manifest calls a single table `df` and `df_<step>`; a driver that
 * takes one table gets it once.
 */
function planInputs(
  step: Step,
  { spec }: RegisteredDriver,
): { inputs: Record<string, string>; values: Record<string, Json> } {
  const inputs: Record<string, string> = {};
  const values: Record<string, Json> = {};
  for (const [name, input] of Object.entries(step.inputs)) {
    if (input.kind === "table") inputs[name] = input.step;
    else values[name] = input.value;
  }
  const single = inputs[DEFAULT_OUTPUT];
  if (spec.inputs.max !== 1 || single === undefined) return { inputs, values };
  const isAlias = Object.values(inputs).every((producer) =>
    producer === single
  );
  return { inputs: isAlias ? { [DEFAULT_OUTPUT]: single } : inputs, values };
}
