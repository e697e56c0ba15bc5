/**
 * How a step's process begins.
 *
 * @module
 */
import type { Permissions } from "../plan/plan.ts";
import type { Tags } from "./frame.ts";

/** The first thing that the host says. */
export interface Boot {
  readonly name: string;
  /** Boot module of the worker: always one of ours. */
  readonly boot: string;
  readonly permissions: Permissions;
  /** What the tags of this process follow from. */
  readonly seed: readonly bigint[];
  /** Null = no limit. */
  readonly memoryMb: number | null;
  readonly cpuS: number | null;
}

/** Tags of the host, whose pipe nobody else can write to. */
export const NO_TAGS: Tags = () => 0n;
