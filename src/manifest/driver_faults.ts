/**
 * Checks steps against the drivers they name: is there such a driver, does it
 * take this config, these inputs and this connection, does it give a table.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import type { DriverRegistry } from "../driver/registry.ts";
import type { DriverSpec } from "../driver/spec.ts";
import type { FaultList } from "../fault_list.ts";
import { checkSchema } from "../schema/check.ts";
import { didYouMean } from "../suggest.ts";
import { producersOf, type StepDraft } from "./draft.ts";

/** Adds a fault for everything that a driver of `drivers` would refuse. */
export function checkDrivers(
  drafts: readonly StepDraft[],
  drivers: DriverRegistry,
  faults: FaultList,
): void {
  const specs = new Map<string, DriverSpec>();
  for (const { step, path } of drafts) {
    const spec = drivers.get(step.driver)?.spec;
    if (spec !== undefined) specs.set(step.id, spec);
    else if (step.driver !== "") {
      faults.add(
        "driver/unknown",
        childPath(path, "driver"),
        `no driver is named ${quoted(step.driver)}`,
        didYouMean(step.driver, drivers.keys()),
      );
    }
  }
  for (const draft of drafts) {
    const spec = specs.get(draft.step.id);
    checkProducers(draft, specs, faults);
    if (spec === undefined || drivers.get(draft.step.driver)?.spec !== spec) {
      continue;
    }
    if (!faults.touches(draft.configPath)) {
      const { faults: found } = checkSchema(
        spec.config,
        draft.step.config,
        draft.configPath,
      );
      faults.addAll("config/invalid", found);
    }
    checkInputCount(draft, spec, faults);
    checkConnection(draft, spec, faults);
    checkRejects(draft, spec, faults);
  }
}

function checkProducers(
  { step, inputPaths }: StepDraft,
  specs: ReadonlyMap<string, DriverSpec>,
  faults: FaultList,
): void {
  for (const [name, input] of Object.entries(step.inputs)) {
    if (input.kind !== "table" || specs.get(input.step)?.output !== false) {
      continue;
    }
    const driver = specs.get(input.step)!.name;
    faults.add(
      "manifest/invalid",
      inputPaths[name],
      `step ${quoted(input.step)} gives no table: ${driver} only writes`,
      "Refer to the step whose table it writes",
    );
  }
}

function checkInputCount(
  { step, path, inputPaths }: StepDraft,
  spec: DriverSpec,
  faults: FaultList,
): void {
  if (["inputs", "needs"].some((key) => faults.touches(childPath(path, key)))) {
    return;
  }
  const { min, max } = spec.inputs;
  const count = producersOf(step).length;
  const first = Object.values(inputPaths)[0] ?? `${path}.inputs.df`;
  const place = first.replace(/(\.[\w-]+|\[[^\]]*\])$/, "");
  if (count < min) {
    faults.add(
      "manifest/invalid",
      place,
      `${spec.name} takes ${
        min === max ? tables(min) : `at least ${tables(min)}`
      }, got ${count}`,
      'Name the step whose table it takes: inputs: { df: "${step}" }',
    );
  } else if (max !== null && count > max) {
    faults.add(
      "manifest/invalid",
      place,
      `${spec.name} takes ${
        max === 0
          ? "no table"
          : max === min
          ? tables(max)
          : `at most ${tables(max)}`
      }, got ${count}: ${producersOf(step).map(quoted).join(", ")}`,
      max === 0
        ? "Take the inputs away"
        : "Join or concatenate them in a step before",
    );
  }
}

function tables(count: number): string {
  return count === 1 ? "one table" : `${count} tables`;
}

function checkConnection(
  { step, configPath }: StepDraft,
  spec: DriverSpec,
  faults: FaultList,
): void {
  if (step.connection === null) return;
  const path = childPath(configPath, "connection");
  const family = step.connection.slice(1, step.connection.indexOf("."));
  if (spec.connection === undefined) {
    faults.add("config/invalid", path, `${spec.name} takes no connection`);
  } else if (family !== spec.connection.family) {
    faults.add(
      "config/invalid",
      path,
      `${spec.name} takes a connection of the family ${
        quoted(spec.connection.family)
      }, got ${quoted(step.connection)}`,
      `Use "@${spec.connection.family}.…"`,
    );
  }
}

function checkRejects(
  { step, path }: StepDraft,
  spec: DriverSpec,
  faults: FaultList,
): void {
  if (step.rejects === null || spec.capabilities?.rejects === true) return;
  faults.add(
    "manifest/invalid",
    childPath(path, "rejects"),
    `${spec.name} can't set bad rows aside`,
  );
}
