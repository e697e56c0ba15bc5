/**
 * The cases that every driver has to pass, registered as tests.
 *
 * @module
 */
import type { DriverRegistry } from "../driver/registry.ts";
import type { Case, ConformanceOptions, Trial } from "./case.ts";
import { CASES } from "./cases.ts";
import { specOf, type Subject } from "./run_driver.ts";

/**
 * Registers a test for each case that applies to the driver; the others are
 * registered as ignored, with the option that they wait for in their name.
 *
 * Give the URL of the driver's module, so that it is held to its needs in the
 * sandbox of a run. The process needs read and write of the folder for
 * temporary files, what the driver itself needs, `--unstable-worker-options`
 * and `--no-prompt`.
 *
 * @example A driver beside its test
 * ```ts ignore
 * import { conformance } from "@osiris/runtime/testing";
 *
 * await conformance(new URL("./weather_extractor.ts", import.meta.url), {
 *   config: { city: "Brno" },
 * });
 * ```
 *
 * @throws {OsirisError} `driver/…` when the module is no driver.
 */
export async function conformance(
  subject: Subject,
  options: ConformanceOptions = {},
): Promise<void> {
  await register(subject, options, new Map());
}

/** Like {@linkcode conformance}, for drivers of a registry by name. */
export async function register(
  subject: Subject,
  options: ConformanceOptions,
  builtin: DriverRegistry,
): Promise<void> {
  const spec = await specOf(subject, builtin);
  const trial: Trial = { subject, spec, options, builtin };
  for (const one of CASES) Deno.test(testOf(one, trial));
}

function testOf(
  { name, waitsFor, run }: Case,
  trial: Trial,
): Deno.TestDefinition {
  const reason = waitsFor(trial);
  const label = trial.options.label ?? trial.spec.name;
  return {
    name: `${label} ${name}${reason === null ? "" : ` (${reason})`}`,
    ignore: reason !== null,
    fn: async () => {
      await trial.options.before?.();
      await run(trial);
    },
  };
}
