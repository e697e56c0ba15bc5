/**
 * The steps of the compiled form: configs from the files beside the manifest,
 * inputs from `needs`.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import type { FaultList } from "../fault_list.ts";
import { sha256Hex } from "./canonical.ts";
import type { CfgFile } from "./cfg_files.ts";
import type { StepDraft } from "./draft.ts";
import { readConnection } from "./inline_steps.ts";
import type { StepInputRef } from "./manifest.ts";
import { DEFAULT_OUTPUT } from "./reference.ts";

/** Keys that the compiler puts into every config and that are no config. */
const NO_CONFIG: ReadonlySet<string> = new Set([
  "component",
  "connection",
  "mode",
]);

interface WrittenStep {
  readonly id: string;
  readonly driver: string;
  readonly component?: string;
  readonly "cfg_path"?: string;
  readonly needs?: readonly string[];
}

/** Reads steps that have passed the shape check. */
export function readCompiledSteps(
  steps: readonly Readonly<Record<string, unknown>>[],
  cfg: ReadonlyMap<string, CfgFile>,
  faults: FaultList,
): Promise<StepDraft[]> {
  return Promise.all(
    steps.map((written, index) =>
      readStep(
        written as unknown as WrittenStep,
        childPath("steps", index),
        cfg,
        faults,
      )
    ),
  );
}

async function readStep(
  written: WrittenStep,
  path: string,
  cfg: ReadonlyMap<string, CfgFile>,
  faults: FaultList,
): Promise<StepDraft> {
  const driver = written.driver || written.component || "";
  if (driver === "") {
    faults.add("manifest/invalid", childPath(path, "driver"), "is missing");
  }
  const cfgPath = written.cfg_path ?? "";
  const configPath = `${path}:${cfgPath}`;
  const file = cfg.get(cfgPath)?.value;
  const isMap = typeof file === "object" && file !== null &&
    !Array.isArray(file);
  if (!isMap && cfgPath !== "") {
    faults.add("manifest/invalid", configPath, "the file holds no map");
  }
  const values = (isMap ? file : {}) as Record<string, unknown>;
  return {
    path,
    configPath,
    ...await readNeeds(written.needs ?? [], childPath(path, "needs"), faults),
    step: {
      id: written.id,
      driver,
      config: withoutFillers(values),
      connection: readConnection(
        values.connection,
        childPath(configPath, "connection"),
        faults,
      ),
      inputs: await inputsOf(written.needs ?? []),
      isolation: null,
      retry: null,
      deadlines: {},
      limits: {},
      permissions: { net: [], read: [], write: [] },
      rejects: null,
      maxRejects: null,
    },
  };
}

/** The compiler writes null for what the user did not. */
function withoutFillers(
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) =>
      !NO_CONFIG.has(key) && value !== null
    ),
  );
}

async function readNeeds(
  needs: readonly string[],
  path: string,
  faults: FaultList,
): Promise<{ inputPaths: Record<string, string> }> {
  const inputPaths: Record<string, string> = {};
  needs.forEach((id, index) => {
    if (needs.indexOf(id) === index) return;
    faults.add(
      "manifest/invalid",
      childPath(path, index),
      `${quoted(id)} is there twice`,
    );
  });
  for (const [name, id] of await tableNames(needs)) {
    inputPaths[name] = childPath(path, needs.indexOf(id));
  }
  return { inputPaths };
}

async function inputsOf(
  needs: readonly string[],
): Promise<Record<string, StepInputRef>> {
  const inputs: Record<string, StepInputRef> = {};
  for (const [name, step] of await tableNames(needs)) {
    inputs[name] = { kind: "table", step, output: DEFAULT_OUTPUT };
  }
  return inputs;
}

/**
 * The names under which the tables of `needs` come in: `df_<id>` each, and
 * `df` as well when there is only one.
 *
 * Ids that become the same name keep apart by a hash, as in the original.
 */
export async function tableNames(
  needs: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  if (needs.length === 1) names.set(DEFAULT_OUTPUT, needs[0]);
  for (const id of new Set(needs)) {
    const name = `df_${sanitize(id)}`;
    names.set(
      names.has(name) ? `${name}_${(await sha256Hex(id)).slice(0, 8)}` : name,
      id,
    );
  }
  return names;
}

function sanitize(id: string): string {
  const safe = id.replace(/[^0-9A-Za-z_]/g, "_");
  return /^\d/.test(safe) ? `_${safe}` : safe;
}

/**
 * Takes away the needs that only say what comes first: the compiler lets each
 * step need the one above it, extractors too, and writers give no table.
 *
 * @param isParallel Then the order is not kept otherwise, and such a need is a fault.
 */
export function withoutOrderOnlyNeeds(
  drafts: readonly StepDraft[],
  drivers: DriverRegistry,
  isParallel: boolean,
  faults: FaultList,
): StepDraft[] {
  const specs = new Map(
    drafts.map(({ step }) => [step.id, drivers.get(step.driver)?.spec]),
  );
  return drafts.map((draft) => {
    const { step, inputPaths } = draft;
    const isOrderOnly = (input: StepInputRef): boolean =>
      input.kind === "table" &&
      (specs.get(step.id)?.inputs.max === 0 ||
        specs.get(input.step)?.output === false);
    const entries = Object.entries(step.inputs);
    const kept = entries.filter(([, input]) => !isOrderOnly(input));
    if (kept.length === entries.length) return draft;
    if (isParallel) {
      const [name] = entries.find(([, input]) => isOrderOnly(input))!;
      faults.add(
        "manifest/invalid",
        inputPaths[name],
        "asks for an order only, which parallel execution does not keep",
        "Run it without --parallel",
      );
    }
    return { ...draft, step: { ...step, inputs: Object.fromEntries(kept) } };
  });
}
