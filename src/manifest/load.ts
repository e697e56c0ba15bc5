/**
 * From a manifest's text to its checked form, with every fault reported at once.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import { type Fault, OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { checkSchema } from "../schema/check.ts";
import { parseSize } from "../units.ts";
import { readCompiledSteps, withoutOrderOnlyNeeds } from "./compiled_steps.ts";
import { type ManifestDocument, readManifest } from "./document.ts";
import type { StepDraft } from "./draft.ts";
import { checkDrivers } from "./driver_faults.ts";
import { readInlineSteps } from "./inline_steps.ts";
import type { Isolation, Manifest } from "./manifest.ts";
import { type ParamValue, readParams } from "./params.ts";
import {
  DEFAULT_DEADLINES,
  readDeadlines,
  readLimits,
  readRetry,
  withoutLimits,
} from "./policies.ts";
import { compiledManifest, inlineManifest } from "./shape.ts";
import { checkGraph } from "./step_graph.ts";

/** What a manifest is checked against, and what overrides it. */
export interface CheckOptions {
  /** Drivers that steps may name; without them steps are not checked against any. */
  readonly drivers?: DriverRegistry;
  /** Values of parameters; as text they take the type of the default. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** Steps that may run at once. */
  readonly parallel?: number;
  /** Bytes of tables kept in memory. */
  readonly memoryBudget?: number;
  /** Whether tables between steps are kept on disk until the run has succeeded. */
  readonly checkpoint?: boolean;
  /** How steps are isolated that don't say it themselves; overrides the manifest's. */
  readonly isolation?: Isolation;
}

/** Bytes of tables kept in memory where nothing is written. */
export const DEFAULT_MEMORY_BUDGET: number = 512 * 2 ** 20;

type Written = Readonly<Record<string, unknown>>;

/**
 * Reads and checks a manifest.
 *
 * @param manifest A local path, a URL (also as text) or the manifest as an object.
 * @throws {OsirisError} `manifest/unreadable`, `permission/missing`; with all
 * faults at once `manifest/invalid`, or `driver/unknown`, `config/invalid`,
 * `usage/invalid` if all faults are of that kind
 */
export async function loadManifest(
  manifest: string | URL | object,
  options: CheckOptions & { readonly cwd?: string } = {},
): Promise<Manifest> {
  const document = await readManifest(manifest, options.cwd ?? Deno.cwd());
  return await checkManifest(document, options);
}

/**
 * Checks a manifest that was read.
 *
 * @throws {OsirisError} `manifest/invalid`, `driver/unknown`, `config/invalid`,
 * `usage/invalid`
 */
export async function checkManifest(
  document: ManifestDocument,
  options: CheckOptions = {},
): Promise<Manifest> {
  const faults = new FaultList();
  const shape = document.form === "inline" ? inlineManifest : compiledManifest;
  const { value, faults: found } = checkSchema(shape, document.value, "");
  const subject = `read manifest${
    document.source === null ? "" : `: ${document.source}`
  }`;
  refuseSource(document.value, subject);
  faults.addAll("manifest/invalid", found.map(atTop));
  const manifest = await assemble(
    soundTop(value, faults),
    document,
    options,
    faults,
  );
  faults.throwIfAny("manifest/invalid", subject);
  return manifest;
}

async function assemble(
  written: Written,
  document: ManifestDocument,
  options: CheckOptions,
  faults: FaultList,
): Promise<Manifest> {
  const { pipeline, meta } = written as Record<string, Written | undefined>;
  const parallel = options.parallel ??
    (written.parallel as number | undefined) ?? 1;
  const isParallel = parallel > 1;
  let drafts = await readSteps(written, document, options, faults);
  checkGraph(drafts, isParallel, faults);
  if (options.drivers !== undefined) {
    if (document.form === "compiled") {
      drafts = withoutOrderOnlyNeeds(
        drafts,
        options.drivers,
        isParallel,
        faults,
      );
    }
    checkDrivers(drafts, options.drivers, faults);
  }
  return {
    form: document.form,
    name: String(pipeline?.id ?? written.name ?? nameFrom(document.stem)),
    profile: String(written.profile ?? meta?.profile ?? "default"),
    steps: drafts.map(({ step }) => step),
    parallel,
    memoryBudget: options.memoryBudget ?? parseSize(written.memory_budget) ??
      DEFAULT_MEMORY_BUDGET,
    checkpoint: options.checkpoint ??
      (written.checkpoint as boolean | undefined) ?? false,
    isolation: options.isolation ??
      (written.isolation as Isolation | undefined) ?? "auto",
    retry: readRetry(written.retry, "retry", faults),
    deadlines: { ...DEFAULT_DEADLINES, ...readDeadlines(written.deadlines) },
    limits: withoutLimits(readLimits(written.limits, "limits", faults)),
    source: document.source,
    text: document.text,
    cfg: Object.fromEntries(
      [...document.cfg].map(([path, file]) => [path, file.text]),
    ),
    files: [
      document.location,
      ...[...document.cfg.values()].map(({ location }) => location),
    ].filter((location) =>
      location !== null && !/^https?:/.test(location)
    ) as string[],
    hash: document.hash,
  };
}

async function readSteps(
  written: Written,
  document: ManifestDocument,
  options: CheckOptions,
  faults: FaultList,
): Promise<StepDraft[]> {
  const values = readParams(
    written.params as Readonly<Record<string, ParamValue>>,
    options.params ?? {},
    faults,
  );
  const sound = (written.steps as unknown[]).map((step, index) => ({
    id: "",
    driver: "",
    ...soundPart(step, `steps[${index}]`, faults),
  }));
  return document.form === "inline"
    ? readInlineSteps(sound, values, faults)
    : await readCompiledSteps(sound, document.cfg, faults);
}

/** What of a manifest has the right shape, so that one fault does not hide others. */
function soundTop(value: unknown, faults: FaultList): Written {
  const { steps, params } = (isMap(value) ? value : {}) as Written;
  return {
    ...soundPart(value, "", faults),
    steps: Array.isArray(steps) ? steps : [],
    params: soundPart(params, "params", faults),
  };
}

/** The entries of a map that have the right shape. */
function soundPart(value: unknown, path: string, faults: FaultList): Written {
  const entries = Object.entries(isMap(value) ? value : {});
  return Object.fromEntries(
    entries.filter(([key]) => !faults.touches(childPath(path, key))),
  );
}

/** @throws {OsirisError} `manifest/invalid` if it is what the original compiles from */
function refuseSource(value: unknown, subject: string): void {
  if (!isMap(value) || value.oml_version === undefined) return;
  throw new OsirisError(
    "manifest/invalid",
    `Cannot ${subject}: it is an OML source and not a manifest`,
    { hint: "Compile it with the original, or write it in the inline form" },
  );
}

function atTop(fault: Fault): Fault {
  return fault.path === "" ? { ...fault, path: "(top)" } : fault;
}

/** A name that fits the pattern of names, from a file's. */
function nameFrom(stem: string): string {
  const safe = stem.replace(/[^A-Za-z0-9 ._-]+/g, "-").replace(
    /^[^A-Za-z0-9_]+/,
    "",
  );
  return safe.slice(0, 100) || "manifest";
}

function isMap(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
