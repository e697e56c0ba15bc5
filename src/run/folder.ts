/**
 * The folder of a run and the index of all runs.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** Where a run writes. */
export interface RunFolder {
  /** Id of the run: time, then eight random hex digits. */
  readonly runId: string;
  /** The folder itself. */
  readonly path: string;
  /** Spilled tables; gone when the run has ended. */
  readonly work: string;
  /** The index of all runs. */
  readonly index: string;
}

/**
 * Makes a run's folder: `<root>/<profile>/<pipeline>/<YYYYMMDDtHHMMSSz>_<run id>/`
 * with the manifest and its configs as they were read.
 *
 * @param root Where runs are kept: `run_logs`.
 * @param home Folder of `.osiris`.
 * @throws {OsirisError} `run/folder` when it can't be written.
 */
export function makeRunFolder(
  manifest: Manifest,
  root: string,
  home: string,
): RunFolder {
  const now = new Date().toISOString();
  const stamp = now.replace(/[-:]|\.\d+/g, "").toLowerCase();
  const runId = `${stamp}_${crypto.randomUUID().slice(0, 8)}`;
  const path = join(root, slug(manifest.profile), slug(manifest.name), runId);
  const index = join(home, "index");
  try {
    Deno.mkdirSync(join(path, "artifacts"), { recursive: true });
    Deno.mkdirSync(index, { recursive: true });
    const isYaml = !manifest.text.trimStart().startsWith("{");
    Deno.writeTextFileSync(
      join(path, isYaml ? "manifest.yaml" : "manifest.json"),
      manifest.text,
    );
    const configs = Object.entries(manifest.cfg);
    if (configs.length > 0) Deno.mkdirSync(join(path, "cfg"));
    for (const [name, text] of configs) {
      Deno.writeTextFileSync(join(path, "cfg", basename(name)), text);
    }
  } catch (cause) {
    throw new OsirisError(
      "run/folder",
      `Cannot write run folder "${path}": ${
        cause instanceof Error ? cause.message : cause
      }`,
      {
        cause,
        hint: "Run where you may write, or name another folder with --out",
      },
    );
  }
  return { runId, path, work: join(path, "work"), index };
}

/** A name as one part of a path. */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9._-]+/g, "_").replace(/^\.+/, "_")
    .slice(0, 100);
}

/** Writes a JSON file beside its place and renames it. */
export function writeJson(path: string, value: Json): void {
  const partial = `${path}.partial`;
  Deno.writeTextFileSync(partial, JSON.stringify(value, null, 2) + "\n");
  Deno.renameSync(partial, path);
}

/** Adds a line to the index of runs, whole or not at all beside other runs doing the same. */
export function addToIndex(folder: RunFolder, record: Json): void {
  const file = Deno.openSync(join(folder.index, "runs.jsonl"), {
    create: true,
    append: true,
  });
  try {
    file.lockSync(true);
    file.writeSync(new TextEncoder().encode(JSON.stringify(record) + "\n"));
    file.syncSync();
  } finally {
    file.close();
  }
}
