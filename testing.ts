/**
 * What the author of a driver needs to test it: the cases that every driver
 * has to pass, and a way to run it with tables, files and a connection.
 *
 * @example Run a driver and look at its rows
 * ```ts
 * import { readTable, writeTable } from "@osiris/runtime/arquero";
 * import { defineDriver, types } from "@osiris/runtime/driver";
 * import { rowsOf, runDriver, tableOf } from "@osiris/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const driver = defineDriver({
 *   spec: {
 *     name: "example.first",
 *     version: "1.0.0",
 *     summary: "Keeps the first row.",
 *     mode: "transform",
 *     config: { type: "object", additionalProperties: false, properties: {} },
 *     inputs: { min: 1, max: 1 },
 *     output: true,
 *   },
 *   async *run({ inputs }) {
 *     const table = await readTable(inputs.df);
 *     yield* writeTable(table.slice(0, 1));
 *   },
 * });
 * const orders = tableOf({ id: [types.int64, [2n ** 60n, 2n]] });
 * const { error, batches } = await runDriver(driver, { inputs: { df: [orders] } });
 * assert.equal(error, null);
 * assert.deepEqual(rowsOf(batches), [["1152921504606846976"]]);
 * ```
 *
 * @module
 */
import {
  type DriverRun,
  type DriverTestOptions,
  runDriver as runWith,
  type Subject,
} from "./src/testing/run_driver.ts";

/**
 * Runs a driver once, in the sandbox of a run. What goes wrong is in the result.
 *
 * @param subject URL of its module, or the driver itself: that runs in this thread.
 */
export function runDriver(
  subject: Subject,
  options: DriverTestOptions = {},
): Promise<DriverRun> {
  return runWith(subject, options);
}

export { conformance } from "./src/testing/conformance.ts";
export type { ConformanceOptions } from "./src/testing/case.ts";
export type {
  DriverRun,
  DriverTestOptions,
  Subject,
} from "./src/testing/run_driver.ts";
export type { TestInput } from "./src/testing/stand_ins.ts";
export { rowsOf, tableOf, type TestColumn } from "./src/testing/tables.ts";
