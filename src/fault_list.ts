/**
 * Collects everything that is wrong with an input, to report it in one go.
 *
 * @module
 */
import { type ErrorCode, type Fault, OsirisError } from "./error.ts";

/** More faults than this say nothing more. */
const MAX_FAULTS = 100;

/** Faults in the order in which they were found, each with its code. */
export class FaultList {
  readonly #faults: Fault[] = [];
  readonly #codes: Set<ErrorCode> = new Set();
  readonly #places: Set<string> = new Set();
  readonly #touched: Set<string> = new Set();
  #dropped = 0;

  /** Adds a fault. The same words about the same place are kept once. */
  add(code: ErrorCode, path: string, message: string, hint?: string): void {
    this.#codes.add(code);
    for (const prefix of prefixesOf(path)) this.#touched.add(prefix);
    if (this.#faults.length >= MAX_FAULTS) {
      this.#dropped++;
      return;
    }
    const place = `${path}\n${message}`;
    if (this.#places.has(place)) return;
    this.#places.add(place);
    this.#faults.push({ path, message, ...(hint !== undefined && { hint }) });
  }

  /** Adds what another check found. */
  addAll(code: ErrorCode, faults: readonly Fault[]): void {
    for (const { path, message, hint } of faults) {
      this.add(code, path, message, hint);
    }
  }

  /** Whether nothing was found. */
  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  /** Whether something was found at `path` itself or below it. */
  touches(path: string): boolean {
    return this.#touched.has(path);
  }

  /**
   * Throws what was found, if anything was.
   *
   * @param mixed The code when faults of several codes were found.
   * @param subject What can't be done with what: `read manifest: shop.yaml`.
   * @throws {OsirisError} the one code all faults have, or `mixed`
   */
  throwIfAny(mixed: ErrorCode, subject: string): void {
    if (this.isEmpty) return;
    const faults = this.#faults.toSorted((a, b) => stepOf(a) - stepOf(b));
    const [first] = faults;
    const code = this.#codes.size === 1 ? [...this.#codes][0] : mixed;
    const count = this.#faults.length + this.#dropped;
    const state = count === 1
      ? `${first.path}: ${first.message}`
      : `${count} faults, the first at ${first.path}: ${first.message}`;
    throw new OsirisError(code, `Cannot ${subject}: ${state}`, {
      faults: this.#dropped === 0 ? faults : [...faults, {
        path: "…",
        message: `${this.#dropped} more faults are not shown`,
      }],
      ...(count === 1 && first.hint !== undefined && { hint: first.hint }),
    });
  }
}

/** A path and those it is below: `a`, `a[0]`, `a[0].b`. */
function* prefixesOf(path: string): Generator<string> {
  for (const { index } of path.matchAll(/[.[:]/g)) yield path.slice(0, index);
  yield path;
}

/** Index of the step that a fault is about, -1 for the top of the document. */
function stepOf(fault: Fault): number {
  return Number(fault.path.match(/^steps\[(\d+)\]/)?.[1] ?? -1);
}
