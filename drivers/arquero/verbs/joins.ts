/**
 * Verbs that put the columns of two tables beside each other.
 *
 * @module
 */
import {
  badArgument,
  isObject,
  list,
  type Named,
  namedExpressions,
  selection,
} from "../args.ts";
import { type LazyColumn, stack } from "../column.ts";
import { checkKeyTypes, type Codes, keyCodes } from "../key.ts";
import { duplicateColumn, type LazyTable, ROW, settle } from "../table.ts";
import {
  type JoinArgs,
  type On,
  readArgs,
  readOn,
  type Side,
  suffixed,
} from "./join_args.ts";
import {
  allPairs,
  type Keeps,
  matchCodes,
  matchRows,
  type Pairs,
  rowsByCode,
} from "./join_rows.ts";
import {
  codeOf,
  columnsRead,
  joinScope,
  NO_KEYS,
  typesOf,
  type Verb,
} from "./verb.ts";

/** Codes of both tables' keys, checked for types that can meet. */
function codesOf(
  { left, right, call }: JoinArgs,
  on: On,
): { ours: Codes; theirs: Codes; count: number } {
  const leftKeys = on.left.map((name) => left.lazy(name));
  const rightKeys = on.right.map((name) => right.lazy(name));
  checkKeyTypes(leftKeys, rightKeys, `${call.path}.on`);
  const { codes: [ours, theirs], count } = keyCodes(
    [leftKeys, rightKeys],
    false,
  );
  return { ours, theirs, count };
}

function pairsOf(args: JoinArgs, on: On, keeps: Keeps): Pairs {
  if (on.expression !== undefined) {
    return matchRows(args.left, args.right, on.expression, keeps);
  }
  const { ours, theirs, count } = codesOf(args, on);
  return matchCodes(ours, theirs, count, keeps);
}

function joinVerb(keeps: Keeps): Verb {
  return ({ table }, args, call) => {
    const read = readArgs(table, args, ["on", "values", "suffix"], call);
    const on = readOn(read);
    return {
      table: joined(read, on, pairsOf(read, on, keeps), keeps),
      keys: NO_KEYS,
    };
  };
}

/** Rows that match. */
export const join: Verb = joinVerb({ left: false, right: false });
/** Rows that match, and the left ones that don't. */
export const joinLeft: Verb = joinVerb({ left: true, right: false });
/** Rows that match, and the right ones that don't. */
export const joinRight: Verb = joinVerb({ left: false, right: true });
/** Rows that match, and those of both sides that don't. */
export const joinFull: Verb = joinVerb({ left: true, right: true });

/** Every row of one table beside every row of the other. */
export const cross: Verb = ({ table }, args, call) => {
  const read = readArgs(table, args, ["values", "suffix"], call);
  const { left, right } = read;
  const pairs = allPairs(left.numRows(), right.numRows());
  const keeps = { left: false, right: false };
  return {
    table: joined(read, { left: [], right: [] }, pairs, keeps),
    keys: NO_KEYS,
  };
};

function joined(args: JoinArgs, on: On, pairs: Pairs, keeps: Keeps): LazyTable {
  const { left, right, given, call } = args;
  const path = `${call.path}.values`;
  const [ours, theirs, extra] = given.values === undefined
    ? [...sharedOnce(args, on, keeps), undefined]
    : isObject(given.values)
    ? [new Map(), new Map(), given.values]
    : [
      selection(list(given.values)[0] ?? [], left, `${path}[0]`),
      selection(list(given.values)[1] ?? [], right, `${path}[1]`),
      list(given.values)[2],
    ];
  const merged = keeps.left && keeps.right && given.values === undefined
    ? new Set(on.left.filter((name, i) => name === on.right[i]))
    : new Set<string>();
  const leftSide: Side[] = [...ours].map(([from, name]) => ({
    name,
    column: merged.has(from)
      ? eitherColumn(left.lazy(from), right.lazy(from), pairs)
      : left.lazy(from).pick(pairs.left, keeps.right),
  }));
  const rightSide: Side[] = [...theirs].map(([from, name]) => ({
    name,
    column: right.lazy(from).pick(pairs.right, keeps.left),
  }));
  const computed = extra === undefined ? [] : computedSide(
    args,
    namedExpressions(
      extra,
      joinScope(left, right, call),
      isObject(given.values) ? path : `${path}[2]`,
    ),
    pairs,
  );
  const columns = [...suffixed(leftSide, rightSide, given, call), ...computed];
  const names = columns.map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw duplicateColumn(repeated, call.path);
  return left.with({
    data: Object.fromEntries(columns.map(({ name, column }) => [name, column])),
    names,
  });
}

/** All columns of both, but keys of the same name once. */
function sharedOnce(
  { left, right }: JoinArgs,
  on: On,
  keeps: Keeps,
): [Map<string, string>, Map<string, string>] {
  const shared = on.left.filter((name, i) => name === on.right[i]);
  const all = (table: LazyTable, without: readonly string[]) =>
    new Map(
      (table.columnNames() as string[]).filter((name) =>
        !without.includes(name)
      ).map((name) => [name, name] as const),
    );
  return keeps.right && !keeps.left
    ? [all(left, shared), all(right, [])]
    : [all(left, []), all(right, shared)];
}

/** The left value, or the right one where there is no left row. */
function eitherColumn(
  left: LazyColumn,
  right: LazyColumn,
  pairs: Pairs,
): LazyColumn {
  const rows = pairs.left.map((row, i) =>
    row >= 0 ? row : left.length + pairs.right[i]
  );
  return stack([left, right]).pick(rows);
}

/** Columns calculated from both sides of each pair. */
function computedSide(
  { left, right }: JoinArgs,
  named: readonly Named[],
  pairs: Pairs,
): Side[] {
  const expressions = named.map(({ expression }) => expression);
  // The pairs are known: what is joined here is row by row, through their numbers.
  const open = (table: LazyTable, rows: Int32Array, index: number): LazyTable =>
    table.with({
      data: {
        ...Object.fromEntries(
          [...columnsRead(expressions, index)].map((name) =>
            [name, table.lazy(name).pick(rows).cells()] as const
          ),
        ),
        [ROW]: rows.map((_, i) => i),
      },
      names: [...columnsRead(expressions, index), ROW],
    });
  const result = settle(
    open(left, pairs.left, 0).join(
      open(right, pairs.right, 1),
      [[ROW], [ROW]] as never,
      codeOf(named) as never,
    ),
    typesOf(named),
  );
  return named.map(({ name }) => ({ name, column: result.lazy(name) }));
}

function semiVerb(keepsFound: boolean): Verb {
  return ({ table }, args, call) => {
    const read = readArgs(table, args, ["on"], call);
    const on = readOn(read);
    const found = new Uint8Array(read.left.numRows());
    for (const row of pairsOf(read, on, NEITHER).left) found[row] = 1;
    const rows = Array.from(found, (_, row) => row).filter((row) =>
      (found[row] === 1) === keepsFound
    );
    return { table: read.left.reify(rows), keys: NO_KEYS };
  };
}

const NEITHER: Keeps = { left: false, right: false };

/** Rows that match something in another table. */
export const semijoin: Verb = semiVerb(true);
/** Rows that match nothing in another table. */
export const antijoin: Verb = semiVerb(false);

/** Adds columns of another table: those of the last row that matches. */
export const lookup: Verb = ({ table }, args, call) => {
  const read = readArgs(table, args, ["on", "values"], call);
  const { left, right, given } = read;
  const on = readOn(read);
  if (on.expression !== undefined) {
    throw badArgument(
      `${call.path}.on`,
      "an expression",
      "Name columns to look up by, or use join_left",
    );
  }
  const names = left.columnNames() as string[];
  const values = given.values === undefined
    ? new Map(
      (right.columnNames() as string[]).filter((name) => !names.includes(name))
        .map((name) => [name, name] as const),
    )
    : selection(given.values, right, `${call.path}.values`);
  const { ours, theirs, count } = codesOf(read, on);
  const { starts, rows } = rowsByCode(theirs, count);
  const found = ours.map((code) =>
    code < 0 || starts[code + 1] === starts[code]
      ? -1
      : rows[starts[code + 1] - 1]
  );
  const data: Record<string, unknown> = { ...left.data() };
  for (const [from, name] of values) {
    if (names.includes(name)) throw duplicateColumn(name, call.path);
    data[name] = right.lazy(from).pick(found, true);
  }
  return {
    table: left.with({ data, names: [...names, ...values.values()] }),
    keys: NO_KEYS,
  };
};
