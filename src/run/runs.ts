/**
 * The runs there were: from the index, and one from its folder.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { RunEvent, RunMetric } from "../event.ts";

/** One line of the index of runs. */
export interface RunRecord {
  /** Id of the run: time, then eight random hex digits. */
  readonly "run_id": string;
  /** Name of the manifest. */
  readonly pipeline: string;
  /** Profile of the manifest; `default` when it has none. */
  readonly profile: string;
  /** SHA-256 of the manifest and its configs. */
  readonly "manifest_hash": string;
  /** `success`, `failed`, `interrupted`, or `killed` when it could not say so itself. */
  readonly status: string;
  /** Code of the error that ended it; null when none did. */
  readonly code: string | null;
  /** Steps that are complete. */
  readonly "steps_completed": number;
  /** Steps of the manifest. */
  readonly "steps_total": number;
  /** Rows written if any step writes, else rows read. */
  readonly "total_rows": number;
  /** From start to end, in milliseconds. */
  readonly "duration_ms": number;
  /** Absolute path of the run's folder. */
  readonly "run_folder": string;
}

/** Everything that a run's folder tells. */
export interface RunDetails {
  /** The run's line of the index. */
  readonly record: RunRecord;
  /** `status.json`; null when the run was killed before it could write it. */
  readonly status: Json;
  /** Lines of `events.jsonl`, oldest first. */
  readonly events: readonly RunEvent[];
  /** Lines of `metrics.jsonl`, oldest first. */
  readonly metrics: readonly RunMetric[];
}

/** Where the index is. */
export interface RunsOptions {
  /** Folder that holds `.osiris`; the process's working directory if left out. */
  readonly cwd?: string;
}

/**
 * Lists the runs in the index, newest first.
 *
 * @throws {OsirisError} `run/folder` when the index can't be read.
 */
export function listRuns({ cwd = "." }: RunsOptions = {}): RunRecord[] {
  const path = resolve(cwd, ".osiris", "index", "runs.jsonl");
  return lines<RunRecord>(path).reverse();
}

/**
 * Reads one run.
 *
 * @param runId Id of the run, the part of it after the time, or `last`.
 * @throws {OsirisError} `run/unknown` when no run, or more than one, has it.
 */
export function showRun(runId: string, options: RunsOptions = {}): RunDetails {
  const all = listRuns(options);
  const found = runId === "last"
    ? all.slice(0, 1)
    : all.filter(({ run_id }) =>
      run_id === runId || run_id.endsWith(`_${runId}`)
    );
  if (found.length !== 1) {
    throw new OsirisError(
      "run/unknown",
      `Cannot show run "${runId}": ${
        found.length === 0 ? "there is no such run" : "several runs match"
      }`,
      { hint: "Run `osiris runs list` for those there are" },
    );
  }
  const [record] = found;
  return {
    record,
    status: readStatus(join(record.run_folder, "status.json")),
    events: lines<RunEvent>(join(record.run_folder, "events.jsonl")),
    metrics: lines<RunMetric>(join(record.run_folder, "metrics.jsonl")),
  };
}

function readStatus(path: string): Json {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return null; // a run that was killed leaves none
  }
}

/** The whole lines of a JSON Lines file; a last line cut short by a kill is left out. */
function lines<T>(path: string): T[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw new OsirisError(
      "run/folder",
      `Cannot read "${path}": ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").filter((line) => line !== "").flatMap((line) => {
    try {
      return [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}
