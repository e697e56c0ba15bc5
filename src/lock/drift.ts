/**
 * How a plan differs from what was locked.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import { OsirisError } from "../error.ts";
import type { LockedManifest, LockedStep } from "./lock.ts";

/** One thing that is not as it was locked. */
export interface Drift {
  /** Where: `steps.save.net`. */
  readonly path: string;
  /** What was locked; null for nothing. */
  readonly locked: string | null;
  /** What there is now; null for nothing. */
  readonly now: string | null;
}

const LISTS = ["net", "read", "write", "import", "opens", "fills"] as const;
const FACTS = [
  "driver",
  "name",
  "version",
  "sha256",
  "isolation",
  "connection",
] as const;

/** Everything in which two locks differ, in the order of the steps. */
export function driftOf(locked: LockedManifest, now: LockedManifest): Drift[] {
  const ids = new Set([
    ...Object.keys(locked.steps),
    ...Object.keys(now.steps),
  ]);
  return [
    ...changed("manifest", locked.hash, now.hash),
    ...[...ids].flatMap((id) => {
      const path = childPath("steps", id);
      const [before, after] = [stepOf(locked, id), stepOf(now, id)];
      if (before === undefined || after === undefined) {
        return [{
          path,
          locked: before ? describe(before) : null,
          now: after ? describe(after) : null,
        }];
      }
      return stepDrift(path, before, after);
    }),
  ];
}

function stepOf({ steps }: LockedManifest, id: string): LockedStep | undefined {
  return Object.hasOwn(steps, id) ? steps[id] : undefined;
}

function describe({ driver, version }: LockedStep): string {
  return `${driver} ${version}`;
}

function stepDrift(
  path: string,
  before: LockedStep,
  after: LockedStep,
): Drift[] {
  return [
    ...FACTS.flatMap((fact) =>
      changed(childPath(path, fact), before[fact], after[fact])
    ),
    ...LISTS.flatMap((list) => {
      const place = childPath(path, list);
      const [old, young] = [new Set(before[list]), new Set(after[list])];
      return [
        ...[...old.difference(young)].map((item) => ({
          path: place,
          locked: item,
          now: null,
        })),
        ...[...young.difference(old)].map((item) => ({
          path: place,
          locked: null,
          now: item,
        })),
      ];
    }),
  ];
}

function changed(
  path: string,
  locked: string | null,
  now: string | null,
): Drift[] {
  return locked === now ? [] : [{ path, locked, now }];
}

/** A drift for people: what was locked after `-`, what there is after `+`. */
export function formatDrift(drifts: readonly Drift[]): string {
  const lines: string[] = [];
  let last = "";
  for (const { path, locked, now } of drifts) {
    if (path !== last) lines.push(path);
    last = path;
    if (locked !== null) lines.push(`  - ${locked}`);
    if (now !== null) lines.push(`  + ${now}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Refuses a plan that is not as it was locked.
 *
 * @param file Path of the lock, for the message.
 * @throws {OsirisError} `run/drift` with every difference
 */
export function requireNoDrift(
  locked: LockedManifest,
  now: LockedManifest,
  file: string,
): void {
  const faults = driftOf(locked, now).map(({ path, locked, now }) => ({
    path,
    message: locked === null
      ? `is new: ${now}`
      : now === null
      ? `is gone: ${locked}`
      : `was ${locked}, is ${now}`,
  }));
  if (faults.length === 0) return;
  const [first] = faults;
  const state = faults.length === 1
    ? `${first.path} ${first.message}`
    : `${faults.length} faults, the first at ${first.path}: ${first.message}`;
  throw new OsirisError(
    "run/drift",
    `Cannot run the plan: it differs from ${file}: ${state}`,
    {
      hint:
        "See `osiris plan --diff`; when it is meant to be so, run `osiris lock` again",
      faults,
    },
  );
}
