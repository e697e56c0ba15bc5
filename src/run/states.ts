/**
 * The states that incremental steps have kept: to look at and to forget.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import { lockFile, removeIfThere } from "./live.ts";
import { statePath } from "./state.ts";

/** What one step has kept. */
export interface StateRecord {
  /** Name of the manifest. */
  readonly pipeline: string;
  /** Id of the step. */
  readonly step: string;
  /** When it was kept: ISO 8601, UTC. */
  readonly ts: string | null;
  /** Run that kept it. */
  readonly runId: string | null;
  /** What the driver kept; null when the file can't be read. */
  readonly state: Json;
}

/** Whose states are meant. */
export interface StateOptions {
  /** Folder that holds `.osiris`; the process's working directory if left out. */
  readonly cwd?: string;
  /** Folder of states; `.osiris/state` by default. */
  readonly stateFolder?: string;
  /** States of this pipeline only. */
  readonly pipeline?: string;
  /** The state of this step only. */
  readonly step?: string;
}

/** Lists states by pipeline and step. @throws {OsirisError} `state/invalid` when a folder can't be read. */
export function listStates(options: StateOptions = {}): StateRecord[] {
  const root = rootOf(options);
  const { pipeline, step } = options;
  const folders = pipeline === undefined ? namesIn(root) : [folderOf(pipeline)];
  return folders.flatMap((folder) =>
    namesIn(join(root, folder)).filter((name) => name.endsWith(".json"))
      .map((name) => read(join(root, folder, name), folder, name.slice(0, -5)))
  ).filter((record) => step === undefined || record.step === step);
}

/**
 * Forgets states: the next run of the pipeline reads everything again.
 *
 * @returns those that were forgotten.
 * @throws {OsirisError} `run/locked` while the pipeline runs; `usage/invalid` when there is no such state.
 */
export function resetStates(
  options: StateOptions & { readonly pipeline: string },
): StateRecord[] {
  const found = listStates(options);
  const { pipeline } = options;
  if (found.length === 0) throw nothingKept(options);
  const root = rootOf(options);
  const lock = lockFile(
    join(root, folderOf(pipeline), ".lock"),
    `pipeline "${pipeline}"`,
  );
  try {
    for (const record of found) {
      removeIfThere(statePath(root, pipeline, record.step));
    }
  } finally {
    lock.release();
  }
  return found;
}

function nothingKept(
  options: StateOptions & { readonly pipeline: string },
): OsirisError {
  const { pipeline, step, ...places } = options;
  const kept = listStates(places);
  const near = kept.some((record) => record.pipeline === pipeline)
    ? didYouMean(
      step ?? "",
      kept.filter((one) => one.pipeline === pipeline).map((one) => one.step),
    )
    : didYouMean(pipeline, kept.map((one) => one.pipeline));
  return new OsirisError(
    "usage/invalid",
    `Cannot reset state: "${pipeline}"${
      step === undefined ? "" : `: "${step}"`
    }: nothing is kept`,
    { hint: near ?? "Run `osiris state show` for what is" },
  );
}

function rootOf({ cwd = ".", stateFolder }: StateOptions): string {
  return resolve(cwd, stateFolder ?? join(".osiris", "state"));
}

/** The folder of a pipeline's states. */
function folderOf(pipeline: string): string {
  return statePath("", pipeline, "x").split(/[/\\]/)[0];
}

function read(path: string, folder: string, step: string): StateRecord {
  try {
    const { pipeline, ts, "run_id": runId, state } = JSON.parse(
      Deno.readTextFileSync(path),
    );
    return {
      pipeline: pipeline ?? folder,
      step,
      ts: ts ?? null,
      runId: runId ?? null,
      state,
    };
  } catch {
    return { pipeline: folder, step, ts: null, runId: null, state: null };
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (cause) {
    if (
      cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.NotADirectory
    ) return [];
    throw new OsirisError(
      "state/invalid",
      `Cannot read states: "${folder}": ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
}
