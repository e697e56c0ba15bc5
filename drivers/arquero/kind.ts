/**
 * The type that values have, where none was told beforehand.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import { ExactDecimal, Instant } from "./cell.ts";
import type { Cells } from "./decode.ts";

/** What values are, in words for messages. */
export type Kind =
  | "booleans"
  | "integers"
  | "numbers"
  | "integers beyond 2^53"
  | "decimals of more than 15 digits"
  | "texts"
  | "dates"
  | "timestamps"
  | "timestamps in UTC"
  | "bytes"
  | "lists or objects";

/** What one value is. */
export function kindOf(cell: unknown, column: string): Kind {
  switch (typeof cell) {
    case "boolean":
      return "booleans";
    case "number":
      return Number.isSafeInteger(cell) ? "integers" : "numbers";
    case "bigint":
      return "integers beyond 2^53";
    case "string":
      return "texts";
  }
  if (cell instanceof Instant) {
    return cell.type.kind === "date"
      ? "dates"
      : cell.type.kind === "timestamp" && cell.type.utc
      ? "timestamps in UTC"
      : "timestamps";
  }
  if (cell instanceof Date) return "timestamps";
  if (cell instanceof Uint8Array) return "bytes";
  if (cell instanceof ExactDecimal) return "decimals of more than 15 digits";
  if (typeof cell === "object") return "lists or objects";
  throw new OsirisError(
    "data/type",
    `Cannot write column "${column}": a value is a ${typeof cell}`,
    { details: { column } },
  );
}

/** Types by the kinds of values that they take; the first that takes all is it. */
const CHOICES: readonly (readonly [LogicalType, readonly Kind[]])[] = [
  [types.bool, ["booleans"]],
  [types.int64, ["integers", "integers beyond 2^53"]],
  [types.float64, ["integers", "numbers"]],
  [types.utf8, ["texts"]],
  [types.date, ["dates"]],
  [types.timestampUtc, ["timestamps in UTC"]],
  [types.timestamp, ["dates", "timestamps"]],
  [types.binary, ["bytes"]],
  [types.json, ["lists or objects"]],
];

/** The type that takes values of these kinds; null when none does. */
export function typeOfKinds(
  kinds: ReadonlySet<Kind>,
  cells: Cells,
): LogicalType | null {
  const found = CHOICES.find(([, takes]) =>
    [...kinds].every((kind) => takes.includes(kind))
  )?.[0];
  if (found === types.int64 && !int64Holds(cells)) return types.uint64;
  if (found !== undefined) return found;
  return kinds.has("decimals of more than 15 digits")
    ? decimalType(cells)
    : null;
}

function int64Holds(cells: Cells): boolean {
  const max = 2n ** 63n - 1n;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === "bigint" && cell > max) return false;
  }
  return true;
}

/** A decimal with the most digits after the point that any value has. */
function decimalType(cells: Cells): LogicalType {
  let scale = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (cell === null || cell === undefined) continue;
    const [, fraction = ""] = String(cell).split(".");
    scale = Math.max(scale, fraction.length);
  }
  return decimal(76, Math.min(scale, 76));
}
