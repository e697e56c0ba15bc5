/**
 * Values that expressions gave, as columns: the type that was told beforehand
 * when every value fits it exactly, otherwise the one that the values have.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import {
  type Column,
  type ColumnData,
  dataArray,
  dataLength,
} from "../../src/table/batch.ts";
import { columnBuilder } from "../../src/table/builder.ts";
import { type LogicalType, types } from "../../src/table/type.ts";
import type { Cells } from "./decode.ts";
import { fit } from "./fit.ts";
import { type Kind, kindOf, typeOfKinds } from "./kind.ts";
import type { StaticType } from "./static_type.ts";

/**
 * The values with NULL where a calculation gave none: arithmetic with NULL is
 * NaN in JavaScript, and so are 0 / 0 and the number in "abc".
 */
export function withoutNaN(cells: Cells): Cells {
  for (let row = 0; row < cells.length; row++) {
    if (Number.isNaN(cells[row])) {
      return Array.from(
        cells,
        (cell) => Number.isNaN(cell) ? undefined : cell,
      );
    }
  }
  return cells;
}

/**
 * The type for a column of these values.
 *
 * @throws {OsirisError} `data/type` when no type takes them all, `data/lossy` when a number lost digits.
 */
export function chooseType(
  cells: Cells,
  hint: StaticType,
  column: string,
): LogicalType {
  if (hint !== null && everyFits(cells, hint, column)) return hint;
  const kinds = new Set<Kind>();
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (cell !== null && cell !== undefined) kinds.add(kindOf(cell, column));
  }
  if (kinds.size === 0) return hint ?? types.null;
  const type = typeOfKinds(kinds, cells);
  if (type !== null && everyFits(cells, type, column)) return type;
  throw new OsirisError(
    "data/type",
    `Cannot give column "${column}" a type: it holds ${
      [...kinds].join(" and ")
    }`,
    {
      hint: "Make its values alike, with op.parse_float(…) or `${…}`",
      details: { column },
    },
  );
}

function everyFits(cells: Cells, type: LogicalType, column: string): boolean {
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (
      cell !== null && cell !== undefined &&
      fit(cell, type, column) === undefined
    ) return false;
  }
  return true;
}

/** Rows `from` to `to` of the values as a column; they must fit `type`. */
export function encodeCells(
  cells: Cells,
  from: number,
  to: number,
  type: LogicalType,
  column: string,
): Column {
  const isWide = type.kind === "decimal" ||
    (type.kind === "int" && type.bits === 64);
  const fast = isWide ? encodeWide(cells, from, to, type, column) : null;
  if (fast !== null) return fast;
  const builder = columnBuilder(type, to - from);
  for (let row = from; row < to; row++) {
    const cell = cells[row];
    if (cell === null || cell === undefined) builder.appendNull();
    else builder.appendValue(fit(cell, type, column)!);
  }
  return builder.finish();
}

/**
 * 64-bit integers and decimals from numbers, word by word: builders would make
 * a bigint of each. Null when a value is more than a number holds.
 */
function encodeWide(
  cells: Cells,
  from: number,
  to: number,
  type: LogicalType,
  column: string,
): Column | null {
  const length = to - from;
  const words = 2 * dataLength(type, 1);
  const data = new BigInt64Array(dataLength(type, length));
  const halves = new Int32Array(data.buffer);
  const validity = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    const cell = cells[from + i];
    if (cell === null || cell === undefined) {
      nullCount++;
      continue;
    }
    const value = fit(cell, type, column);
    if (typeof value !== "number") return null;
    validity[i >> 3] |= 1 << (i & 7);
    const high = Math.floor(value / 4294967296);
    halves[i * words] = value - high * 4294967296;
    halves[i * words + 1] = high;
    if (value < 0) halves.fill(-1, i * words + 2, (i + 1) * words);
  }
  return {
    type,
    length,
    nullCount,
    validity: nullCount === 0 ? null : validity,
    data: new (dataArray(type))(data.buffer) as ColumnData,
    offsets: null,
  };
}
