/**
 * Runs of a trial: what its options say, changed as a case needs it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Driver } from "../driver/driver.ts";
import { type Batch, checkBatch } from "../table/batch.ts";
import { types } from "../table/type.ts";
import type { Trial } from "./case.ts";
import {
  type DriverRun,
  type DriverTestOptions,
  runDriver,
} from "./run_driver.ts";
import { tableOf } from "./tables.ts";

/** Runs the driver as its options say, changed by `more`. */
export function trialRun(
  { subject, options, builtin, spec }: Trial,
  more: Partial<DriverTestOptions> = {},
  backstage: Parameters<typeof runDriver>[2] = {},
): Promise<DriverRun> {
  const inputs = options.inputs ?? defaultInputs(spec.inputs.min);
  return runDriver(subject, { ...options, inputs, ...more }, {
    builtin,
    ...backstage,
  });
}

/** A small table for each of so many inputs. */
export function defaultInputs(count: number): Record<string, readonly Batch[]> {
  const table = tableOf({
    id: [types.int64, [1n, 2n, 3n]],
    name: [types.utf8, ["one", null, "three"]],
  });
  return Object.fromEntries(
    Array.from(
      { length: count },
      (_, i) => [i === 0 ? "df" : `df_${i}`, [table]],
    ),
  );
}

/** The inputs of a trial, each with this table in the place of its own. */
export function inputsOf(
  { options, spec }: Trial,
  table: NonNullable<DriverTestOptions["inputs"]>[string],
): NonNullable<DriverTestOptions["inputs"]> {
  const names = Object.keys(options.inputs ?? defaultInputs(spec.inputs.min));
  return Object.fromEntries(names.map((name) => [name, table]));
}

/** Fails with the driver's own words when a run did not end well. */
export function assertEndedWell({ error, hasEnded }: DriverRun): void {
  if (error !== null) {
    assert.fail(`ended with ${error.code}: ${error.message}`);
  }
  assert.ok(hasEnded, "its thread goes on");
}

/** Fails when these are not the batches of a table. */
export function assertTable(batches: readonly Batch[]): void {
  assert.ok(
    batches.length > 0,
    "gave no batch; an empty table is one batch of no rows",
  );
  for (const batch of batches) checkBatch(batch, batches[0].schema, true);
}

/** The driver itself, for cases that need it in the test's own thread. */
export async function inThisThread(
  { subject, builtin }: Trial,
): Promise<Driver> {
  if (typeof subject === "object" && "spec" in subject) {
    return subject as unknown as Driver;
  }
  const origin = builtin.get(String(subject))?.origin;
  const module = origin?.kind === "builtin"
    ? await origin.load()
    : await import(String(subject)) as { default: Driver };
  return module.default;
}
