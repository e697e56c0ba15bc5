/**
 * Which columns of a file are read, and as what.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import type { Field, LogicalType } from "../table/type.ts";
import type { ReadOptions } from "./read_options.ts";
import type { Origin } from "./window.ts";

/** A column to read. */
export interface Selected {
  readonly name: string;
  /** Its place among the file's columns. */
  readonly index: number;
  /** Its type, when it isn't to be inferred. */
  readonly type: LogicalType | undefined;
}

/** A column of the table to be. */
export interface ReadColumn extends Field {
  /** Its place among the file's columns. */
  readonly index: number;
}

/**
 * The columns to read of a file with these names.
 *
 * @throws {OsirisError} `data/duplicate-column`; `data/missing-column` for a name in the options that the file doesn't have.
 */
export function selectColumns(
  names: readonly string[],
  { columns, types, dateColumns }: Pick<
    ReadOptions,
    "columns" | "types" | "dateColumns"
  >,
  { format = "CSV", path }: Origin,
): Selected[] {
  const places = new Map(names.map((name, i) => [name, i]));
  const twice = names.find((name, i) => places.get(name) !== i);
  if (twice !== undefined) {
    throw new OsirisError(
      "data/duplicate-column",
      `Cannot read ${format} "${path}": column "${twice}" is there twice`,
      {
        hint: "Rename it in the file, or set header: false and skip_rows",
        details: { path, column: twice },
      },
    );
  }
  const place = (column: string | number, option: string): number => {
    const index = typeof column === "number"
      ? column
      : places.get(column) ?? -1;
    if (index >= 0 && index < names.length) return index;
    throw new OsirisError(
      "data/missing-column",
      `Cannot read ${format} "${path}": it has no column "${column}", which ${option} names`,
      {
        hint: didYouMean(String(column), names),
        details: { path, column },
      },
    );
  };
  for (const name of types.keys()) place(name, "dtype");
  for (const name of dateColumns) place(name, "parse_dates");
  return (columns ?? names).map((column) => {
    const index = place(column, "columns");
    return { name: names[index], index, type: types.get(names[index]) };
  });
}
