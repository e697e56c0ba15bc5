/**
 * Sweeps away what killed runs left: spilled tables and half-written files.
 * Their logs stay, and the index learns of them. Never touches a live run.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { tablesFolder } from "./checkpoint.ts";
import { addToIndex, writeJson } from "./folder.ts";
import {
  liveFolder,
  type LiveRecord,
  lockRun,
  removeIfThere,
  type RunLock,
} from "./live.ts";
import type { RunRecord } from "./runs.ts";

/** What was swept of one killed run, and what could not be. */
export interface Swept {
  readonly runId: string;
  readonly failures: readonly string[];
}

/**
 * Sweeps after all killed runs of a home. What can't be removed is tried again
 * by the next run.
 *
 * @param home Folder of `.osiris`.
 * @param own Files that the run at hand writes itself: it takes them over.
 */
export function sweepLeftovers(
  home: string,
  own: ReadonlySet<string>,
): Swept[] {
  const live = liveFolder(home);
  const index = join(home, "index");
  const swept: Swept[] = [];
  for (const name of namesIn(live)) {
    if (!name.endsWith(".json")) continue;
    const path = join(live, name);
    const record = readRecord(path);
    if (record === null) continue;
    try {
      const failures = sweepRun(record, path, index, own);
      if (failures !== null) swept.push({ runId: record.run_id, failures });
    } catch (thrown) {
      swept.push({ runId: record.run_id, failures: [messageOf(thrown)] });
    }
  }
  return swept;
}

/** Sweeps after one run; null when it is alive or was swept by another. */
function sweepRun(
  record: LiveRecord,
  name: string,
  index: string,
  own: ReadonlySet<string>,
): string[] | null {
  const lock = lockOfDead(record, name);
  if (lock === null) return null;
  const failures: string[] = [];
  let isWhole = true;
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (thrown) {
      isWhole = false;
      // What this run may not touch waits for one that may.
      if (!(thrown instanceof Deno.errors.NotCapable)) {
        failures.push(messageOf(thrown));
      }
    }
  };
  if (isThere(name)) {
    for (const partial of record.partials) {
      if (!own.has(partial)) attempt(() => sweepPartial(partial));
    }
    attempt(() =>
      removeIfThere(join(record.run_folder, "work"), { recursive: true })
    );
    for (const half of halfFiles(record.run_folder)) {
      attempt(() => removeIfThere(half));
    }
    attempt(() => tellIndex(record, index));
    if (isWhole) removeIfThere(name);
  }
  lock.release();
  return failures;
}

/** The lock of a run that is dead; null when it is alive, gone, or out of reach. */
function lockOfDead(record: LiveRecord, name: string): RunLock | null {
  try {
    // A name that was tampered with must not lead to anybody else's folder.
    if (basename(record.run_folder) !== record.run_id) return null;
    if (isThere(record.run_folder)) return lockRun(record.run_folder);
    removeIfThere(name);
  } catch (thrown) {
    const denied = thrown instanceof OsirisError ? thrown.cause : thrown;
    if (!(denied instanceof Deno.errors.NotCapable)) throw thrown;
  }
  return null;
}

/** What a run was writing in its own folder when it was killed. */
function halfFiles(runFolder: string): string[] {
  return [runFolder, tablesFolder(runFolder)].flatMap((folder) =>
    namesIn(folder).filter((name) => name.endsWith(".partial"))
      .map((name) => join(folder, name))
  );
}

/** Removes a half-written file, unless a live run writes it. */
function sweepPartial(partial: string): void {
  if (!/^\..+\.osiris\.partial$/.test(basename(partial))) return;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(partial, { read: true, write: true });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw thrown;
  }
  try {
    if (file.tryLockSync(true)) Deno.removeSync(partial);
  } finally {
    file.close();
  }
}

/** Writes the status that the killed run could not write. */
function tellIndex(record: LiveRecord, index: string): void {
  const status = join(record.run_folder, "status.json");
  if (isThere(status)) return;
  const { partials: _, ...facts } = record;
  const killed: RunRecord = {
    ...facts,
    status: "killed",
    code: null,
    "steps_completed": completedSteps(record.run_folder),
    "total_rows": 0,
    "duration_ms": 0,
  };
  Deno.mkdirSync(index, { recursive: true });
  addToIndex(index, killed as unknown as Json);
  writeJson(status, killed as unknown as Json);
}

function completedSteps(runFolder: string): number {
  try {
    const text = Deno.readTextFileSync(join(runFolder, "events.jsonl"));
    return text.split("\n").filter((line) =>
      line.includes('"event":"step_complete"')
    ).length;
  } catch {
    return 0; // killed before it wrote any
  }
}

function readRecord(path: string): LiveRecord | null {
  try {
    return JSON.parse(Deno.readTextFileSync(path)) as LiveRecord;
  } catch {
    return null; // another run has just swept it
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
