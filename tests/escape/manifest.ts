/**
 * The manifest of an attempt.
 *
 * @module
 */
import { join } from "node:path";
import type { Attempt } from "./attempt.ts";
import type { Bait } from "./drivers/kit/attempt.ts";

/** The manifest to run: its steps, or the path of its text. */
export async function manifestOf(
  attempt: Attempt,
  cwd: string,
  bait: Bait,
): Promise<object | string> {
  const { manifest, steps, options } = attempt;
  if (manifest) {
    const path = join(cwd, "manifest.yaml");
    await Deno.writeTextFile(path, manifest(bait));
    return path;
  }
  return {
    name: "escape",
    deadlines: { idle: "4s" },
    ...options,
    steps: steps?.(bait) ?? [await driverStep(attempt, cwd, bait), SAVE],
  };
}

/** Writes what the attempt has got. */
export const SAVE = {
  id: "save",
  driver: "filesystem.csv_writer",
  inputs: { df: "${attempt}" },
  config: { path: "loot.csv" },
};

async function driverStep(
  { name, source, permissions }: Attempt,
  cwd: string,
  bait: Bait,
): Promise<object> {
  const url = new URL(`drivers/${name}.ts`, import.meta.url);
  if (source) await Deno.writeTextFile(join(cwd, "driver.ts"), source(bait));
  return {
    id: "attempt",
    driver: source ? "./driver.ts" : url.href,
    config: source ? {} : { bait },
    ...permissions && { permissions: permissions(bait) },
  };
}
