/**
 * What the author of a driver needs to test it: the cases that every driver
 * has to pass, and a way to run it with tables, files and a connection.
 *
 * @example The test of a driver
 * ```ts ignore
 * import { conformance, rowsOf, runDriver } from "@osiris/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const driver = new URL("./weather_extractor.ts", import.meta.url);
 *
 * await conformance(driver, { config: { city: "Brno" } });
 *
 * Deno.test("weather.extractor gives a row a day", async () => {
 *   const { batches } = await runDriver(driver, { config: { city: "Brno" } });
 *   assert.equal(rowsOf(batches).length, 7);
 * });
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
