/**
 * Verbs that group rows and make one row of many.
 *
 * @module
 */
import {
  badArgument,
  columnExpression,
  columnsOrExpressions,
  flag,
  isObject,
  list,
  type Named,
  namedExpressions,
  options,
  text,
  whole,
} from "../args.ts";
import type { LazyColumn } from "../column.ts";
import { readExpression } from "../expression.ts";
import { groupRows } from "../key.ts";
import { duplicateColumn, type LazyTable } from "../table.ts";
import {
  codeOf,
  compute,
  NO_KEYS,
  scopeOf,
  type State,
  typesOf,
  type Verb,
  type VerbCall,
} from "./verb.ts";

/** Groups rows by columns or expressions; the verbs after it work group by group. */
export const groupby: Verb = ({ table }, args, call) => {
  const scope = scopeOf(table, call);
  const named = columnsOrExpressions(args, table, scope, call.path);
  const computed = named.filter(({ expression }) => expression.column === null);
  const derived = computed.length === 0 ? undefined : compute(
    table.with({ groups: null }),
    computed.map(({ expression }) => expression),
    (opened) => opened.derive(codeOf(computed), { drop: true } as never),
    typesOf(computed),
  );
  const keys = new Map(named.map(({ name, expression }) =>
    [
      name,
      expression.column === null
        ? derived!.lazy(name)
        : table.lazy(expression.column),
    ] as const
  ));
  return {
    table: table.with({ groups: groupRows(table, [...keys]) }),
    keys,
  };
};

/** Forgets the groups. */
export const ungroup: Verb = ({ table }) => ({
  table: table.with({ groups: null }),
  keys: NO_KEYS,
});

/** One row for each group, or for all rows. */
export const rollup: Verb = (state, args, call) => {
  const scope = scopeOf(state.table, call);
  return rolledUp(state, namedExpressions(args, scope, call.path), call);
};

/** Counts the rows of each group, or all rows. */
export const count: Verb = (state, args, call) => {
  const given = isObject(args)
    ? options(args, ["as"], call.path)
    : { as: typeof args === "string" ? args : "count" };
  const name = text(given.as ?? "count", `${call.path}.as`);
  const scope = scopeOf(state.table, call);
  const expression = readExpression("op.count()", scope, call.path);
  return rolledUp(state, [{ name, expression }], call);
};

function rolledUp(
  { table, keys }: State,
  named: readonly Named[],
  call: VerbCall,
): State {
  const taken = named.find(({ name }) => keys.has(name));
  if (taken !== undefined) throw duplicateColumn(taken.name, call.path);
  const rolled = compute(
    table,
    named.map(({ expression }) => expression),
    (opened) => opened.rollup(codeOf(named)),
    typesOf(named),
  );
  return { table: withKeyColumns(rolled, table, keys), keys: NO_KEYS };
}

/** The key columns of a rolled-up table, picked from where they came: they never were values. */
function withKeyColumns(
  rolled: LazyTable,
  grouped: LazyTable,
  keys: ReadonlyMap<string, LazyColumn>,
): LazyTable {
  const groups = grouped.grouping();
  if (groups === null) return rolled;
  const rows = Int32Array.from(groups.rows);
  const data: Record<string, unknown> = { ...rolled.data() };
  for (const [name, column] of keys) data[name] = column.pick(rows);
  return rolled.with({ data, names: rolled.columnNames() });
}

/** Makes columns of the values of a column. */
export const pivot: Verb = ({ table, keys }, args, call) => {
  const given = options(args, [
    "on",
    "values",
    "limit",
    "sort",
    "keySeparator",
    "valueSeparator",
  ], call.path);
  const at = (key: string): string => `${call.path}.${key}`;
  const scope = scopeOf(table, call);
  const on = columnsOrExpressions(given.on, table, scope, at("on"));
  if (on.some(({ expression }) => expression.type?.kind === "timestamp")) {
    throw badArgument(
      at("on"),
      "columns can't be named by timestamps",
      'Give it a text, such as { day: "op.format_utcdate(d.created_at, true)" }',
    );
  }
  const values = isObject(given.values)
    ? namedExpressions(given.values, scope, at("values"))
    : list(given.values).map((name) => anyOf(name, table, call, at("values")));
  const separator = given.valueSeparator === undefined
    ? "_"
    : text(given.valueSeparator, at("valueSeparator"));
  const pivoted = compute(
    table,
    [...on, ...values].map(({ expression }) => expression),
    (opened) =>
      opened.pivot(codeOf(on), codeOf(values), {
        sort: flag(given.sort, true, at("sort")),
        valueSeparator: separator,
        ...(given.keySeparator !== undefined && {
          keySeparator: text(given.keySeparator, at("keySeparator")),
        }),
        ...(given.limit !== undefined && {
          limit: whole(given.limit, at("limit"), 1),
        }),
      }),
    (name) =>
      values.find((value) =>
        values.length === 1 || name.startsWith(value.name + separator)
      )?.expression.type ?? null,
  );
  return { table: withKeyColumns(pivoted, table, keys), keys: NO_KEYS };
};

/** A column as a pivoted value: any of the group's. */
function anyOf(
  value: unknown,
  table: LazyTable,
  call: VerbCall,
  path: string,
): Named {
  const scope = scopeOf(table, call);
  const { name, expression } = columnExpression(
    text(value, path),
    scope,
    path,
  );
  return {
    name,
    expression: readExpression(`op.any(${expression.code})`, scope, path),
  };
}
