/**
 * Reads what stands under a join: the other table, what rows are matched by,
 * and how columns of the same name are told apart.
 *
 * @module
 */
import {
  badArgument,
  isObject,
  list,
  options,
  selection,
  text,
} from "../args.ts";
import type { LazyColumn } from "../column.ts";
import { type Expression, isName, readExpression } from "../expression.ts";
import type { LazyTable } from "../table.ts";
import { joinScope, otherTable, type VerbCall } from "./verb.ts";

/** What rows are matched by: columns of both sides, or an expression over both. */
export interface On {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly expression?: Expression;
}

/** A join as it was read. */
export interface JoinArgs {
  readonly left: LazyTable;
  readonly right: LazyTable;
  readonly given: Readonly<Record<string, unknown>>;
  readonly call: VerbCall;
}

/** Reads the other table and checks the keys. */
export function readArgs(
  table: LazyTable,
  args: unknown,
  known: readonly string[],
  call: VerbCall,
): JoinArgs {
  const given = isObject(args)
    ? options(args, ["with", ...known], call.path)
    : { with: args };
  const right = otherTable(given.with, call, `${call.path}.with`);
  return { left: table.plain(), right, given, call };
}

/** Reads what rows are matched by. */
export function readOn({ left, right, given, call }: JoinArgs): On {
  const path = `${call.path}.on`;
  const { on } = given;
  const leftNames = left.columnNames() as string[];
  if (on === undefined) {
    const shared = leftNames.filter((name) =>
      right.columnNames().includes(name)
    );
    if (shared.length > 0) return { left: shared, right: shared };
    throw badArgument(
      path,
      "the tables share no column name",
      "Name the columns to match",
    );
  }
  if (typeof on === "string" && !leftNames.includes(on) && !isName(on)) {
    const scope = joinScope(left, right, call);
    return { left: [], right: [], expression: readExpression(on, scope, path) };
  }
  const [ours, theirs] = isObject(on)
    ? [Object.keys(on), Object.values(on)]
    : Array.isArray(on) && on.length === 2
    ? [list(on[0]), list(on[1])]
    : Array.isArray(on) && on.length === 1
    ? [list(on[0]), list(on[0])]
    : [[on], [on]];
  if (ours.length !== theirs.length) {
    throw badArgument(path, "not as many columns on both sides");
  }
  return {
    left: [...selection(ours, left, path).keys()],
    right: [...selection(theirs, right, path).keys()],
  };
}

/** A column of the joined table and its name, which may yet get a suffix. */
export interface Side {
  readonly name: string;
  readonly column: LazyColumn;
}

/** Names that both sides have get a suffix. */
export function suffixed(
  left: readonly Side[],
  right: readonly Side[],
  given: JoinArgs["given"],
  call: VerbCall,
): Side[] {
  const suffixes = given.suffix === undefined
    ? ["_1", "_2"]
    : list(given.suffix).map((suffix) => text(suffix, `${call.path}.suffix`));
  if (suffixes.length !== 2) {
    throw badArgument(`${call.path}.suffix`, "not two texts");
  }
  const both = new Set(
    left.map(({ name }) => name).filter((name) =>
      right.some((side) => side.name === name)
    ),
  );
  const rename = (sides: readonly Side[], suffix: string): Side[] =>
    sides.map(({ name, column }) => ({
      name: both.has(name) ? name + suffix : name,
      column,
    }));
  return [...rename(left, suffixes[0]), ...rename(right, suffixes[1])];
}
