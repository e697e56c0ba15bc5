/**
 * Runs one driver as a run would: planned, in its sandbox, with files and
 * connection, between a source of given tables and a sink that keeps what it gives.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { createMasker } from "../connection/masker.ts";
import type { Driver, Json, StepContext } from "../driver/driver.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import type { DriverSpec } from "../driver/spec.ts";
import { OsirisError } from "../error.ts";
import type { Grants, Isolation } from "../manifest/manifest.ts";
import { resolveModule } from "../modules/resolve.ts";
import type { Permissions, Plan } from "../plan/plan.ts";
import type { RunEvent } from "../event.ts";
import { LocalAdapter } from "../run/local_adapter.ts";
import { planRun } from "../run/run.ts";
import type { Batch } from "../table/batch.ts";
import { sink, source, type TestInput } from "./stand_ins.ts";

/**
 * The driver to test: its module's URL, which is sandboxed as in a run, or the
 * driver itself, which runs in the test's own thread.
 */
export type Subject = URL | string | Driver;

/** What a driver is run with. */
export interface DriverTestOptions {
  /** The step's config, as a manifest would give it; empty if left out. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Fields of its connection. */
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Tables by input name. */
  readonly inputs?: Readonly<Record<string, TestInput>>;
  /** Literal inputs by name. */
  readonly values?: Readonly<Record<string, Json>>;
  /** Contents by path, put into the working directory before the run. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What its step grants it. */
  readonly permissions?: Partial<Grants>;
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Folder in which working directories are made; the system's own for such things by default. */
  readonly tempFolder?: string;
}

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

/** Id of the step of the driver under test. */
export const STEP = "step";

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
        isolation: backstage.isolation,
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
  const prepared = adapter.prepare(plan, context);
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

async function prepareFolder(
  cwd: string,
  spec: DriverSpec,
  { files = {}, connection }: DriverTestOptions,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(cwd, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
  if (connection === undefined) return;
  const family = spec.connection?.family ?? "none";
  await Deno.writeTextFile(
    join(cwd, "osiris_connections.yaml"),
    JSON.stringify({ connections: { [family]: { testing: connection } } }),
  );
}

function manifestOf(
  subject: Subject,
  spec: DriverSpec,
  options: DriverTestOptions,
): object {
  const { config = {}, connection, inputs = {}, values = {}, permissions } =
    options;
  const names = Object.keys(inputs);
  const sources = names.map((_, index) => ({
    id: `in_${index}`,
    driver: `testing.in_${index}`,
  }));
  const family = spec.connection?.family;
  const step = {
    id: STEP,
    driver: nameOf(subject, spec),
    config: {
      ...config,
      ...(connection && { connection: `@${family}.testing` }),
    },
    inputs: {
      ...Object.fromEntries(
        names.map((name, index) => [name, `\${in_${index}}`]),
      ),
      ...values,
    },
    ...(permissions && { permissions }),
  };
  const out = {
    id: "out",
    driver: "testing.out",
    inputs: { df: `\${${STEP}}` },
  };
  const steps = [...sources, step, ...(spec.output ? [out] : [])];
  return { name: "testing", steps };
}

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

function nameOf(subject: Subject, spec: DriverSpec): string {
  return typeof subject === "object" && "spec" in subject
    ? spec.name
    : String(subject);
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
