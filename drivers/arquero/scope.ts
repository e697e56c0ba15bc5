/**
 * What the expressions of a verb may name: columns and parameters.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { StaticType } from "./static_type.ts";

/** A table as expressions see it. */
export interface TableScope {
  /** Names of its columns. */
  readonly names: readonly string[];
  /** The type of a column; null when it is unknown. */
  typeOf(name: string): StaticType;
}

/** What an expression may name. */
export interface Scope {
  /** One table, or the two of a join. */
  readonly tables: readonly TableScope[];
  /** Names of parameters. */
  readonly params: ReadonlySet<string>;
  /** Told of every expression that is read, with whether it looks at more than one row. */
  readonly seen?: (overRows: boolean) => void;
}

/** The error for a column that isn't there. */
export function unknownColumn(
  name: string,
  names: readonly string[],
  path: string,
  expression?: string,
): OsirisError {
  const where = expression === undefined ? path : `${path}: "${expression}"`;
  return new OsirisError(
    "data/expression",
    `Cannot find a column: ${where}: "${name}" is not there`,
    {
      hint: didYouMean(name, names),
      details: {
        path,
        column: name,
        ...(expression !== undefined && { expression }),
      },
    },
  );
}
