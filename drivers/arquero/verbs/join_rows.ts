/**
 * Which rows of two tables belong together. The pairs come in the order of the
 * left table, whatever the sizes; −1 stands for no row.
 *
 * @module
 */
import type { Expression } from "../expression.ts";
import type { Codes } from "../key.ts";
import type { LazyTable } from "../table.ts";
import { columnsRead } from "./verb.ts";

/** Pairs of row numbers. */
export interface Pairs {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Whether rows that found no partner stay. */
export interface Keeps {
  readonly left: boolean;
  readonly right: boolean;
}

/** The rows of the right table by code: `rows[starts[code]]` to before `rows[starts[code + 1]]`. */
export function rowsByCode(
  codes: Codes,
  count: number,
): { starts: Int32Array; rows: Int32Array } {
  const starts = new Int32Array(count + 2);
  for (const code of codes) if (code >= 0) starts[code + 2]++;
  for (let code = 2; code < starts.length; code++) {
    starts[code] += starts[code - 1];
  }
  const rows = new Int32Array(starts[count + 1]);
  codes.forEach((code, row) => {
    if (code >= 0) rows[starts[code + 1]++] = row;
  });
  return { starts, rows };
}

/** Pairs of rows with equal codes. */
export function matchCodes(
  leftCodes: Codes,
  rightCodes: Codes,
  count: number,
  keeps: Keeps,
): Pairs {
  const { starts, rows } = rowsByCode(rightCodes, count);
  const matches = (code: number): number =>
    code < 0 ? 0 : starts[code + 1] - starts[code];
  const total = leftCodes.reduce(
    (sum, code) => sum + Math.max(matches(code), keeps.left ? 1 : 0),
    0,
  );
  const [left, right] = [new Int32Array(total), new Int32Array(total)];
  let at = 0;
  leftCodes.forEach((code, row) => {
    const found = matches(code);
    if (found === 0 && keeps.left) [left[at], right[at++]] = [row, -1];
    for (let i = 0; i < found; i++) {
      [left[at], right[at++]] = [row, rows[starts[code] + i]];
    }
  });
  return withRest({ left, right }, rightCodes.length, keeps);
}

/** Pairs of rows for which an expression over both is true. */
export function matchRows(
  left: LazyTable,
  right: LazyTable,
  on: Expression,
  keeps: Keeps,
): Pairs {
  const [a, b] = ["\0left", "\0right"];
  const numbered = (table: LazyTable, name: string, index: number): LazyTable =>
    table.opened(columnsRead([on], index), {
      [name]: Uint32Array.from({ length: table.numRows() }, (_, i) => i),
    });
  const joined = numbered(left, a, 0).join(
    numbered(right, b, 1),
    { toString: () => on.code } as never, // text would be taken for a column
    [[a], [b]] as never,
    { left: keeps.left } as never,
  );
  const column = (name: string): Int32Array =>
    Int32Array.from(
      (joined.data() as unknown as Record<string, (number | undefined)[]>)[
        name
      ],
      (row) => row ?? -1,
    );
  const [lefts, rights] = [column(a), column(b)];
  // Rows without a partner come last from Arquero: back to their places.
  const order = Int32Array.from(lefts, (_, i) => i).sort((i, j) =>
    lefts[i] - lefts[j] || rights[i] - rights[j]
  );
  const pairs = {
    left: order.map((i) => lefts[i]),
    right: order.map((i) => rights[i]),
  };
  return withRest(pairs, right.numRows(), keeps);
}

/** Every row with every row. */
export function allPairs(leftRows: number, rightRows: number): Pairs {
  const left = new Int32Array(leftRows * rightRows);
  return {
    left: left.map((_, i) => Math.floor(i / rightRows)),
    right: left.map((_, i) => i % rightRows),
  };
}

/** With the right rows that found no partner, at the end. */
function withRest(pairs: Pairs, rightRows: number, keeps: Keeps): Pairs {
  if (!keeps.right) return pairs;
  const found = new Uint8Array(rightRows);
  for (const row of pairs.right) if (row >= 0) found[row] = 1;
  const rest = Array.from({ length: rightRows }, (_, row) => row).filter(
    (row) => found[row] === 0,
  );
  return {
    left: Int32Array.from([...pairs.left, ...rest.map(() => -1)]),
    right: Int32Array.from([...pairs.right, ...rest]),
  };
}
