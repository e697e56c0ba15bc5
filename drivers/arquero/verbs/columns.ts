/**
 * Verbs that add, drop, name and move columns, or fill in what is missing.
 *
 * @module
 */
import {
  badArgument,
  isObject,
  list,
  namedExpressions,
  options,
  selection,
} from "../args.ts";
import type { LazyColumn } from "../column.ts";
import { unify } from "../static_type.ts";
import { duplicateColumn, type LazyTable, settle } from "../table.ts";
import {
  codeOf,
  columnsRead,
  compute,
  NO_KEYS,
  scopeOf,
  typesOf,
  type Verb,
} from "./verb.ts";

/** Adds columns, or gives columns new values. */
export const derive: Verb = ({ table, keys }, args, call) => {
  const named = namedExpressions(args, scopeOf(table, call), call.path);
  // A column of another name stays what it is, buffers and type.
  const copies = named.filter(({ expression }) => expression.column !== null);
  const computed = named.filter(({ expression }) => expression.column === null);
  const derived = computed.length === 0 ? table : compute(
    table,
    computed.map(({ expression }) => expression),
    (opened) => opened.derive(codeOf(computed)),
    typesOf(computed),
  );
  const names = table.columnNames() as string[];
  const added = named.map(({ name }) => name).filter((name) =>
    !names.includes(name)
  );
  const columns = new Map<string, LazyColumn>(
    [...names, ...computed.map(({ name }) => name)].map((name) =>
      [name, derived.lazy(name)] as const
    ),
  );
  for (const { name, expression } of copies) {
    columns.set(name, table.lazy(expression.column!));
  }
  return {
    table: derived.with({
      data: Object.fromEntries(columns),
      names: [...names, ...added],
    }),
    keys,
  };
};

/** Keeps columns, in the order given, with new names if given. */
export const select: Verb = ({ table, keys }, args, call) => ({
  table: renamed(table, selection(args, table, call.path), call.path),
  keys,
});

/** Gives columns new names. */
export const rename: Verb = ({ table, keys }, args, call) => {
  const given = list(args).every(isObject)
    ? selection(args, table, call.path)
    : undefined;
  if (given === undefined) {
    throw badArgument(call.path, "not an object", "Write it as { old: new }");
  }
  const names = new Map(
    (table.columnNames() as string[]).map((name) =>
      [name, given.get(name) ?? name] as const
    ),
  );
  return { table: renamed(table, names, call.path), keys };
};

/** Moves columns before or after another. */
export const relocate: Verb = ({ table, keys }, args, call) => {
  const given = options(args, ["columns", "before", "after"], call.path);
  const moved = selection(given.columns, table, `${call.path}.columns`);
  const isBefore = given.before !== undefined;
  if (isBefore === (given.after !== undefined)) {
    throw badArgument(call.path, 'neither "before" nor "after", or both');
  }
  const anchors = [
    ...selection(
      isBefore ? given.before : given.after,
      table,
      `${call.path}.${isBefore ? "before" : "after"}`,
    ).keys(),
  ];
  const anchor = isBefore ? anchors[0] : anchors.at(-1);
  const names = new Map<string, string>();
  for (const name of table.columnNames() as string[]) {
    if (name === anchor && !isBefore && !moved.has(name)) names.set(name, name);
    if (name === anchor) {
      for (const [old, now] of moved) names.set(old, now);
    }
    if (!moved.has(name)) names.set(name, name);
  }
  return { table: renamed(table, names, call.path), keys };
};

function renamed(
  table: LazyTable,
  names: ReadonlyMap<string, string>,
  path: string,
): LazyTable {
  const after = [...names.values()];
  const repeated = after.find((name, i) => after.indexOf(name) !== i);
  if (repeated !== undefined) throw duplicateColumn(repeated, path);
  const data = [...names].map(([old, now]) => [now, table.lazy(old)] as const);
  return table.with({ data: Object.fromEntries(data), names: after });
}

/** Fills in missing values; with `expand`, adds the missing combinations of columns as rows. */
export const impute: Verb = ({ table, keys }, args, call) => {
  const hasOptions = isObject(args) && "values" in args &&
    !table.columnNames().includes("values");
  const given = hasOptions
    ? options(args, ["values", "expand"], call.path)
    : { values: args };
  const at = hasOptions ? `${call.path}.values` : call.path;
  const named = namedExpressions(given.values, scopeOf(table, call), at);
  // Names are of columns that are there.
  named.forEach(({ name }) => selection(name, table, `${at}.${name}`));
  const expand = given.expand === undefined ? [] : [
    ...selection(given.expand, table, `${call.path}.expand`).keys(),
  ];
  const types = typesOf(named);
  const opened = table.opened([
    ...columnsRead(named.map(({ expression }) => expression)),
    ...named.map(({ name }) => name),
    ...expand,
  ]);
  const imputed = opened.impute(
    codeOf(named),
    (expand.length > 0 ? { expand } : {}) as never,
  );
  const filled = settle(imputed, (name) => {
    const { type } = table.lazy(name);
    const given = types(name);
    // A literal is an int64, but mostly fits what the column is.
    return given === null || given.kind === type?.kind && given.kind === "int"
      ? type
      : unify(type, given);
  });
  return { table: filled, keys: expand.length > 0 ? NO_KEYS : keys };
};
