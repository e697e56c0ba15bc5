/**
 * The overlap of incremental reads: leaves out rows that the last run read, and
 * notes those that the next run may meet again.
 *
 * The API has no snapshot that several requests could share, so what counts as
 * read is what came, and not what a query of its own would have found.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { type CursorValue, cursorValue, isAbove } from "./cursor_value.ts";
import type { Layout } from "./layout.ts";
import type { PageSpans } from "./scan.ts";

/** A row as the state keeps it: its key's values and its cursor, as they came. */
export type SeenRow = readonly (string | null)[];

/** Most rows of an overlap that are kept. */
const MAX_SEEN = 50_000;

/** Knows rows again. */
export class SeenRows {
  /** Columns by which rows are told apart; the cursor stands last. */
  readonly columns: readonly string[];
  readonly #before: ReadonlySet<string>;
  readonly #after = new Map<string, SeenRow>();
  readonly #above: CursorValue;

  /** @param above Rows above this value are met again by the next run. */
  constructor(
    columns: readonly string[],
    before: readonly SeenRow[],
    above: CursorValue,
  ) {
    this.columns = columns;
    this.#before = new Set(before.map((row) => JSON.stringify(row)));
    this.#above = above;
  }

  /** What the next run must know. */
  get rows(): SeenRow[] {
    return [...this.#after.values()];
  }

  /**
   * Finds the rows of a page that are new, as ranges.
   *
   * @param names Members that hold {@linkcode columns}.
   * @throws {OsirisError} `config/invalid` when the overlap holds too many rows.
   */
  *fresh(
    bytes: Uint8Array,
    page: PageSpans,
    layout: Layout,
    names: readonly string[],
    from: number,
    to: number,
  ): Generator<readonly [from: number, to: number]> {
    const columns = names.map((name) => layout.columns.get(name)!);
    const decoder = new TextDecoder();
    let start = from;
    for (let row = from; row < to; row++) {
      const seen = columns.map((column) => {
        const at = 2 * (row * layout.width + column);
        const [first, end] = [page.spans[at], page.spans[at + 1]];
        if (first === end) return null;
        return decoder.decode(bytes.subarray(first, Math.max(first, end)));
      });
      const name = JSON.stringify(seen);
      this.#note(name, seen);
      if (!this.#before.has(name)) continue;
      if (row > start) yield [start, row];
      start = row + 1;
    }
    if (to > start) yield [start, to];
  }

  #note(name: string, seen: SeenRow): void {
    const cursor = seen.at(-1)!;
    // A row without a cursor is read in every run.
    if (cursor === null) return;
    const value = cursorValue(cursor);
    if (value === undefined || !isAbove(value, this.#above)) return;
    this.#after.set(name, seen);
    if (this.#after.size <= MAX_SEEN) return;
    throw new OsirisError(
      "config/invalid",
      `Cannot read what is new: cursor.overlap: more than ${MAX_SEEN} rows lie in it`,
      { hint: "Make the overlap smaller" },
    );
  }
}
