/**
 * How far a run has come, on disk after each unit: what a run that resumes it
 * need not do again.
 *
 * @module
 */
import { join } from "node:path";
import type { CommittedPart, Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { KeptTable } from "./cache.ts";
import type { StepOutcome } from "./outcome.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { writeJson } from "./folder.ts";
import { removeIfThere } from "./live.ts";

/** The content of `checkpoint.json`. */
export interface CheckpointData {
  /** Version of the file's form. */
  readonly version: 1;
  /** Id of the run. */
  readonly "run_id": string;
  /** What the run depends on, as hashes. */
  readonly fingerprint: Fingerprint;
  /** States that incremental steps started from, by step. */
  readonly states: Readonly<Record<string, Json>>;
  /** What complete steps did, by step. */
  readonly done: Readonly<Record<string, StepOutcome>>;
  /** Tables on disk, by step. */
  readonly tables: Readonly<Record<string, KeptTable>>;
  /** Steps that have said that they make their changes final, and not yet that they have. */
  readonly committing: readonly string[];
  /** By which the targets of steps that are not complete can be asked whether they have. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Steps whose changes are final, though they are not complete. */
  readonly committed?: readonly string[];
  /** How far steps have come that commit in parts and can go on amid their input; their tokens stand with the others. */
  readonly parts?: Readonly<Record<string, Omit<CommittedPart, "token">>>;
  /** Folder of the run that this one resumes. */
  readonly "resumed_from": string | null;
  /** Id of the run that resumes this one: from then on it is the one to resume. */
  readonly "continued_by": string | null;
}

const NAME = "checkpoint.json";

/** Where the tables of a run's checkpoint are. */
export function tablesFolder(runFolder: string): string {
  return join(runFolder, "checkpoint");
}

/** Keeps the checkpoint of one run. */
export class Checkpoint {
  readonly #folder: string;
  #data: CheckpointData;

  /** Writes the first state of it. @throws when it can't be written. */
  constructor(runFolder: string, data: CheckpointData) {
    this.#folder = runFolder;
    this.#data = data;
    this.#write({});
  }

  /** How far a step has come that commits in parts; null when it has to start at its first row. */
  part(step: string): CommittedPart | null {
    return partOf(this.#data, step);
  }

  /**
   * Notes that a step is about to make its changes final. On disk when this returns.
   *
   * @param rows Rows of its input that are there then, when it is a part.
   */
  committing(step: string, token: string | null, rows: number | null): void {
    const { committing, tokens, parts } = this.#data;
    const isKnown = (tokens?.[step] ?? null) === token && rows === null;
    if (committing.includes(step) && isKnown) return;
    // A commit of all that is left, after parts, leaves nothing to go on from.
    const isBlurred = rows === null && this.part(step) !== null;
    const part = { rows: parts?.[step]?.rows ?? 0, announced: rows };
    this.#write({
      parts: rows === null ? omit(parts, [step]) : { ...parts, [step]: part },
      committing: [...without(committing, [step]), step],
      tokens: {
        ...omit(tokens, [step]),
        ...(token !== null && !isBlurred && { [step]: token }),
      },
    });
  }

  /**
   * Notes that a step's changes are in its target. On disk when this returns.
   *
   * @param rows Rows of its input that are there, when they are a part.
   */
  committed(step: string, rows: number | null): void {
    const { committing, committed = [], parts } = this.#data;
    if (!committing.includes(step)) return;
    this.#write({
      committing: without(committing, [step]),
      ...(rows === null
        ? { committed: [...committed, step] }
        : { parts: { ...parts, [step]: { rows, announced: null } } }),
    });
  }

  /** Notes that nothing of what a step announced last is in its target: it may be run again. */
  undone(step: string): void {
    const { committing, tokens, parts } = this.#data;
    if (!committing.includes(step)) return;
    const rows = parts?.[step]?.rows ?? 0;
    const left = { ...parts, [step]: { rows, announced: null } };
    this.#write({
      committing: without(committing, [step]),
      ...(rows > 0
        ? { parts: left }
        : { parts: omit(parts, [step]), tokens: omit(tokens, [step]) }),
    });
  }

  /** Notes steps that are complete, and the tables that lie on disk from now on. On disk when this returns. */
  complete(
    outcomes: readonly StepOutcome[],
    tables: Readonly<Record<string, KeptTable>>,
  ): void {
    const ids = outcomes.map(({ id }) => id);
    this.#write({
      done: {
        ...this.#data.done,
        ...Object.fromEntries(outcomes.map((one) => [one.id, one])),
      },
      tables: { ...this.#data.tables, ...tables },
      committing: without(this.#data.committing, ids),
      tokens: omit(this.#data.tokens, ids),
      committed: without(this.#data.committed ?? [], ids),
      parts: omit(this.#data.parts, ids),
    });
  }

  /** Removes the tables: all that read them are complete. */
  removeTables(): void {
    removeIfThere(tablesFolder(this.#folder), { recursive: true });
  }

  /** Removes it: the run's status says that there is nothing to resume. */
  remove(): void {
    removeIfThere(join(this.#folder, NAME));
  }

  #write(more: Partial<CheckpointData>): void {
    this.#data = { ...this.#data, ...more };
    writeCheckpoint(this.#folder, this.#data);
  }
}

/** Writes a run's checkpoint so that it survives the machine's power. */
export function writeCheckpoint(runFolder: string, data: CheckpointData): void {
  writeJson(join(runFolder, NAME), data as unknown as Json, true);
}

/**
 * Reads a run's checkpoint; null when there is none.
 *
 * @throws {OsirisError} `run/cannot-resume` when it is damaged.
 */
export function readCheckpoint(runFolder: string): CheckpointData | null {
  const path = join(runFolder, NAME);
  try {
    const data = JSON.parse(Deno.readTextFileSync(path)) as CheckpointData;
    if (data.version !== 1) throw new TypeError("it is of another version");
    return data;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw new OsirisError(
      "run/cannot-resume",
      `Cannot resume run: "${path}": ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause, hint: "Run the manifest anew" },
    );
  }
}

/** How far a step has come that commits in parts; null when it has to start at its first row. */
export function partOf(
  { parts, tokens }: CheckpointData,
  step: string,
): CommittedPart | null {
  const part = parts?.[step];
  return part ? { ...part, token: tokens?.[step] ?? null } : null;
}

/** A record without some of its names. */
export function omit<T>(
  from: Readonly<Record<string, T>> | undefined,
  gone: readonly string[],
): Record<string, T> {
  const left = Object.entries(from ?? {}).filter(([id]) => !gone.includes(id));
  return Object.fromEntries(left);
}

function without(ids: readonly string[], gone: readonly string[]): string[] {
  return ids.filter((id) => !gone.includes(id));
}
