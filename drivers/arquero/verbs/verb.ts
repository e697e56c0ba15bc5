/**
 * What a verb is: it takes a table and what stands under it in the config, and
 * gives a table.
 *
 * @module
 */
import type { ColumnTable } from "../../../src/deps/arquero.ts";
import { OsirisError } from "../../../src/error.ts";
import { didYouMean } from "../../../src/suggest.ts";
import { badArgument, type Named } from "../args.ts";
import type { LazyColumn } from "../column.ts";
import type { Expression } from "../expression.ts";
import type { Scope } from "../scope.ts";
import type { StaticType } from "../static_type.ts";
import { type LazyTable, settle } from "../table.ts";

/** A table on its way through the verbs. */
export interface State {
  readonly table: LazyTable;
  /** The columns that it is grouped by, as they were then. */
  readonly keys: ReadonlyMap<string, LazyColumn>;
}

/** What a verb may know besides its table. */
export interface VerbCall {
  /** Where it stands: `verbs[2].filter`. */
  readonly path: string;
  /** The step's inputs by name. */
  readonly tables: ReadonlyMap<string, LazyTable>;
  /** Names of the step's literal inputs. */
  readonly params: ReadonlySet<string>;
  /** Told of every expression: see `Scope`. */
  readonly seen?: (overRows: boolean) => void;
}

/** One verb. @throws {OsirisError} when what stands under it can't be. */
export type Verb = (state: State, args: unknown, call: VerbCall) => State;

/** No groups. */
export const NO_KEYS: ReadonlyMap<string, LazyColumn> = new Map();

/** What the expressions of a verb on one table may name. */
export function scopeOf(table: LazyTable, call: VerbCall): Scope {
  return { ...call, tables: [table.scope()] };
}

/** What the expressions of a verb on two tables may name. */
export function joinScope(
  left: LazyTable,
  right: LazyTable,
  call: VerbCall,
): Scope {
  return { ...call, tables: [left.scope(), right.scope()] };
}

/** The columns that expressions read, of one of their tables. */
export function columnsRead(
  expressions: readonly Expression[],
  table = 0,
): Set<string> {
  return new Set(expressions.flatMap(({ columns }) => [...columns[table]]));
}

/** Expressions by name, as Arquero takes them. */
export function codeOf(named: readonly Named[]): Record<string, string> {
  return new Map(
    named.map(({ name, expression }) => [name, expression.code] as const),
  ) as never; // Arquero takes a Map as well, which keeps names such as "2024" in order
}

/** Types by name, as far as they are known before. */
export function typesOf(
  named: readonly Named[],
): (name: string) => StaticType {
  const types = new Map(
    named.map(({ name, expression }) => [name, expression.type] as const),
  );
  return (name) => types.get(name) ?? null;
}

/**
 * Has Arquero run expressions over a table. Their columns are at hand; what
 * comes out is a table of lazy columns again.
 */
export function compute(
  table: LazyTable,
  expressions: readonly Expression[],
  run: (opened: LazyTable) => ColumnTable,
  typeOf: (name: string) => StaticType = () => null,
): LazyTable {
  return settle(run(table.opened(columnsRead(expressions))), typeOf);
}

/** Another input of the step by its name. */
export function otherTable(
  value: unknown,
  call: VerbCall,
  path = call.path,
): LazyTable {
  if (typeof value !== "string") {
    throw badArgument(path, "not the name of an input");
  }
  const table = call.tables.get(value);
  if (table !== undefined) return table.plain();
  throw new OsirisError(
    "config/invalid",
    `Cannot read the transform: ${path}: no input is named "${value}"`,
    { hint: didYouMean(value, call.tables.keys()), details: { path } },
  );
}
