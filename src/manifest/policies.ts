/**
 * Retry policies, deadlines and limits from their written form.
 *
 * What is written has passed the shape check; what only makes sense together
 * is checked here.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import { ERROR_CODES } from "../error.ts";
import type { FaultList } from "../fault_list.ts";
import { didYouMean } from "../suggest.ts";
import { parseDuration, parseSize } from "../units.ts";
import type { Deadlines, Grants, Limits, RetryPolicy } from "./manifest.ts";

type Written = Readonly<Record<string, unknown>>;

/** What counts where nothing is written. */
export const DEFAULT_DEADLINES: Deadlines = {
  connectMs: 30_000,
  idleMs: 300_000,
  statementMs: null,
  stepMs: null,
  runMs: null,
  heartbeatMs: 60_000,
};

const NO_LIMITS: Limits = {
  rows: null,
  bytes: null,
  seconds: null,
  disk: null,
  memoryMb: null,
  cpuS: null,
};

/** A retry policy, or null when none is written. */
export function readRetry(
  written: unknown,
  path: string,
  faults: FaultList,
): RetryPolicy | null {
  if (written === undefined) return null;
  const { max_attempts, backoff, initial_delay, max_delay, jitter, on } =
    written as Written;
  if (Array.isArray(on)) checkCodes(on, childPath(path, "on"), faults);
  return {
    maxAttempts: (max_attempts as number | undefined) ?? 3,
    backoff: (backoff as RetryPolicy["backoff"] | undefined) ?? "exponential",
    initialDelayMs: parseDuration(initial_delay) ?? 1000,
    maxDelayMs: parseDuration(max_delay) ?? 30_000,
    jitter: (jitter as boolean | undefined) ?? true,
    on: (on as string[] | undefined) ?? null,
  };
}

function checkCodes(
  on: readonly string[],
  path: string,
  faults: FaultList,
): void {
  const names = new Set(
    ERROR_CODES.flatMap((code) => [code, code.split("/")[0]]),
  );
  on.forEach((name, index) => {
    if (names.has(name)) return;
    const message = `no error code or area is named ${quoted(name)}`;
    faults.add(
      "manifest/invalid",
      childPath(path, index),
      message,
      didYouMean(name, names),
    );
  });
}

/** The deadlines that are written. */
export function readDeadlines(written: unknown): Partial<Deadlines> {
  const entries = Object.entries((written ?? {}) as Written).map((
    [key, value],
  ) => [
    `${key}Ms`,
    value === null ? null : parseDuration(value) ?? null,
  ]);
  return Object.fromEntries(entries);
}

/** The limits that are written. */
export function readLimits(
  written: unknown,
  path: string,
  faults: FaultList,
): Partial<Limits> {
  if (written === undefined) return {};
  const { rows, bytes, seconds, wall_s, disk, memory_mb, cpu_s } =
    written as Written;
  if (seconds !== undefined && wall_s !== undefined) {
    faults.add(
      "manifest/invalid",
      childPath(path, "wall_s"),
      'is the same as "seconds", which is there too',
    );
  }
  const wall = seconds ?? wall_s;
  return {
    ...(rows !== undefined && { rows: rows as number | null }),
    ...(bytes !== undefined && { bytes: parseSize(bytes) ?? null }),
    ...(wall !== undefined && { seconds: wall as number | null }),
    ...(disk !== undefined && { disk: parseSize(disk) ?? null }),
    ...(memory_mb !== undefined && { memoryMb: memory_mb as number | null }),
    ...(cpu_s !== undefined && { cpuS: cpu_s as number | null }),
  };
}

/** All limits of a run. */
export function withoutLimits(written: Partial<Limits>): Limits {
  return { ...NO_LIMITS, ...written };
}

/** What is granted to a step beyond what its driver derives. */
export function readGrants(written: unknown): Grants {
  const { net = [], read = [], write = [] } = (written ?? {}) as Partial<
    Grants
  >;
  return { net, read, write };
}
