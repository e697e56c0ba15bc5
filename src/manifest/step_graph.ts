/**
 * Checks how steps refer to each other: ids, unknown and later steps, cycles.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";
import { didYouMean } from "../suggest.ts";
import { producersOf, type StepDraft } from "./draft.ts";
import type { Step } from "./manifest.ts";
import { DEFAULT_OUTPUT } from "./reference.ts";

/** `${params.x}` means a parameter, so no step may have this id. */
const RESERVED_ID = "params";

/**
 * Adds a fault for everything that keeps the steps from being put in order.
 *
 * @param anyOrder Whether a step may refer to a later one.
 */
export function checkGraph(
  drafts: readonly StepDraft[],
  anyOrder: boolean,
  faults: FaultList,
): void {
  const places = new Map<string, number>();
  drafts.forEach(({ step, path }, index) => {
    if (step.id === "") return; // reported by the shape check
    const first = places.get(step.id);
    if (first === undefined) places.set(step.id, index);
    else {
      faults.add(
        "manifest/invalid",
        childPath(path, "id"),
        `${quoted(step.id)} is the id of ${drafts[first].path} already`,
        "Give every step an id of its own",
      );
    }
    if (step.id === RESERVED_ID) {
      faults.add(
        "manifest/invalid",
        childPath(path, "id"),
        `${quoted(step.id)} is kept for parameters`,
      );
    }
  });
  const cyclic = checkCycles(drafts, places, faults);
  drafts.forEach((draft, index) => {
    for (const [name, input] of Object.entries(draft.step.inputs)) {
      if (input.kind !== "table") continue;
      const path = draft.inputPaths[name];
      const place = places.get(input.step);
      if (input.output !== DEFAULT_OUTPUT) {
        const message = `a step has no output ${quoted(input.output)}`;
        faults.add(
          "manifest/invalid",
          path,
          message,
          `Use "\${${input.step}}"`,
        );
      }
      if (place === undefined) {
        const message = `there is no step ${quoted(input.step)}`;
        faults.add(
          "manifest/invalid",
          path,
          message,
          didYouMean(input.step, places.keys()),
        );
      } else if (place > index && !anyOrder && !cyclic.has(draft.step.id)) {
        faults.add(
          "manifest/invalid",
          path,
          `step ${quoted(input.step)} comes later`,
          "Move it above this step, or ask for parallel execution",
        );
      }
    }
  });
}

/** Adds one fault for each cycle and returns the ids in cycles. */
function checkCycles(
  drafts: readonly StepDraft[],
  places: ReadonlyMap<string, number>,
  faults: FaultList,
): Set<string> {
  const cyclic = new Set<string>();
  const done = new Set<number>();
  for (const start of drafts.keys()) visit(start, []);
  return cyclic;

  function visit(index: number, trail: readonly number[]): void {
    const from = trail.indexOf(index);
    if (from >= 0) return report(trail.slice(from));
    if (done.has(index)) return;
    const next = producersOf(drafts[index].step).flatMap((id) =>
      places.get(id) ?? []
    );
    for (const producer of next) visit(producer, [...trail, index]);
    done.add(index);
  }

  function report(cycle: readonly number[]): void {
    const ids = cycle.map((index) => drafts[index].step.id);
    if (ids.every((id) => cyclic.has(id))) return;
    ids.forEach((id) => cyclic.add(id));
    const shown = [...ids, ids[0]].map(quoted).join(" needs ");
    const { inputPaths, step, path } = drafts[cycle[0]];
    const target = ids[1] ?? ids[0];
    const name = Object.keys(step.inputs).find((key) => {
      const input = step.inputs[key];
      return input.kind === "table" && input.step === target;
    });
    faults.add(
      "manifest/invalid",
      name === undefined ? path : inputPaths[name],
      `makes a cycle: ${shown}`,
      "Take one of these inputs away",
    );
  }
}

/** Steps so that each comes after those it needs, else in the order written. */
export function inOrder(steps: readonly Step[]): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ordered = new Set<Step>();
  const visit = (step: Step): void => {
    for (const id of producersOf(step)) {
      const producer = byId.get(id);
      if (producer !== undefined && !ordered.has(producer)) visit(producer);
    }
    ordered.add(step);
  };
  steps.forEach(visit);
  return [...ordered];
}
