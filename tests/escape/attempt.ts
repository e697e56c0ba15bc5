/**
 * What an entry of the catalogue is, and what can come of it.
 *
 * @module
 */
import type { ErrorCode } from "../../src/error.ts";
import type { Bait } from "./drivers/kit/attempt.ts";

/** Levels of isolation that promise something. */
export const LEVELS = ["worker", "process"] as const;

/** One of them. */
export type Level = typeof LEVELS[number];

/**
 * What comes of an attempt: it is refused or ended with a code; `harmless`, it
 * runs to its end and gets nothing; `open`, it gets what it is after; `dies`,
 * it takes the whole run along.
 */
export type Outcome = ErrorCode | "harmless" | "open" | "dies";

/** One attempt. */
export interface Attempt {
  /** The stem of its driver in `drivers/`, or of its own. */
  readonly name: string;
  /** What comes of it at each level. */
  readonly worker: Outcome;
  readonly process: Outcome;
  /** What it tries, where no driver in `drivers/` says it. */
  readonly tries?: string;
  /** Text of a driver that can't lie there, since its imports would be followed. */
  readonly source?: (bait: Bait) => string;
  /** Steps in place of the driver's. */
  readonly steps?: (bait: Bait) => readonly object[];
  /** The manifest as text in place of steps. */
  readonly manifest?: (bait: Bait) => string;
  /** Files that it finds in its working directory. */
  readonly files?: () => Promise<
    Readonly<Record<string, string | Uint8Array>>
  >;
  /** What its step is granted. */
  readonly permissions?: (bait: Bait) => object;
  /** Limits, deadlines and the like of the manifest. */
  readonly options?: object;
  /** Whether it may take its run along, at worker level, so that it gets one to itself; one that `dies` does at its level. */
  readonly isAlone?: boolean;
}

/** Attempts of one kind. */
export interface Threat {
  readonly title: string;
  /** What running the step on another machine would make of it. */
  readonly remote: string;
  readonly attempts: readonly Attempt[];
}

/** Attempts by driver that come to the same at both levels. */
export function all(outcome: Outcome, ...names: string[]): Attempt[] {
  return names.map((name) => ({ name, worker: outcome, process: outcome }));
}
