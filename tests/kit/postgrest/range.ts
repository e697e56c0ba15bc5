// Range, limit and offset; Content-Range and the status it brings (docs, "Pagination and Count").
import { rangeRefusal } from "./refusal.ts";
import type { Window } from "./query.ts";

/** Rows to give: from `offset`, at most `limit` if there is a limit. */
export interface RowRange {
  offset: number;
  limit?: number;
}

/**
 * Meets the Range header (GET and HEAD only) with limit and offset.
 *
 * @throws {Refusal} PGRST103 for a negative limit or a Range whose end is before its start.
 */
export function rowRange(
  window: Window | undefined,
  header: string | undefined,
): RowRange {
  const { limit, offset = 0 } = window ?? {};
  if (limit !== undefined && limit < 0) {
    throw rangeRefusal("Limit should be greater than or equal to zero.");
  }
  let from = Math.max(offset, 0);
  let to = limit === undefined ? Infinity : from + limit - 1;
  const range = /^(?:items=)?(\d+)-(\d*)$/.exec(header ?? "");
  if (range) {
    const end = range[2] === "" ? Infinity : Number(range[2]);
    if (end < Number(range[1])) {
      throw rangeRefusal(
        "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
      );
    }
    from = Math.max(from, Number(range[1]));
    to = Math.min(to, end);
  }
  return to === Infinity
    ? { offset: from }
    : { offset: from, limit: Math.max(to - from + 1, 0) };
}

/** Caps a range at `db-max-rows` (docs, "Configuration" › db-max-rows). */
export function capped(range: RowRange, maxRows: number | undefined): RowRange {
  if (maxRows === undefined) return range;
  return {
    offset: range.offset,
    limit: Math.min(range.limit ?? maxRows, maxRows),
  };
}

/** As in `0-24/3573458` or with a star for the unknown; a star for no rows. `total` is undefined when nobody asked to count. */
export function contentRange(
  first: number,
  last: number,
  total: number | undefined,
): string {
  const span = first <= last && total !== 0 ? `${first}-${last}` : "*";
  return `${span}/${total ?? "*"}`;
}

/** 200 for everything there is, 206 for a part of it, 416 for an offset past the end. */
export function rangeStatus(
  offset: number,
  rows: number,
  total: number | undefined,
): number {
  if (total === undefined) return 200;
  if (offset > total) return 416;
  return rows < total ? 206 : 200;
}
