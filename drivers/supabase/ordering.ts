/**
 * In which order rows are read, and whether that order lets a page continue
 * from the last row of the one before.
 *
 * @module
 */
import { type Parameter, quotedName, quotedValue } from "./filter.ts";
import type { TableFacts } from "./description.ts";

/** A term of an order that a page can continue from: a column that is never NULL. */
export interface OrderTerm {
  readonly column: string;
  readonly isDescending: boolean;
}

/** How the pages of a read follow each other. */
export type Paging =
  /** From the last row on: rows that come or go elsewhere shift nothing. */
  | { readonly kind: "keyset"; readonly terms: readonly OrderTerm[] }
  /** By counting rows, in this order. */
  | { readonly kind: "offset"; readonly order: readonly string[] };

/** What is known for the choice. */
export interface PagingFacts {
  /** The user's order. */
  readonly order: readonly string[];
  /** Columns that tell rows apart; empty when there are none. */
  readonly key: readonly string[];
  /** Whether the user named the key, and so answers for it. */
  readonly isKeyGiven: boolean;
  readonly table: TableFacts | undefined;
}

/** Chooses keyset paging wherever the order allows it. */
export function choosePaging(facts: PagingFacts): Paging {
  const { order, key } = facts;
  const terms = order.map(parseTerm);
  const isKeyset = key.length > 0 && terms.every((term) =>
    term !== undefined &&
    (key.includes(term.column) || isNeverNull(facts.table, term.column))
  );
  if (isKeyset) {
    const own = terms as OrderTerm[];
    const rest = key.filter((column) =>
      !own.some((term) => term.column === column)
    );
    return {
      kind: "keyset",
      terms: [
        ...own,
        ...rest.map((column) => ({ column, isDescending: false })),
      ],
    };
  }
  return { kind: "offset", order: offsetOrder(facts) };
}

/** Terms of `order` as they stand in a request. */
export function orderOf(terms: readonly OrderTerm[]): string[] {
  return terms.map(({ column, isDescending }) =>
    `${quotedName(column)}.${isDescending ? "desc" : "asc"}`
  );
}

/** The condition for rows after the one with these values. */
export function afterValues(
  terms: readonly OrderTerm[],
  values: readonly string[],
): Parameter {
  if (terms.length === 1) {
    const [{ column, isDescending }] = terms;
    return [quotedName(column), `${isDescending ? "lt" : "gt"}.${values[0]}`];
  }
  // (a > x) or (a = x and b > y) or …
  const parts = terms.map((term, index) => {
    const equal = terms.slice(0, index).map(({ column }, i) =>
      `${quotedName(column)}.eq.${quotedValue(values[i])}`
    );
    const step = `${quotedName(term.column)}.${
      term.isDescending ? "lt" : "gt"
    }.${quotedValue(values[index])}`;
    return index === 0 ? step : `and(${[...equal, step].join(",")})`;
  });
  return ["or", `(${parts.join(",")})`];
}

/** `column`, `column.asc`, `column.desc`, with or without `nullslast`; undefined for paths and embedded columns. */
function parseTerm(text: string): OrderTerm | undefined {
  const found =
    /^(?:"((?:[^"\\]|\\.)+)"|([^\s".,()>]+))(?:\.(asc|desc))?(?:\.nulls(?:first|last))?$/
      .exec(text.trim());
  if (found === null) return undefined;
  return {
    column: found[1]?.replace(/\\(.)/g, "$1") ?? found[2],
    isDescending: found[3] === "desc",
  };
}

function isNeverNull(table: TableFacts | undefined, name: string): boolean {
  return table?.columns.some((column) =>
    column.name === name && !column.isNullable
  ) === true;
}

/** Types that PostgreSQL has no order for. */
const UNORDERED =
  /^(json|xml|point|line|lseg|box|path|polygon|circle|unknown)(\[\])?$/;

/** The user's order, made complete by the key or else by all columns that have an order. */
function offsetOrder({ order, key, table }: PagingFacts): string[] {
  const named = new Set(order.map((term) => parseTerm(term)?.column));
  const columns = key.length > 0
    ? key
    : (table?.columns ?? []).filter(({ type }) =>
      !UNORDERED.test(type) && isBuiltIn(type)
    ).map(({ name }) => name);
  return [
    ...order,
    ...columns.filter((name) => !named.has(name)).map((name) =>
      `${quotedName(name)}.asc`
    ),
  ];
}

/** Types of extensions may have no order; those of schema pg_catalog have no dot, nor a name of their own. */
function isBuiltIn(type: string): boolean {
  return !type.includes(".") &&
    !["geometry", "geography", "vector", "hstore"].includes(type);
}
