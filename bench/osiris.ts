/**
 * The command line as benches start it.
 *
 * @module
 */
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** Where what is measured lies: not in git. */
export const DATA = join(ROOT, "bench", ".data");

/** Writes a manifest into `folder`. @returns its path. */
export async function writeManifest(
  folder: string,
  name: string,
  steps: readonly object[],
  more: object = {},
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const text = JSON.stringify({ version: "1.0.0", name, ...more, steps });
  await Deno.writeTextFile(path, text);
  return path;
}

/** The words that run a manifest. */
export function osiris(path: string, ...more: string[]): string[] {
  return [
    ...[Deno.execPath(), "run", "--no-prompt", "--unstable-worker-options"],
    ...["--config", join(ROOT, "deno.json"), "--allow-read", "--allow-write"],
    ...["--allow-env", "--allow-net", `--allow-run=${Deno.execPath()}`],
    ...[join(ROOT, "cli.ts"), "run", path],
    ...["--quiet", ...more],
  ];
}

/** A step in few words. */
export function step(
  id: string,
  driver: string,
  config: object,
  from?: string,
): object {
  return {
    id,
    driver,
    config,
    ...(from !== undefined && { inputs: { df: `\${${from}}` } }),
  };
}

/** The value below which so many of a hundred lie. */
export function percentile(numbers: readonly number[], of: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * of / 100) - 1)];
}
