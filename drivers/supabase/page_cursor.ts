/**
 * Knows where the next page begins, and sees when rows have shifted under it.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { Layout } from "./layout.ts";
import { afterValues, orderOf, type Paging } from "./ordering.ts";
import type { PageSpans } from "./scan.ts";
import type { Window } from "./source.ts";

/** Where a read stands. */
export class PageCursor {
  readonly #paging: Paging;
  /** Members by which the pages continue, as they come in the answer. */
  readonly #names: readonly string[];
  readonly #isKeySure: boolean;
  readonly #table: string;
  /** Values of the last row's key. */
  #values: readonly string[] | null = null;
  /** The last row as it came. */
  #lastRow: Uint8Array | null = null;

  /**
   * @param names Members that hold the terms' values, in their order.
   * @param isKeySure Whether the database itself vouches for the key.
   */
  constructor(
    paging: Paging,
    names: readonly string[],
    { isKeySure, table }: {
      readonly isKeySure: boolean;
      readonly table: string;
    },
  ) {
    this.#paging = paging;
    this.#names = names;
    this.#isKeySure = isKeySure;
    this.#table = table;
  }

  /** Rows of the page before that the next one shows again. */
  get overlap(): number {
    return this.#paging.kind === "offset" && this.#lastRow !== null ? 1 : 0;
  }

  /** What to do when fewer rows came than there are. */
  get shortfallHint(): string {
    return this.#paging.kind === "keyset"
      ? "Name columns under key that are never NULL and tell all rows apart"
      : "Name a unique column under key";
  }

  /** The next page. @param position Rows before it, counted from the very first. @param offset Rows that the user skips. */
  window(
    position: number,
    offset: number,
  ): Pick<Window, "offset" | "order" | "after"> {
    if (this.#paging.kind === "offset") {
      return {
        offset: position - this.overlap,
        order: this.#paging.order,
        after: null,
      };
    }
    const { terms } = this.#paging;
    const order = orderOf(terms);
    return this.#values === null
      ? { offset, order, after: null }
      : { offset: 0, order, after: afterValues(terms, this.#values) };
  }

  /**
   * Takes note of a page. @returns its first row that is new.
   *
   * @throws {OsirisError} `data/duplicate-key`, `data/null-key` where the key is none; `data/count-mismatch` when rows have shifted.
   */
  advance(bytes: Uint8Array, page: PageSpans, layout: Layout): number {
    return this.#paging.kind === "offset"
      ? this.#advanceOffset(bytes, page)
      : this.#advanceKeyset(bytes, page, layout);
  }

  #advanceOffset(bytes: Uint8Array, { rows, starts }: PageSpans): number {
    const from = this.overlap;
    if (this.#lastRow !== null) {
      const again = rows > 0 ? rowAt(bytes, starts, 0) : null;
      if (again === null || !sameBytes(again, this.#lastRow)) {
        throw new OsirisError(
          "data/count-mismatch",
          `Cannot read table "${this.#table}": rows shifted between two pages, so that some would be missing or come twice`,
          {
            hint:
              "Name a unique column under key, or run the step while nobody writes",
          },
        );
      }
    }
    if (rows > 0) this.#lastRow = rowAt(bytes, starts, rows - 1).slice();
    return from;
  }

  #advanceKeyset(
    bytes: Uint8Array,
    page: PageSpans,
    layout: Layout,
  ): number {
    if (page.rows === 0) return 0;
    const columns = this.#names.map((name) => layout.columns.get(name)!);
    if (!this.#isKeySure) this.#checkKeys(bytes, page, layout.width, columns);
    const decoder = new TextDecoder();
    this.#values = columns.map((column) => {
      const at = 2 * ((page.rows - 1) * layout.width + column);
      const [start, end] = [page.spans[at], page.spans[at + 1]];
      if (start === end) throw this.#nullKey();
      return decoder.decode(bytes.subarray(start, Math.max(start, end)));
    });
    return 0;
  }

  /** Neighbours of equal key: the page's border may have cut such a group before. */
  #checkKeys(
    bytes: Uint8Array,
    { rows, spans }: PageSpans,
    width: number,
    columns: readonly number[],
  ): void {
    for (let row = 0; row < rows; row++) {
      let isSame = row > 0;
      for (const column of columns) {
        const at = 2 * (row * width + column);
        if (spans[at] === spans[at + 1]) throw this.#nullKey();
        const before = at - 2 * width;
        isSame &&= sameBytes(
          bytes.subarray(spans[at], spans[at + 1]),
          bytes.subarray(spans[before], spans[before + 1]),
        );
      }
      if (isSame) {
        throw new OsirisError(
          "data/duplicate-key",
          `Cannot read table "${this.#table}": two rows have the same ${
            this.#names.join(", ")
          }, which does not tell rows apart`,
          {
            hint: "Name other columns under key, or key: [] to page by offset",
          },
        );
      }
    }
  }

  #nullKey(): OsirisError {
    return new OsirisError(
      "data/null-key",
      `Cannot read table "${this.#table}": a row has no value in its key`,
      { hint: "Name columns under key that are never NULL" },
    );
  }
}

function rowAt(
  bytes: Uint8Array,
  starts: Int32Array,
  row: number,
): Uint8Array {
  let end = starts[row + 1];
  // Up to the next row there are a comma and white space.
  while (end > starts[row] && isBetween(bytes[end - 1])) end--;
  return bytes.subarray(starts[row], end);
}

function isBetween(byte: number): boolean {
  return byte <= 32 || byte === 44;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
