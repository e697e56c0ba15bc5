/**
 * The folder of a run and the index of all runs.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { Json } from "../driver/driver.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { folderError } from "./journal.ts";

/** Where a run writes. */
export interface RunFolder {
  /** Id of the run: time, then eight random hex digits. */
  readonly runId: string;
  /** The folder itself. */
  readonly path: string;
  /** Spilled tables; gone when the run has ended. */
  readonly work: string;
  /** Folder of `.osiris`. */
  readonly home: string;
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
  } catch (thrown) {
    throw folderError(path, thrown);
  }
  return { runId, path, work: join(path, "work"), home, index };
}

/** A name as one part of a path. */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9._-]+/g, "_").replace(/^\.+/, "_")
    .slice(0, 100);
}

/**
 * Writes a JSON file beside its place and renames it.
 *
 * @param isDurable Whether it must survive the machine's power, too.
 */
export function writeJson(path: string, value: Json, isDurable = false): void {
  const partial = `${path}.partial`;
  const file = Deno.openSync(partial, {
    create: true,
    truncate: true,
    write: true,
  });
  try {
    writeWhole(file, JSON.stringify(value, null, 2) + "\n");
    if (isDurable) file.syncDataSync();
  } finally {
    file.close();
  }
  Deno.renameSync(partial, path);
}

/** How often the index's lock is tried for, and milliseconds between. */
const LOCK_TRIES = 100;
const LOCK_MS = 10;

/**
 * Adds a line to the index of runs, whole or not at all beside other runs doing the same.
 *
 * Whoever keeps the index locked, a run that was stopped in the middle of it or
 * a program of somebody's, must not hold up this run: a line that is appended at
 * once stays whole without the lock, too.
 */
export function addToIndex(index: string, record: Json): void {
  const file = Deno.openSync(join(index, "runs.jsonl"), {
    create: true,
    append: true,
    read: true,
  });
  try {
    for (let i = 0; i < LOCK_TRIES && !file.tryLockSync(true); i++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_MS);
    }
    // A run that was killed while it wrote has left half a line.
    const isTorn = !endsWithNewline(file);
    writeWhole(file, `${isTorn ? "\n" : ""}${JSON.stringify(record)}\n`);
    file.syncSync();
  } finally {
    file.close();
  }
}

function endsWithNewline(file: Deno.FsFile): boolean {
  const { size } = file.statSync();
  if (size === 0) return true;
  file.seekSync(size - 1, Deno.SeekMode.Start);
  const last = new Uint8Array(1);
  file.readSync(last);
  return last[0] === 10;
}

function writeWhole(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += file.writeSync(bytes.subarray(at));
  }
}

/** Bytes of all files below a folder; what vanishes meanwhile counts nothing. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of Deno.readDirSync(folder)) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory
        ? folderBytes(path)
        : Deno.lstatSync(path).size;
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  return bytes;
}
