/**
 * Which runs are alive. Each holds a lock on a file in its folder and is named
 * in `.osiris/live/`; the system lets go of the lock however the run ends, so
 * that a name without a lock is that of a run that was killed.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Plan } from "../plan/plan.ts";
import { type RunFolder, writeJson } from "./folder.ts";
import { folderError } from "./journal.ts";
import { partialsOf } from "./targets.ts";

/** What a later run must know of one that was killed. */
export interface LiveRecord {
  readonly "run_id": string;
  readonly "run_folder": string;
  readonly pipeline: string;
  readonly profile: string;
  readonly "manifest_hash": string;
  readonly "steps_total": number;
  /** Files that the run writes beside its targets, absolute. */
  readonly partials: readonly string[];
}

/** A lock that a run holds as long as it lives. */
export interface RunLock {
  /** Lets go of it. */
  release(): void;
}

/** Name of the lock file in a run's folder. */
const LOCK = "run.lock";

/** Folder of the names of runs that are alive, or were killed. */
export function liveFolder(home: string): string {
  return join(home, "live");
}

/**
 * Says that a run is alive.
 *
 * @throws {OsirisError} `run/folder` when that can't be written.
 */
export function goLive(folder: RunFolder, plan: Plan): RunLock {
  const { manifest, steps } = plan;
  const record: LiveRecord = {
    "run_id": folder.runId,
    "run_folder": folder.path,
    pipeline: manifest.name,
    profile: manifest.profile,
    "manifest_hash": manifest.hash,
    "steps_total": steps.length,
    partials: partialsOf(plan),
  };
  const live = liveFolder(folder.home);
  const name = join(live, `${folder.runId}.json`);
  try {
    // The lock comes first: a name without a lock is taken for that of a dead run.
    const lock = lockRun(folder.path)!;
    Deno.mkdirSync(live, { recursive: true });
    writeJson(name, record as unknown as Json);
    return {
      release() {
        removeIfThere(name);
        lock.release();
      },
    };
  } catch (thrown) {
    throw thrown instanceof OsirisError
      ? thrown
      : folderError(folder.path, thrown);
  }
}

/**
 * Takes the lock of a run's folder; null when the run is alive.
 *
 * The file goes with the lock, unless it is let go of by the death of its owner.
 *
 * @throws {OsirisError} `run/folder` when it can't be opened.
 */
export function lockRun(runFolder: string): RunLock | null {
  const path = join(runFolder, LOCK);
  const file = openLock(path);
  if (!file.tryLockSync(true)) {
    file.close();
    return null;
  }
  return {
    release() {
      removeIfThere(path);
      file.close();
    },
  };
}

/** Takes a lock on a file that stays, for as long as a run lives. @throws {OsirisError} `run/locked` when another run has it. */
export function lockFile(path: string, subject: string): RunLock {
  const file = openLock(path);
  if (file.tryLockSync(true)) return { release: () => file.close() };
  file.close();
  throw new OsirisError(
    "run/locked",
    `Cannot start run: ${subject}: another run has it`,
    { hint: "Wait until that run has ended" },
  );
}

function openLock(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { create: true, write: true });
  } catch (thrown) {
    throw folderError(dirname(path), thrown);
  }
}

/** Removes a file; one that is gone already is fine. */
export function removeIfThere(
  path: string,
  options?: Deno.RemoveOptions,
): void {
  try {
    Deno.removeSync(path, options);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
