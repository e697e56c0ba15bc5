import assert from "node:assert/strict";
import type { PlannedStep } from "../../src/plan/plan.ts";
import { countConsumers, fuse } from "../../src/run/units.ts";

/** A step by id, what it reads, and whether it takes batches. */
function step(id: string, from: string[] = [], streaming = true): PlannedStep {
  return {
    id,
    inputs: Object.fromEntries(from.map((one, i) => [`df_${i}`, one])),
    driver: { spec: { capabilities: { streaming } } },
  } as unknown as PlannedStep;
}

const idsOf = (...args: Parameters<typeof fuse>): string[] =>
  fuse(...args).map((unit) => unit.map(({ id }) => id).join("+"));

Deno.test("fuse() joins a chain in which each step is the only consumer", () => {
  const steps = [step("a"), step("b", ["a"]), step("c", ["b"])];
  assert.deepEqual(idsOf(steps), ["a+b+c"]);
});

Deno.test("fuse() parts a step that wants its table whole", () => {
  const steps = [step("a"), step("b", ["a"], false), step("c", ["b"])];
  assert.deepEqual(idsOf(steps), ["a", "b+c"]);
});

Deno.test("fuse() parts a step whose config wants its table whole", () => {
  const streaming = { properties: { mode: { enum: ["rows", "both"] } } };
  for (const [mode, units] of [["rows", ["a+b"]], ["all", ["a", "b"]]]) {
    const b = { ...step("b", ["a"]), config: { mode } } as PlannedStep;
    Object.assign(b.driver.spec.capabilities!, { streaming });
    assert.deepEqual(idsOf([step("a"), b]), units);
  }
});

Deno.test("fuse() parts a table with two consumers, also when one step reads it twice", () => {
  const steps = [step("a"), step("b", ["a"]), step("c", ["a"])];
  assert.deepEqual(idsOf(steps), ["a", "b", "c"]);
  assert.deepEqual(idsOf([step("a"), step("b", ["a", "a"])]), ["a", "b"]);
});

Deno.test("fuse() parts a step with two inputs", () => {
  const steps = [step("a"), step("b"), step("c", ["a", "b"])];
  assert.deepEqual(idsOf(steps), ["a", "b", "c"]);
});

Deno.test("fuse() moves no step ahead of another in a sequential run", () => {
  const steps = [step("a"), step("b"), step("c", ["a"]), step("d", ["b"])];
  assert.deepEqual(idsOf(steps), ["a", "b", "c", "d"]);
  assert.deepEqual(idsOf(steps, 2), ["a+c", "b+d"]);
});

Deno.test("fuse() parts where a table must be whole", () => {
  const steps = [step("a"), step("b", ["a"]), step("c", ["b"])];
  assert.deepEqual(idsOf(steps, 1, new Set(["a"])), ["a", "b+c"]);
});

Deno.test("countConsumers() counts inputs, not steps", () => {
  const steps = [step("a"), step("b", ["a", "a"]), step("c", ["a", "b"])];
  assert.deepEqual([...countConsumers(steps)], [["a", 3], ["b", 1]]);
});
