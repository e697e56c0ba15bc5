/**
 * Runs manifests whose drivers are modules of `tests/testdata/drivers/`, each
 * in a sandbox, and reads what the run leaves.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DriverRegistry } from "../../src/driver/registry.ts";
import type { DriverMode, DriverSpec } from "../../src/driver/spec.ts";
import type { OsirisError } from "../../src/error.ts";
import type { RunEvent } from "../../src/event.ts";
import type { RunResult } from "../../src/run/result.ts";
import { runner, type RunOptions } from "../../src/run/run.ts";

/** A step of a test: its driver is the stem of a file in `testdata/drivers/`. */
export interface TestStep {
  readonly id?: string;
  readonly driver: string;
  readonly mode?: DriverMode;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
  readonly spec?: Partial<DriverSpec>;
  readonly [key: string]: unknown;
}

/** Where test drivers are. */
export const DRIVERS = new URL("../testdata/drivers/", import.meta.url);

/** A registry of the modules that the steps name. */
export function moduleDrivers(steps: readonly TestStep[]): DriverRegistry {
  return new Map(steps.map(({ driver, mode = "extract", spec }) => [
    driver,
    {
      spec: {
        name: driver,
        version: "1.0.0",
        summary: "Misbehaves.",
        mode,
        config: { type: "object" },
        inputs: mode === "extract"
          ? { min: 0, max: 0 }
          : { min: 1, max: mode === "write" ? 1 : null },
        output: mode !== "write",
        capabilities: { streaming: true },
        ...spec,
      },
      origin: {
        kind: "module",
        ...moduleOf(driver),
      },
    },
  ]));
}

/** Where a driver is, and the one file that it may read. */
function moduleOf(driver: string): { url: string; files: string[] } {
  const url = new URL(`${driver}.ts`, DRIVERS);
  return { url: url.href, files: [fileURLToPath(url)] };
}

/** Runs steps in `cwd`; those without `inputs` read the step before, unless they extract. */
export function runModules(
  steps: readonly TestStep[],
  cwd: string,
  { manifest = {}, ...options }: RunOptions & { manifest?: object } = {},
): Promise<RunResult> {
  const written = steps.map((step, index) => {
    const { mode = "extract", spec: _, id = step.driver, ...rest } = step;
    const before = steps[index - 1];
    return {
      id,
      ...mode !== "extract" && before &&
        { inputs: { df: `\${${before.id ?? before.driver}}` } },
      ...rest,
      config: rest.config ?? {},
    };
  });
  const whole = { version: "1.0.0", name: "sandbox", steps: written };
  return runner(moduleDrivers(steps))({ ...whole, ...manifest }, {
    isolation: "worker",
    cwd,
    ...options,
  });
}

/** The error with which a run must have ended. */
export function failureOf(result: RunResult): OsirisError {
  if (result.error) return result.error;
  throw new Error(`The run did not fail: ${result.status}`);
}

/** All events that a run has left on disk. */
export async function eventsOf(runFolder: string): Promise<RunEvent[]> {
  const text = await Deno.readTextFile(join(runFolder, "events.jsonl"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}
