/**
 * The case that a driver needs what it says: no less, no more.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Permissions, Plan } from "../plan/plan.ts";
import type { Case } from "./case.ts";
import { STEP } from "./scene.ts";
import { assertEndedWell, trialRun } from "./trial.ts";

const KINDS = ["net", "read", "write"] as const;

export const needsWhatItSays: Case = {
  name: "needs exactly what it says it needs",
  waitsFor: ({ subject }) =>
    typeof subject === "object" && "spec" in subject
      ? "give the URL of its module"
      : null,
  async run(trial) {
    const { isolation = "worker" } = trial.options;
    const exact = await trialRun(trial, {}, { isolation });
    assertEndedWell(exact);
    for (const kind of KINDS) {
      for (const item of exact.permissions![kind]) {
        await trial.options.before?.();
        let isModule = false;
        const run = await trialRun(trial, {}, {
          isolation,
          edit: (plan) => {
            isModule = modulesOf(plan).includes(item);
            return isModule ? plan : without(plan, kind, item);
          },
        });
        if (isModule) continue; // the code itself
        assert.ok(
          run.error !== null,
          `says it needs ${kind} ${item}, and does not`,
        );
      }
    }
  },
};

function modulesOf({ steps }: Plan): readonly string[] {
  const { origin } = steps.find(({ id }) => id === STEP)!.driver;
  return origin.kind === "module" ? origin.files ?? [] : [];
}

function without(plan: Plan, kind: keyof Permissions, item: string): Plan {
  const steps = plan.steps.map((step) => {
    if (step.id !== STEP) return step;
    const left = step.permissions[kind]!.filter((other) =>
      !other.startsWith(item) // "host:port" of another name, or a path below
    );
    return { ...step, permissions: { ...step.permissions, [kind]: left } };
  });
  return { ...plan, steps };
}
