/**
 * Makes a registry that also holds the drivers of a manifest that are modules
 * of the user's, their specs read and checked.
 *
 * @module
 */
import { dirname } from "node:path";
import { childPath, quoted } from "../describe.ts";
import type { DriverRegistry, RegisteredDriver } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import { canStartProcesses } from "../host/child_command.ts";
import type { ManifestDocument } from "../manifest/document.ts";
import { nearest } from "../suggest.ts";
import {
  DRIVERS_FILE,
  type NamedModules,
  readDriversFile,
} from "./drivers_file.ts";
import { locateModule } from "./locate.ts";
import { folderUrl, isModuleReference } from "./place.ts";
import { readSpec } from "./read_spec.ts";

/** What modules are resolved with. */
export interface ResolveOptions {
  /** Working directory. Absolute. */
  readonly cwd: string;
  /** Whether modules without a hash or an exact version are taken. */
  readonly allowUnpinned?: boolean;
  /** Where drivers are asked to run; what the manifest says if left out. */
  readonly isolation?: string;
}

/**
 * Adds the modules that the steps of `document` name to `builtin`.
 *
 * A name that is neither built in nor in `osiris.drivers.yaml` is left to the
 * check of the manifest, which reports it beside all other faults.
 *
 * @throws {OsirisError} `driver/…`, `file/…`, `permission/missing`, `manifest/…`
 */
export async function resolveDrivers(
  document: ManifestDocument,
  builtin: DriverRegistry,
  options: ResolveOptions,
): Promise<DriverRegistry> {
  const written = driversOf(document).filter((name) => !builtin.has(name));
  const names = [...new Set(written)];
  if (names.length === 0) return builtin;
  const here = baseOf(document, options.cwd);
  const isLocal = here.protocol === "file:" && document.location !== null;
  const plain = names.filter((name) => !isModuleReference(name));
  const named = await readDriversFile(
    plain.length === 0
      ? []
      : [...(isLocal ? [dirname(document.location!)] : []), options.cwd],
  );
  refuseUnseen(plain, named, builtin);
  refuseShadows(named.modules, builtin, named.path);
  const isForProcess = (name: string): boolean =>
    runsInProcess(document, name, options.isolation);
  const jobs = names.flatMap((name) => {
    if (isModuleReference(name)) {
      const own = { ...options, inProcess: isForProcess(name) };
      return [{ name, job: resolveOne(name, here, builtin, own) }];
    }
    const reference = named.modules.get(name);
    if (reference === undefined) return [];
    const declared = {
      ...options,
      inProcess: isForProcess(name),
      declaredIn: named.path!,
    };
    return [{
      name,
      job: resolveOne(reference, named.base, builtin, declared),
    }];
  });
  const settled = await Promise.allSettled(jobs.map(({ job }) => job));
  return collect(document, builtin, jobs.map(({ name }) => name), settled);
}

/** Reads one module and its spec. @throws {OsirisError} as {@linkcode resolveDrivers} */
export async function resolveModule(
  reference: string,
  options: ResolveOptions,
): Promise<RegisteredDriver> {
  return await resolveOne(
    reference,
    folderUrl(options.cwd),
    new Map(),
    options,
  );
}

async function resolveOne(
  reference: string,
  base: URL,
  builtin: DriverRegistry,
  options: ResolveOptions & {
    readonly declaredIn?: string;
    readonly inProcess?: boolean;
  },
): Promise<RegisteredDriver> {
  const { allowUnpinned = false, declaredIn, inProcess = false } = options;
  const located = await locateModule(reference, base, allowUnpinned);
  const origin = declaredIn === undefined
    ? located
    : { ...located, declaredIn };
  const spec = await readSpec(
    {
      url: origin.url,
      files: origin.files ?? [],
      imports: origin.imports ?? [],
    },
    reference,
    { inProcess },
  );
  if (builtin.has(spec.name)) {
    throw new OsirisError(
      "driver/invalid",
      `Cannot use driver ${quoted(reference)}: it calls itself ${
        quoted(spec.name)
      }, as a built-in driver is called`,
      { hint: "Give its spec another name" },
    );
  }
  return { spec, origin };
}

/** The `driver:` of each step, whatever the form. Shapes are checked later. */
function driversOf({ value }: ManifestDocument): string[] {
  const steps = (value as { steps?: unknown } | null)?.steps;
  if (!Array.isArray(steps)) return [];
  return steps.map((step) => step?.driver || step?.component).filter((name) =>
    typeof name === "string"
  );
}

/**
 * Whether a step runs this module in a process: then its spec is read in one
 * too, since loading it is running it. Shapes are checked later.
 */
function runsInProcess(
  { value }: ManifestDocument,
  name: string,
  asked: string | undefined,
): boolean {
  const { steps, isolation } = value as {
    readonly steps: readonly {
      driver?: unknown;
      component?: unknown;
      isolation?: unknown;
    }[];
    readonly isolation?: unknown;
  };
  const levels = steps.filter((step) =>
    (step?.driver || step?.component) === name
  ).map((step) => step.isolation ?? asked ?? isolation ?? "auto");
  return canStartProcesses() &&
    levels.some((level) => level === "auto" || level === "process");
}

function baseOf({ location }: ManifestDocument, cwd: string): URL {
  if (location === null) return folderUrl(cwd);
  return /^https?:/.test(location)
    ? new URL(location)
    : folderUrl(dirname(location));
}

/**
 * A name that is near no built-in one may stand in a file that this process may
 * not look at: then that is what to say.
 */
function refuseUnseen(
  names: readonly string[],
  { modules, notLookedAt }: NamedModules,
  builtin: DriverRegistry,
): void {
  const unseen = names.find((name) =>
    !modules.has(name) && nearest(name, builtin.keys()) === undefined
  );
  const [flag] = notLookedAt;
  if (unseen === undefined || flag === undefined) return;
  throw new OsirisError(
    "permission/missing",
    `Cannot use driver ${
      quoted(unseen)
    }: it is not built in, and this process may not look for ${DRIVERS_FILE}`,
    { hint: `Add ${flag}` },
  );
}

function refuseShadows(
  modules: ReadonlyMap<string, string>,
  builtin: DriverRegistry,
  path: string | null,
): void {
  const taken = [...modules.keys()].find((name) => builtin.has(name));
  if (taken === undefined) return;
  throw new OsirisError(
    "driver/invalid",
    `Cannot read drivers: ${path}: ${quoted(taken)} is a built-in driver`,
    { hint: "Give yours another name" },
  );
}

/** The registry, or all that went wrong in one error. */
function collect(
  { value }: ManifestDocument,
  builtin: DriverRegistry,
  names: readonly string[],
  settled: readonly PromiseSettledResult<RegisteredDriver>[],
): DriverRegistry {
  const drivers = new Map(builtin);
  const failures: { name: string; error: OsirisError }[] = [];
  settled.forEach((result, index) => {
    if (result.status === "fulfilled") drivers.set(names[index], result.value);
    else failures.push({ name: names[index], error: result.reason });
  });
  const [first, ...others] = failures;
  if (first === undefined) return drivers;
  if (others.length === 0 || !(first.error instanceof OsirisError)) {
    throw first.error;
  }
  const steps = (value as { steps: { driver?: unknown }[] }).steps;
  throw new OsirisError(first.error.code, first.error.message, {
    cause: first.error,
    ...(first.error.hint !== undefined && { hint: first.error.hint }),
    faults: failures.map(({ name, error }) => ({
      path: childPath(
        childPath("steps", steps.findIndex(({ driver }) => driver === name)),
        "driver",
      ),
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
    })),
  });
}
