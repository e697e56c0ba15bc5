/**
 * Verbs that leave out rows or put them in order.
 *
 * @module
 */
import { collate, desc, seed } from "../../../src/deps/arquero.ts";
import {
  badArgument,
  columnName,
  columnOrExpression,
  columnsOrExpressions,
  flag,
  isObject,
  list,
  options,
  text,
  whole,
} from "../args.ts";
import type { LazyColumn } from "../column.ts";
import type { Cells } from "../decode.ts";
import type { Expression } from "../expression.ts";
import { readExpression } from "../expression.ts";
import { keyCodes } from "../key.ts";
import { ranks } from "../rank.ts";
import { type LazyTable, settle } from "../table.ts";
import {
  codeOf,
  columnsRead,
  compute,
  NO_KEYS,
  scopeOf,
  type Verb,
  type VerbCall,
} from "./verb.ts";

/** Keeps the rows for which an expression is true. */
export const filter: Verb = ({ table, keys }, args, call) => {
  const test = readExpression(args, scopeOf(table, call), call.path);
  return {
    table: compute(
      table,
      [test],
      (opened) => opened.filter(test.code as never),
    ),
    keys,
  };
};

/** Keeps the rows from one to before another; of each group, if there are groups. */
export const slice: Verb = ({ table, keys }, args, call) => {
  const given = isObject(args)
    ? options(args, ["start", "end"], call.path)
    : { start: list(args)[0], end: list(args)[1] };
  const isCount = typeof args === "number";
  const start = isCount
    ? 0
    : whole(given.start ?? 0, `${call.path}.start`, -Infinity);
  const end = isCount
    ? whole(args, call.path)
    : given.end === undefined
    ? Infinity
    : whole(given.end, `${call.path}.end`, -Infinity);
  return { table: settle(table.slice(start, end), () => null), keys };
};

/** Draws rows; of each group, if there are groups. */
export const sample: Verb = ({ table, keys }, args, call) => {
  const given = isObject(args)
    ? options(
      args,
      ["size", "replace", "shuffle", "weight", "seed"],
      call.path,
    )
    : { size: args };
  const at = (key: string): string => `${call.path}.${key}`;
  const size = typeof given.size === "number"
    ? whole(given.size, at("size"))
    : readExpression(given.size, scopeOf(table, call), at("size"));
  const weight = given.weight === undefined
    ? undefined
    : columnName(given.weight, table, at("weight"));
  const sampling = {
    replace: flag(given.replace, false, at("replace")),
    shuffle: flag(given.shuffle, true, at("shuffle")),
    ...(weight !== undefined && { weight }),
  };
  const opened = table.opened([
    ...weight === undefined ? [] : [weight],
    ...typeof size === "number" ? [] : columnsRead([size]),
  ]);
  if (given.seed !== undefined) seed(whole(given.seed, at("seed")));
  try {
    const drawn = opened.sample(
      (typeof size === "number" ? size : size.code) as never,
      sampling,
    );
    return { table: settle(drawn, () => null), keys };
  } finally {
    seed(null as never); // back to chance
  }
};

/** Keeps the first row of each key. */
export const dedupe: Verb = ({ table }, args, call) => {
  const plain = table.plain();
  const isAll = args === true || args === null || list(args).length === 0;
  const keys = isAll ? plain : keysOf(plain, args, call);
  const columns = (keys.columnNames() as string[]).map((name) =>
    keys.lazy(name)
  );
  return { table: plain.reify(firstRows(columns)), keys: NO_KEYS };
};

/** The keys of a verb as a table of their own. */
function keysOf(table: LazyTable, args: unknown, call: VerbCall): LazyTable {
  const named = columnsOrExpressions(
    args,
    table,
    scopeOf(table, call),
    call.path,
  );
  return compute(
    table,
    named.map(({ expression }) => expression),
    (opened) => opened.derive(codeOf(named), { drop: true } as never),
  );
}

/** The first row of every distinct key, in order. */
export function firstRows(
  columns: Parameters<typeof keyCodes>[0][number],
): Uint32Array {
  const { codes: [codes], count } = keyCodes([columns], true);
  const seen = new Uint8Array(count);
  const rows: number[] = [];
  codes.forEach((code, row) => {
    if (seen[code] === 0) rows.push(row);
    seen[code] = 1;
  });
  return Uint32Array.from(rows);
}

interface OrderKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly locale: string | undefined;
}

/** Puts rows in order, NULL below all values; text by code units unless a locale is given. */
export const orderby: Verb = ({ table, keys }, args, call) => {
  const order = list(args).map((item, i) =>
    orderKey(item, table, call, `${call.path}[${i}]`)
  );
  // Arquero's comparators know columns only, and compare values as JavaScript
  // does: expressions become columns first, and what is more than that, ranks.
  const hidden: Record<string, Cells> = {};
  const criteria = order.map(({ expression, descending, locale }, i) => {
    const column = keyColumn(table, expression);
    hidden[`\0key${i}`] = ranks(column) ?? column.cells();
    const code = `d["\\u0000key${i}"]`;
    const key = locale === undefined ? code : collate(code, locale as never);
    return [`k${i}`, descending ? desc(key as never) : key];
  });
  const opened = table.opened([], hidden);
  const ordered = opened.orderby(Object.fromEntries(criteria) as never);
  return { table: settle(ordered, () => null), keys };
};

/** The values to order by as a column. */
function keyColumn(table: LazyTable, expression: Expression): LazyColumn {
  if (expression.column !== null) return table.lazy(expression.column);
  return compute(
    table,
    [expression],
    (opened) =>
      opened.derive({ key: expression.code } as never, { drop: true } as never),
  ).lazy("key");
}

function orderKey(
  item: unknown,
  table: LazyTable,
  call: VerbCall,
  path: string,
): OrderKey {
  const scope = scopeOf(table, call);
  if (!isObject(item)) {
    return {
      expression: columnOrExpression(item, table, scope, path),
      descending: false,
      locale: undefined,
    };
  }
  const given = options(item, ["asc", "desc", "locale"], path);
  const descending = given.desc !== undefined;
  if (descending === (given.asc !== undefined)) {
    throw badArgument(path, 'neither "asc" nor "desc", or both');
  }
  return {
    expression: columnOrExpression(
      descending ? given.desc : given.asc,
      table,
      scope,
      `${path}.${descending ? "desc" : "asc"}`,
    ),
    descending,
    locale: given.locale === undefined
      ? undefined
      : text(given.locale, `${path}.locale`),
  };
}

/** Forgets the order. */
export const unorder: Verb = ({ table, keys }) => ({
  table: settle(table.unorder(), () => null),
  keys,
});

/** Makes filter and order final. */
export const reify: Verb = ({ table, keys }) => ({
  table: settle(table.reify(), () => null),
  keys,
});
