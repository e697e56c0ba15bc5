/**
 * How a step's process begins.
 *
 * @module
 */
import type { Permissions } from "../plan/plan.ts";
import type { Tags } from "./frame.ts";

/** What is told as the program's argument, so that nothing is waited for; others can see it. */
export interface Boot {
  readonly name: string;
  /** Boot module of the worker: always one of ours. */
  readonly boot: string;
  readonly permissions: Permissions;
  /** Absolute paths of files that the thread beside the driver opens for it. */
  readonly sources: readonly string[];
  /** Absolute paths of files that it writes for it. */
  readonly partials: readonly string[];
  /** Null = no limit. */
  readonly memoryMb: number | null;
  readonly cpuS: number | null;
}

/** The first thing that the host says, to the process alone. */
export interface First {
  /** What the tags of this process follow from. */
  readonly seed: readonly bigint[];
}

/** Tags of the host, whose pipe nobody else can write to. */
export const NO_TAGS: Tags = () => 0n;
