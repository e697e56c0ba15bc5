/**
 * Holds tables to the limits of their step and of the run, and warns before
 * the wall is reached.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Limits } from "../manifest/manifest.ts";
import type { Json } from "../driver/driver.ts";

/** The part of a limit at which a warning is given. */
export const NEAR = 0.8;

type Counted = "rows" | "bytes" | "disk";

/** Hears, once a limit, that it is near. */
export type OnNear = (facts: Readonly<Record<string, Json>>) => void;

/** Counts what passes against limits of one scope. */
export class LimitCounter {
  readonly #limits: Partial<Limits>;
  readonly #step: string | null;
  readonly #onNear: OnNear;
  readonly #warned = new Set<Counted>();
  readonly #seen: Record<Counted, number> = {
    rows: 0,
    bytes: 0,
    disk: 0,
  };

  /** @param step The step whose limits they are; null for those of the run. */
  constructor(limits: Partial<Limits>, step: string | null, onNear: OnNear) {
    this.#limits = limits;
    this.#step = step;
    this.#onNear = onNear;
  }

  /**
   * Counts a batch.
   *
   * @param step The step that gives it.
   * @throws {OsirisError} `run/limit` when it is too much.
   */
  add(step: string, rows: number, bytes: number): void {
    this.#seen.rows += rows;
    this.#seen.bytes += bytes;
    this.#check("rows", step);
    this.#check("bytes", step);
  }

  /**
   * Notes how many bytes are on disk just now.
   *
   * @param step The step that has written last.
   * @throws {OsirisError} `run/limit` when they are too many.
   */
  onDisk(step: string, bytes: number): void {
    this.#seen.disk = bytes;
    this.#check("disk", step);
  }

  #check(kind: Counted, step: string): void {
    const limit = this.#limits[kind];
    if (typeof limit !== "number") return;
    const seen = this.#seen[kind];
    if (seen > limit) {
      throw new OsirisError(
        "run/limit",
        `Cannot go on: ${
          this.#step === null ? "the run" : `"${this.#step}"`
        }: more than ${limit} ${kind === "disk" ? "bytes on disk" : kind}`,
        {
          step,
          hint: kind === "disk"
            ? "Raise limits.disk or memory_budget, or keep smaller tables between steps"
            : `Raise limits.${kind}, or read less`,
        },
      );
    }
    if (seen < limit * NEAR || this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.#onNear({ "step_id": this.#step, limit: kind, of: limit, seen });
  }
}
