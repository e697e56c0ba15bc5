/**
 * Verbs that turn columns into rows and lists into rows or columns.
 *
 * @module
 */
import {
  badArgument,
  columnsOrExpressions,
  flag,
  isObject,
  list,
  type Named,
  options,
  selection,
  text,
  whole,
} from "../args.ts";
import { ComputedColumn, type LazyColumn, stack } from "../column.ts";
import { types } from "../../../src/table/type.ts";
import { duplicateColumn, type LazyTable, ROW, settle } from "../table.ts";
import {
  codeOf,
  columnsRead,
  compute,
  NO_KEYS,
  scopeOf,
  type Verb,
  type VerbCall,
} from "./verb.ts";

/** Columns and further keys of a verb: `{columns: …, …}`, or the columns alone. */
function withOptions(
  args: unknown,
  known: readonly string[],
  call: VerbCall,
): { given: Record<string, unknown>; at: string } {
  const hasOptions = isObject(args) && "columns" in args;
  return {
    given: hasOptions
      ? { ...options(args, ["columns", ...known], call.path) }
      : { columns: args },
    at: hasOptions ? `${call.path}.columns` : call.path,
  };
}

/** Makes a row of each of the named columns: its name and its value. */
export const fold: Verb = ({ table }, args, call) => {
  const { given, at } = withOptions(args, ["as"], call);
  const folded = [...selection(given.columns, table, at).keys()];
  const as = given.as === undefined ? ["key", "value"] : list(given.as);
  if (as.length !== 2) throw badArgument(`${call.path}.as`, "not two names");
  const [key, value] = as.map((name) => text(name, `${call.path}.as`));
  const plain = table.plain();
  const rows = plain.numRows();
  const width = folded.length;
  // Row by row, the folded columns of each: their values lie one column under another.
  const across = new Int32Array(rows * width);
  const down = new Int32Array(rows * width);
  for (let i = 0; i < across.length; i++) {
    across[i] = Math.floor(i / width);
    down[i] = (i % width) * rows + across[i];
  }
  const names = Array.from(down, (_, i) => folded[i % width]);
  const kept = (plain.columnNames() as string[]).filter((name) =>
    !folded.includes(name)
  );
  return {
    table: assembled(plain, [
      ...kept.map((name) => [name, plain.lazy(name).pick(across)] as const),
      [key, new ComputedColumn(names, types.utf8)],
      [value, stack(folded.map((name) => plain.lazy(name))).pick(down)],
    ], call.path),
    keys: NO_KEYS,
  };
};

/** Makes columns of lists. */
export const spread: Verb = ({ table, keys }, args, call) => {
  const { given, at } = withOptions(args, ["as", "limit", "drop"], call);
  const named = columnsOrExpressions(
    given.columns,
    table,
    scopeOf(table, call),
    at,
  );
  const as = given.as === undefined
    ? []
    : list(given.as).map((name) => text(name, `${call.path}.as`));
  const result = compute(
    table,
    named.map(({ expression }) => expression),
    (opened) =>
      opened.spread(codeOf(named), {
        as,
        drop: flag(given.drop, true, `${call.path}.drop`),
        ...(given.limit !== undefined && {
          limit: whole(given.limit, `${call.path}.limit`, 1),
        }),
      }),
  );
  return { table: result, keys };
};

/** Makes a row of each element of lists. */
export const unroll: Verb = ({ table }, args, call) => {
  const { given, at } = withOptions(args, ["limit", "index", "drop"], call);
  const plain = table.plain();
  const named = columnsOrExpressions(
    given.columns,
    plain,
    scopeOf(plain, call),
    at,
  );
  const drop = given.drop === undefined
    ? new Set<string>()
    : new Set(selection(given.drop, plain, `${call.path}.drop`).keys());
  const index = given.index === true
    ? "index"
    : given.index === undefined || given.index === false
    ? null
    : text(given.index, `${call.path}.index`);
  const unrolled = unrolledRows(plain, named, {
    ...(index !== null && { index }),
    ...(given.limit !== undefined && {
      limit: whole(given.limit, `${call.path}.limit`, 1),
    }),
  });
  const rows = Int32Array.from(unrolled.lazy(ROW).cells() as number[]);
  const values = named.map(({ name }) => name);
  const names = plain.columnNames() as string[];
  const added = values.filter((name) => !names.includes(name));
  const columns = [
    ...names,
    ...added,
    ...index === null ? [] : [index],
  ].filter((name) => !drop.has(name)).map((name) => {
    const isNew = values.includes(name) || name === index;
    return [
      name,
      isNew ? unrolled.lazy(name) : plain.lazy(name).pick(rows),
    ] as const;
  });
  return { table: assembled(plain, columns, call.path), keys: NO_KEYS };
};

/** The unrolled values beside the numbers of the rows that they came from. */
function unrolledRows(
  table: LazyTable,
  named: readonly Named[],
  options: { index?: string; limit?: number },
): LazyTable {
  const numbers = Uint32Array.from({ length: table.numRows() }, (_, i) => i);
  const opened = table.opened(
    columnsRead(named.map(({ expression }) => expression)),
    { [ROW]: numbers },
  ).with({ names: [ROW] });
  return settle(
    opened.unroll(codeOf(named), options),
    (name) => name === options.index ? types.int64 : null,
  );
}

function assembled(
  table: LazyTable,
  columns: readonly (readonly [string, LazyColumn])[],
  path: string,
): LazyTable {
  const names = columns.map(([name]) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw duplicateColumn(repeated, path);
  return table.with({ data: Object.fromEntries(columns), names });
}
