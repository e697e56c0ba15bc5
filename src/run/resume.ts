/**
 * Decides what of a run that failed, was interrupted or killed need not be
 * done again.
 *
 * A step that is complete is not run again, unless its table is needed and was
 * not kept: extractors and transforms may be repeated, writers never are.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { CommittedPart, Json } from "../driver/driver.ts";
import { type Fault, OsirisError } from "../error.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { KeptTable } from "./cache.ts";
import {
  type CheckpointData,
  omit,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import type { StepOutcome } from "./outcome.ts";
import { differences, type Fingerprint } from "./fingerprint.ts";
import { slug } from "./folder.ts";
import { isIncremental } from "./incremental.ts";
import { lockRun, type RunLock } from "./live.ts";
import { partsToGoOn } from "./parts.ts";
import type { Answers, Verdicts } from "./verify.ts";

/** What is known of the run that starts. */
export interface ResumeRequest {
  /** Run to resume: its id, the part after the time, its folder, or `last`. */
  readonly run: string;
  /** Folder of all runs. Absolute. */
  readonly root: string;
  readonly pipeline: string;
  readonly profile: string;
  readonly steps: readonly PlannedStep[];
  readonly fingerprint: Fingerprint;
  /** States that incremental steps would start from now. */
  readonly states: ReadonlyMap<string, Json>;
  /** Runs that wrote these states, by step. */
  readonly stateWriters: ReadonlyMap<string, string>;
  /** What the user found out about steps that were cut off while they made their changes final: whether these are there. */
  readonly verdicts: Verdicts;
  /** Asks the targets of such steps of which the user says nothing. */
  readonly ask: (data: CheckpointData) => Promise<Answers>;
}

/** What a resumed run builds on. */
export interface Resumed {
  /** Folder of the run that is resumed. */
  readonly folder: string;
  /** Id of the run that is resumed. */
  readonly runId: string;
  /** Steps that are not run again. */
  readonly done: readonly StepOutcome[];
  /** Steps to run, in order. */
  readonly steps: readonly PlannedStep[];
  /** Tables to read from disk, by step. */
  readonly tables: Readonly<Record<string, KeptTable>>;
  /** How far steps have come that go on amid their input. */
  readonly parts: Readonly<Record<string, CommittedPart>>;
  /** Tokens of commits that nobody will ask after any more, by step. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Keeps others from resuming the same run meanwhile. */
  readonly lock: RunLock;
  /** Says that from now on `runId` is the run to resume. */
  handOver(runId: string): void;
}

/**
 * Reads what a run has left.
 *
 * @throws {OsirisError} `run/unknown`; `run/locked` when it is alive; `run/cannot-resume` with all reasons.
 */
export async function resumeRun(request: ResumeRequest): Promise<Resumed> {
  const folder = findRun(request);
  const lock = lockRun(folder);
  if (lock === null) {
    throw new OsirisError(
      "run/locked",
      `Cannot resume run "${request.run}": it is still running`,
      { hint: "Wait until it has ended" },
    );
  }
  try {
    const data = readCheckpoint(folder);
    if (data === null || isComplete(folder)) {
      return refuse(request, noCheckpoint(folder));
    }
    const changes = changesSince(data, request);
    if (changes.length > 0) refuse(request, changes);
    const { verdicts, unknown } = await request.ask(data);
    const known = verdictsOf(data, { ...verdicts, ...request.verdicts });
    const parts = partsToGoOn(data, known, request.steps, isThere);
    const faults = doubts(data, { ...known, ...parts }, unknown);
    if (faults.length > 0) refuse(request, faults);
    return {
      folder,
      lock,
      parts,
      tokens: omit(data.tokens, Object.keys(parts)),
      ...decide(data, known, request),
      ...handing(folder, data),
    };
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

function handing(
  folder: string,
  data: CheckpointData,
): Pick<Resumed, "runId" | "handOver"> {
  return {
    runId: data.run_id,
    handOver: (runId) =>
      writeCheckpoint(folder, { ...data, "continued_by": runId }),
  };
}

/** The folder of a run by what the user calls it. */
function findRun({ run, root, profile, pipeline }: ResumeRequest): string {
  if (/[/\\]/.test(run)) {
    if (isThere(join(run, "events.jsonl"))) return run;
  } else {
    const folder = join(root, slug(profile), slug(pipeline));
    const all = namesIn(folder).map((id) => join(folder, id));
    if (run === "last" && all.length > 0) return newest(all);
    const found = all.filter((path) =>
      basename(path) === run || path.endsWith(`_${run}`)
    );
    if (found.length === 1) return found[0];
  }
  throw new OsirisError(
    "run/unknown",
    `Cannot resume run "${run}": pipeline "${pipeline}" has no such run`,
    { hint: "Run `osiris runs list` for those there are" },
  );
}

/** The folder in which something was written last: names only tell the second of the start. */
function newest(folders: readonly string[]): string {
  const times = folders.map((path) =>
    [Deno.statSync(path).mtime?.getTime() ?? 0, path] as const
  );
  return times.reduce((a, b) => b[0] > a[0] ? b : a)[1];
}

function isComplete(folder: string): boolean {
  return statusOf(folder) === "success";
}

function noCheckpoint(folder: string): Fault[] {
  const message = isComplete(folder)
    ? "it is complete"
    : "it has no checkpoint: it was not begun, or was a dry run";
  return [{ path: "run", message }];
}

function changesSince(data: CheckpointData, request: ResumeRequest): Fault[] {
  const faults: Fault[] = differences(data.fingerprint, request.fingerprint)
    .map((path) => ({ path, message: "has changed since" }));
  if (data.continued_by !== null) {
    faults.push({
      path: "run",
      message: `was resumed already, as ${data.continued_by}`,
      hint: `Resume ${data.continued_by}`,
    });
  }
  for (const [step, state] of Object.entries(data.states)) {
    const now = request.states.get(step) ?? null;
    const isOwn = request.stateWriters.get(step) === data.run_id;
    if (isOwn || JSON.stringify(now) === JSON.stringify(state)) continue;
    const message = "another run has moved its incremental state on";
    faults.push({ path: `steps.${step}`, message });
  }
  return faults;
}

/** Which of the steps have made their changes final, as far as anybody knows. */
function verdictsOf(data: CheckpointData, found: Verdicts): Verdicts {
  const certain = (data.committed ?? []).map((step) => [step, true] as const);
  const steps = pick(found, unsettled(data));
  return { ...steps, ...Object.fromEntries(certain) };
}

/** Steps of which rows are there, or may be. */
function unsettled({ committing, parts = {} }: CheckpointData): string[] {
  return [...new Set([...committing, ...Object.keys(parts)])];
}

/** Steps of which nobody knows it: to run them again could double their rows. */
function doubts(
  data: CheckpointData,
  known: Readonly<Record<string, unknown>>,
  unknown: Answers["unknown"],
): Fault[] {
  return unsettled(data).filter((step) => !(step in known)).map((step) => ({
    path: `steps.${step}`,
    message: data.committing.includes(step)
      ? `was cut off while it made its changes final: they may be there${
        step in unknown ? ` (${unknown[step]})` : ""
      }`
      : `has ${
        data.parts![step].rows
      } rows in its target, and what it read is gone`,
    hint:
      `Look for its rows in the target, then say --committed ${step} or --not-committed ${step}`,
  }));
}

function pick<T>(
  from: Readonly<Record<string, T>>,
  names: readonly string[],
): Record<string, T> {
  const present = names.filter((name) => Object.hasOwn(from, name));
  return Object.fromEntries(present.map((name) => [name, from[name]]));
}

function refuse({ run }: ResumeRequest, faults: readonly Fault[]): never {
  const [{ path, message, hint }] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  throw new OsirisError(
    "run/cannot-resume",
    `Cannot resume run "${run}": ${path}: ${message}${more}`,
    { faults, hint: hint ?? "Run the manifest anew" },
  );
}

/** Which steps are run, and which tables are read from disk. */
function decide(
  data: CheckpointData,
  verdicts: Verdicts,
  request: ResumeRequest,
): Pick<Resumed, "done" | "steps" | "tables"> {
  const done = new Map(Object.entries(data.done));
  for (const [step, isThere] of Object.entries(verdicts)) {
    if (isThere) done.set(step, unknownOutcome(step));
  }
  const byId = new Map(request.steps.map((step) => [step.id, step]));
  const toRun = new Set<string>();
  const tables: Record<string, KeptTable> = {};
  const need = (id: string): void => {
    if (toRun.has(id)) return;
    toRun.add(id);
    for (const producer of Object.values(byId.get(id)!.inputs)) {
      const kept = data.tables[producer];
      if (!done.has(producer)) need(producer);
      else if (kept && isThere(kept.path)) tables[producer] = kept;
      else need(producer);
    }
  };
  request.steps.filter(({ id }) => !done.has(id)).forEach(({ id }) => need(id));
  refuseLostRows(toRun, done, request);
  return {
    done: [...done.values()].filter(({ id }) => !toRun.has(id)),
    steps: request.steps.filter(({ id }) => toRun.has(id)),
    tables,
  };
}

/**
 * An incremental step that is read again gives other rows than before. What
 * has committed the rows before must not miss the new ones when the state
 * moves on.
 */
function refuseLostRows(
  toRun: ReadonlySet<string>,
  done: ReadonlyMap<string, StepOutcome>,
  request: ResumeRequest,
): void {
  const readers = readersOf(request.steps);
  const faults = request.steps.filter((step) =>
    toRun.has(step.id) && isIncremental(step)
  ).flatMap(({ id }): Fault[] => {
    const committed = [...readers.get(id)!].filter((reader) =>
      done.has(reader) && !toRun.has(reader)
    );
    if (committed.length === 0) return [];
    const message = `reads incrementally, "${
      committed[0]
    }" has committed its rows, and its table was not kept`;
    return [{ path: `steps.${id}`, message }];
  });
  if (faults.length > 0) refuse(request, faults);
}

/** All steps that read a step's table, directly or through others. */
export function readersOf(
  steps: readonly PlannedStep[],
): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>(
    steps.map(({ id }) => [id, new Set<string>()]),
  );
  for (const { id, inputs } of steps.toReversed()) {
    for (const producer of Object.values(inputs)) {
      const known = readers.get(producer);
      if (!known) continue;
      known.add(id);
      readers.get(id)!.forEach((reader) => known.add(reader));
    }
  }
  return readers;
}

function unknownOutcome(id: string): StepOutcome {
  return {
    id,
    rowsRead: 0,
    rowsWritten: 0,
    rowsBefore: 0,
    rowsExplained: {},
    bytesRead: 0,
    bytesWritten: 0,
    durationMs: 0,
    peakRssBytes: 0,
    files: [],
    state: undefined,
  };
}

function statusOf(folder: string): string | null {
  try {
    return JSON.parse(Deno.readTextFileSync(join(folder, "status.json")))
      .status;
  } catch {
    return null; // killed before it wrote any
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
