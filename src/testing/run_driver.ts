/**
 * Runs one driver as a run would: planned, in its sandbox, with files and
 * connection, between a source of given tables and a sink that keeps what it gives.
 *
 * @module
 */
import { createMasker } from "../connection/masker.ts";
import type { Driver, StepContext } from "../driver/driver.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import type { DriverSpec } from "../driver/spec.ts";
import { OsirisError } from "../error.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { resolveModule } from "../modules/resolve.ts";
import type { Permissions, Plan } from "../plan/plan.ts";
import type { RunEvent } from "../event.ts";
import { LocalAdapter } from "../run/local_adapter.ts";
import { planRun } from "../run/run.ts";
import type { Batch } from "../table/batch.ts";
import {
  type DriverTestOptions,
  manifestOf,
  nameOf,
  prepareFolder,
  STEP,
  type Subject,
} from "./scene.ts";
import { sink, source } from "./stand_ins.ts";

/** What a driver did. */
export interface DriverRun {
  /** Why it failed; null when it ended well. */
  readonly error: OsirisError | null;
  /** What it gave. */
  readonly batches: readonly Batch[];
  /** Rows that it says it has written. */
  readonly rowsWritten: number;
  /** Contents of the files it left, by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** What the run told meanwhile, oldest first. */
  readonly events: readonly RunEvent[];
  /** What its sandbox was granted; null when it was refused before the start. */
  readonly permissions: Permissions | null;
  /** Whether its thread has ended. */
  readonly hasEnded: boolean;
}

/** What the kit itself needs besides. */
export interface Backstage {
  /** Drivers by name, for a subject that is a name. */
  readonly builtin?: DriverRegistry;
  readonly isolation?: Isolation;
  /** Changes the plan before it runs. */
  readonly edit?: (plan: Plan) => Plan;
  readonly onBatch?: (context: StepContext) => Promise<void> | void;
  readonly onEvent?: (event: RunEvent) => void;
}

export type { DriverTestOptions, Subject };

/** Runs a driver once. What goes wrong is in the result. */
export async function runDriver(
  subject: Subject,
  options: DriverTestOptions = {},
  backstage: Backstage = {},
): Promise<DriverRun> {
  const { tempFolder } = options;
  const cwd = await Deno.realPath(
    await Deno.makeTempDir(tempFolder === undefined ? {} : { dir: tempFolder }),
  );
  try {
    return await runIn(cwd, subject, options, backstage);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** The spec of a driver. @throws {OsirisError} `driver/…` */
export async function specOf(
  subject: Subject,
  builtin: DriverRegistry = new Map(),
): Promise<DriverSpec> {
  if (typeof subject === "object" && "spec" in subject) return subject.spec;
  const known = builtin.get(String(subject));
  if (known !== undefined) return known.spec;
  return (await resolveModule(String(subject), { cwd: Deno.cwd() })).spec;
}

async function runIn(
  cwd: string,
  subject: Subject,
  options: DriverTestOptions,
  backstage: Backstage,
): Promise<DriverRun> {
  const { builtin = new Map(), edit = (plan) => plan } = backstage;
  const spec = await specOf(subject, builtin);
  await prepareFolder(cwd, spec, options);
  const batches: Batch[] = [];
  const events: RunEvent[] = [];
  let plan: Plan;
  try {
    plan = edit(
      await planRun(manifestOf(subject, spec, options), builtin, {
        cwd,
        isolation: backstage.isolation ?? options.isolation,
        drivers: drivers(subject, spec, options, batches, backstage),
      }),
    );
  } catch (error) {
    if (!(error instanceof OsirisError)) throw error;
    return { ...NOTHING, error };
  }
  const planned = plan.steps.find(({ id }) => id === STEP)!;
  const context = {
    mask: createMasker(planned.connection?.secrets ?? []),
    signal: options.signal,
    onEvent: (event: RunEvent) => {
      events.push(event);
      backstage.onEvent?.(event);
    },
  };
  const adapter = new LocalAdapter();
  const prepared = await adapter.prepare(plan, context);
  const result = adapter.collect(
    prepared,
    await adapter.execute(prepared, context),
  );
  return {
    error: result.error ?? null,
    batches,
    rowsWritten: result.steps.find(({ step }) => step === STEP)?.rowsWritten ??
      0,
    files: await contents(Object.values(planned.targets)),
    events,
    permissions: planned.permissions,
    hasEnded: !result.stuck.includes(STEP),
  };
}

const NOTHING: Omit<DriverRun, "error"> = {
  batches: [],
  rowsWritten: 0,
  files: {},
  events: [],
  permissions: null,
  hasEnded: true,
};

function drivers(
  subject: Subject,
  spec: DriverSpec,
  { inputs = {} }: DriverTestOptions,
  batches: Batch[],
  { onBatch }: Backstage,
): Record<string, Driver> {
  const named = Object.values(inputs).map((input, index) =>
    [`testing.in_${index}`, source(input)] as const
  );
  return {
    ...Object.fromEntries(named),
    "testing.out": sink(batches, onBatch),
    ...(typeof subject === "object" && "spec" in subject && {
      [nameOf(subject, spec)]: subject as unknown as Driver,
    }),
  };
}

async function contents(
  targets: readonly { readonly path: string; readonly resolved: string }[],
): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const { path, resolved } of targets) {
    try {
      files[path] = await Deno.readFile(resolved);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return files;
}
