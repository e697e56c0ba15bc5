/**
 * What incremental steps keep between runs, one JSON file a step. Written only
 * once everything that reads the step has committed.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { writeJson } from "./folder.ts";
import { isIncremental } from "./incremental.ts";
import { folderError } from "./journal.ts";
import { lockFile, type RunLock } from "./live.ts";
import { readersOf } from "./resume.ts";

/** Where a step's state is: `<root>/<pipeline>/<step>.json`, and never outside of `root`. */
export function statePath(
  root: string,
  pipeline: string,
  step: string,
): string {
  const folder = pipeline.replace(/[^A-Za-z0-9._-]+/g, "_").replace(
    /^\.+/,
    "_",
  );
  return join(root, folder, `${step}.json`);
}

/**
 * Takes the lock of a pipeline's states, if a step of it has one: two runs that
 * read from the same state would both give the same rows.
 *
 * @throws {OsirisError} `run/locked` when another run has it; `run/folder` when the folder can't be written.
 */
export function lockStates(root: string, { manifest, steps }: Plan): RunLock[] {
  if (!steps.some(isIncremental)) return [];
  const path = statePath(root, manifest.name, ".lock").replace(/\.json$/, "");
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    return [lockFile(path, `incremental pipeline "${manifest.name}"`)];
  } catch (thrown) {
    throw thrown instanceof OsirisError
      ? thrown
      : folderError(dirname(path), thrown);
  }
}

/** Reads the states of the steps that can have one. @throws {OsirisError} `state/invalid` */
export function readStates(
  root: string,
  manifest: Manifest,
  steps: readonly PlannedStep[],
): Map<string, Json> {
  const states = new Map<string, Json>();
  for (const { id } of steps.filter(isIncremental)) {
    const path = statePath(root, manifest.name, id);
    try {
      const { state, pipeline } = JSON.parse(Deno.readTextFileSync(path));
      if (state === undefined) throw new TypeError("it has no state");
      // Names that differ in odd characters only share a folder.
      if (pipeline !== undefined && pipeline !== manifest.name) {
        throw new TypeError(`it is of pipeline "${pipeline}"`);
      }
      states.set(id, state);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) continue;
      throw new OsirisError(
        "state/invalid",
        `Cannot read state of step "${id}": "${path}": ${
          cause instanceof Error ? cause.message : cause
        }`,
        {
          cause,
          step: id,
          hint: `Mend it, or run \`osiris state reset ${manifest.name} ${id}\``,
        },
      );
    }
  }
  return states;
}

/** Runs that wrote the states there are, by step. */
export function stateWriters(
  root: string,
  pipeline: string,
  steps: readonly string[],
): Map<string, string> {
  const writers = new Map<string, string>();
  for (const id of steps) {
    const path = statePath(root, pipeline, id);
    writers.set(id, JSON.parse(Deno.readTextFileSync(path))["run_id"]);
  }
  return writers;
}

/** Keeps new states until they may be written. */
export class PendingStates {
  readonly #root: string;
  readonly #pipeline: string;
  readonly #runId: string;
  readonly #downstream: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #pending = new Map<string, Json>();
  readonly #done = new Set<string>();

  constructor(
    root: string,
    pipeline: string,
    runId: string,
    steps: readonly PlannedStep[],
  ) {
    this.#root = root;
    this.#pipeline = pipeline;
    this.#runId = runId;
    this.#downstream = readersOf(steps);
  }

  /** Notes that a step is complete, and writes the states that nothing waits for any more. */
  complete(step: string, state: Json | undefined): void {
    this.#done.add(step);
    if (state !== undefined) this.#pending.set(step, state);
    for (const [id, kept] of this.#pending) {
      const readers = this.#downstream.get(id) ?? new Set();
      if (![...readers].every((reader) => this.#done.has(reader))) continue;
      this.#pending.delete(id);
      const path = statePath(this.#root, this.#pipeline, id);
      Deno.mkdirSync(dirname(path), { recursive: true });
      const record = {
        pipeline: this.#pipeline,
        "run_id": this.#runId,
        ts: new Date().toISOString(),
        state: kept,
      };
      writeJson(path, record, true);
    }
  }
}
