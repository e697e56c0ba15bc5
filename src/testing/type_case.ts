/**
 * The case that a driver takes every logical type, or says why not.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ErrorCode } from "../error.ts";
import { type Batch, copyBatch } from "../table/batch.ts";
import { types } from "../table/type.ts";
import type { Case, Trial } from "./case.ts";
import type { DriverTestOptions } from "./run_driver.ts";
import { tableOf, type TestColumn } from "./tables.ts";
import { assertTable, inputsOf, trialRun } from "./trial.ts";
import { typeSamples } from "./type_samples.ts";

/** Codes that say that the driver did not foresee what happened. */
const UNFORESEEN: readonly ErrorCode[] = [
  "step/failed",
  "internal/bug",
  "driver/crashed",
  "driver/exited",
  "driver/hung",
  "driver/flooded",
  "driver/protocol",
  "data/count-mismatch",
];

export const everyType: Case = {
  name: "takes every logical type, or refuses it by a code",
  waitsFor: ({ spec }) => spec.mode === "extract" ? "it takes no table" : null,
  async run(trial) {
    const samples = typeSamples();
    const all = trial.options.eachType === undefined
      ? await tryColumns(trial, samples, {})
      : false;
    if (all) return;
    for (const [name, column] of Object.entries(samples)) {
      const more = trial.options.eachType?.(column[0], name) ?? {};
      await trial.options.before?.();
      await tryColumns(trial, { [name]: column }, more);
    }
  },
};

/** Whether the columns were taken. @throws {AssertionError} when they were refused without a code that says why */
async function tryColumns(
  trial: Trial,
  columns: Record<string, TestColumn>,
  more: Partial<DriverTestOptions>,
): Promise<boolean> {
  const table = withColumns(trial, columns);
  const run = await trialRun(trial, {
    inputs: inputsOf(trial, [table]),
    ...more,
  });
  const names = Object.keys(columns).join(", ");
  if (run.error === null) {
    if (trial.spec.mode === "write") {
      assert.equal(run.rowsWritten, table.length, names);
    }
    if (trial.spec.output) assertTable(run.batches);
    return true;
  }
  const { code, message } = run.error;
  assert.ok(!UNFORESEEN.includes(code), `${names}: ${code}: ${message}`);
  assert.deepEqual(run.files, {}, `${names}: left a file though it failed`);
  return false;
}

/** The table of the trial with these columns beside its own, their values repeated. */
function withColumns(
  { options }: Trial,
  columns: Record<string, TestColumn>,
): Batch {
  const [given] = Object.values(options.inputs ?? {});
  const base = Array.isArray(given) && given[0].length > 0
    ? copyBatch(given[0])
    : tableOf({ id: [types.int32, [1, 2, 3]] });
  const { length } = base;
  const taken = new Set(base.schema.fields.map(({ name }) => name));
  const more = tableOf(Object.fromEntries(
    Object.entries(columns).map(([name, [type, values]]) => [
      taken.has(name) ? `${name}_sample` : name,
      [type, Array.from({ length }, (_, row) => values[row % values.length])],
    ]),
  ));
  return {
    schema: { fields: [...base.schema.fields, ...more.schema.fields] },
    length,
    columns: [...base.columns, ...more.columns],
  };
}
