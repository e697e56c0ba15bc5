/**
 * Runs manifests of test drivers in a folder of their own, and reads what they leave.
 *
 * @module
 */
import type { Driver } from "../../../src/driver/driver.ts";
import type { DriverRegistry } from "../../../src/driver/registry.ts";
import type { RunEvent, RunMetric } from "../../../src/event.ts";
import type { RunResult } from "../../../src/run/result.ts";
import { runner, type RunOptions } from "../../../src/run/run.ts";
import { join } from "node:path";
import {
  type Collector,
  collector,
  file,
  pass,
  picky,
  rows,
  since,
  whole,
} from "./drivers.ts";
import { type TempDir, tempDir } from "../temp.ts";

/** A folder in which test manifests run. */
export interface RunBench extends AsyncDisposable {
  readonly folder: TempDir;
  readonly kept: Collector;
  /** Events of all runs, as `onEvent` heard them. */
  readonly heard: RunEvent[];
  /** Runs a manifest of these steps. */
  run(steps: readonly object[], options?: BenchOptions): Promise<RunResult>;
}

/** What a run is told besides its steps. */
export interface BenchOptions extends RunOptions {
  /** Keys of the manifest besides `steps`. */
  readonly manifest?: object;
  readonly registry?: DriverRegistry;
  readonly more?: Readonly<Record<string, Driver<never>>>;
}

/** Makes a folder with the drivers of `drivers.ts`. */
export async function runBench(): Promise<RunBench> {
  const folder = await tempDir("run-");
  const kept = collector();
  const heard: RunEvent[] = [];
  const drivers = { rows, pass, whole, file, since, picky, keep: kept.driver };
  const named = Object.fromEntries(
    Object.entries(drivers).map(([name, driver]) => [
      `test.${name}`,
      driver as Driver,
    ]),
  );
  return {
    folder,
    kept,
    heard,
    run(steps, { manifest, registry = new Map(), more = {}, ...options } = {}) {
      return runner(registry)({ name: "bench", ...manifest, steps }, {
        cwd: folder.path,
        onEvent: (event) => heard.push(event),
        ...options,
        drivers: {
          ...named,
          ...more as Record<string, Driver>,
          ...options.drivers,
        },
      });
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A step in few words. */
export function step(
  id: string,
  driver: string,
  config: object = {},
  from: string | readonly string[] = [],
  more: object = {},
): object {
  const producers = [from].flat();
  const inputs = Object.fromEntries(
    producers.map((producer, index) => [
      producers.length === 1 ? "df" : `df_${index}`,
      `\${${producer}}`,
    ]),
  );
  return {
    id,
    driver: `test.${driver}`,
    config,
    ...(producers.length > 0 && { inputs }),
    ...more,
  };
}

/** The events on disk of a run. */
export function eventsOf(runFolder: string): RunEvent[] {
  return jsonLines(join(runFolder, "events.jsonl")) as RunEvent[];
}

/** The metrics on disk of a run. */
export function metricsOf(runFolder: string): RunMetric[] {
  return jsonLines(join(runFolder, "metrics.jsonl")) as RunMetric[];
}

/** The index of runs of a folder. */
export function indexOf(folder: string): Record<string, unknown>[] {
  return jsonLines(join(folder, ".osiris/index/runs.jsonl")) as Record<
    string,
    unknown
  >[];
}

/** All lines of a file, each of which must be JSON. */
export function jsonLines(path: string): unknown[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
}

/** Names below a folder, sorted. */
export function treeOf(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(join(folder, below))].flatMap((entry) =>
    entry.isDirectory
      ? treeOf(folder, join(below, entry.name))
      : [join(below, entry.name)]
  ).sort();
}

/** Numbers from `from` to `to` (excluded). */
export function count(to: number, from = 0): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
