/**
 * Verbs that put tables under each other or take one from another. NULL equals
 * NULL here, as in SQL's set operations.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { didYouMean } from "../../../src/suggest.ts";
import { isObject, list, options } from "../args.ts";
import { type LazyColumn, PickedColumn, stack } from "../column.ts";
import { checkKeyTypes, keyCodes } from "../key.ts";
import type { LazyTable } from "../table.ts";
import { firstRows } from "./rows.ts";
import { NO_KEYS, otherTable, type Verb, type VerbCall } from "./verb.ts";

function others(args: unknown, call: VerbCall): LazyTable[] {
  const given = isObject(args) ? options(args, ["with"], call.path).with : args;
  return list(given).map((name) => otherTable(name, call));
}

/** Puts the rows of other tables under this one's. */
export const concat: Verb = ({ table }, args, call) => {
  const first = table.plain();
  const tables = [first, ...others(args, call)];
  return { table: stacked(tables, call), keys: NO_KEYS };
};

/** As concat, without repeated rows. */
export const union: Verb = ({ table }, args, call) => {
  const all = stacked([table.plain(), ...others(args, call)], call);
  return { table: all.reify(firstRows(columnsOf(all))), keys: NO_KEYS };
};

/** The distinct rows that no other table has. */
export const except: Verb = ({ table }, args, call) => ({
  table: compared(table.plain(), others(args, call), call, false),
  keys: NO_KEYS,
});

/** The distinct rows that every other table has. */
export const intersect: Verb = ({ table }, args, call) => ({
  table: compared(table.plain(), others(args, call), call, true),
  keys: NO_KEYS,
});

function columnsOf(table: LazyTable): LazyColumn[] {
  return (table.columnNames() as string[]).map((name) => table.lazy(name));
}

function stacked(tables: readonly LazyTable[], call: VerbCall): LazyTable {
  const [first] = tables;
  const names = first.columnNames() as string[];
  for (const other of tables) {
    const extra = (other.columnNames() as string[]).find((name) =>
      !names.includes(name)
    );
    if (extra !== undefined) throw unknownHere(extra, names, call);
  }
  const data = names.map((name) => {
    const parts = tables.map((table) =>
      (table.columnNames() as string[]).includes(name)
        ? table.lazy(name)
        : missing(first.lazy(name), table.numRows())
    );
    return [name, stack(parts)] as const;
  });
  return first.with({ data: Object.fromEntries(data), names });
}

/** Rows of NULL. */
function missing(like: LazyColumn, rows: number): LazyColumn {
  const none = new Int32Array(rows).fill(-1);
  const base = like instanceof PickedColumn ? like.base : like;
  return base.pick(none, true);
}

function compared(
  table: LazyTable,
  tables: readonly LazyTable[],
  call: VerbCall,
  keepsFound: boolean,
): LazyTable {
  const names = table.columnNames() as string[];
  const columns = columnsOf(table);
  let rows = firstRows(columns);
  for (const other of tables) {
    const absent = names.find((name) =>
      !(other.columnNames() as string[]).includes(name)
    );
    if (absent !== undefined) {
      throw unknownHere(absent, other.columnNames() as string[], call);
    }
    const theirs = names.map((name) => other.lazy(name));
    checkKeyTypes(columns, theirs, call.path);
    const { codes: [ours, found] } = keyCodes([columns, theirs], true);
    const present = new Set(found);
    rows = rows.filter((row) => present.has(ours[row]) === keepsFound);
  }
  return table.reify(rows);
}

function unknownHere(
  name: string,
  names: readonly string[],
  call: VerbCall,
): OsirisError {
  return new OsirisError(
    "data/missing-column",
    `Cannot put tables together: ${call.path}: column "${name}" is not in both`,
    {
      hint: didYouMean(name, names) ?? "Select the same columns of both first",
      details: { path: call.path, column: name },
    },
  );
}
