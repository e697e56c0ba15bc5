/**
 * What `select` and the API's description let expect of each member of a row.
 *
 * @module
 */
import type { Description, TableFacts } from "./description.ts";
import type { Selected, SelectedColumn, SelectedEmbed } from "./select.ts";

/** What is known of a member of a row before any row has come. */
export interface Expected {
  /** PostgreSQL's name of its type; null when nothing tells. */
  readonly type: string | null;
  readonly isNullable: boolean;
  readonly isKey: boolean;
  /** Members of an embedded row; null for a plain value. */
  readonly embed: ReadonlyMap<string, Expected> | null;
}

/** Expected members by name, in order. */
export type ExpectedMembers = ReadonlyMap<string, Expected>;

/** What the rows of `table` will hold for `items`. */
export function expectedMembers(
  items: readonly Selected[],
  table: TableFacts | undefined,
  description: Description | undefined,
): ExpectedMembers {
  const members = new Map<string, Expected>();
  for (const item of items) {
    if (item.kind === "all") addAll(members, table);
    else if (item.kind === "column") {
      members.set(item.name, expectedColumn(item, table));
    } else addEmbed(members, item, table, description);
  }
  return members;
}

/** Whether `items` contain an aggregate: rows are groups then. */
export function hasAggregate(items: readonly Selected[]): boolean {
  return items.some((item) =>
    item.kind === "column"
      ? item.aggregate !== null
      : item.kind === "embed" && item.isSpread && hasAggregate(item.items)
  );
}

/** The name under which a plain column of the table comes; undefined when it does not. */
export function plainName(
  items: readonly Selected[],
  column: string,
  table: TableFacts | undefined,
): string | undefined {
  for (const item of items) {
    if (item.kind === "all") {
      if (table?.columns.some(({ name }) => name === column)) return column;
    } else if (
      item.kind === "column" && item.column === column &&
      item.path === "none" && item.cast === null && item.aggregate === null
    ) return item.name;
  }
  return undefined;
}

function addAll(
  members: Map<string, Expected>,
  table: TableFacts | undefined,
): void {
  for (const { name, type, isNullable, isKey } of table?.columns ?? []) {
    members.set(name, { type, isNullable, isKey, embed: null });
  }
}

function expectedColumn(
  { column, cast, path, aggregate }: SelectedColumn,
  table: TableFacts | undefined,
): Expected {
  const facts = table?.columns.find(({ name }) => name === column);
  const isPlain = path === "none" && cast === null && aggregate === null;
  const type = cast ??
    (aggregate === "count"
      ? "bigint"
      : aggregate !== null
      ? null
      : path === "text"
      ? "text"
      : path === "json"
      ? "jsonb"
      : facts?.type ?? null);
  return {
    type,
    isNullable: aggregate !== "count" &&
      (path !== "none" || aggregate !== null || facts?.isNullable !== false),
    isKey: isPlain && facts?.isKey === true,
    embed: null,
  };
}

function addEmbed(
  members: Map<string, Expected>,
  item: SelectedEmbed,
  table: TableFacts | undefined,
  description: Description | undefined,
): void {
  const target = description?.tables.get(item.target) ??
    description?.tables.get(
      table?.columns.find(({ name }) => name === item.target)?.refersTo ?? "",
    );
  const inner = expectedMembers(item.items, target, description);
  if (!item.isSpread) {
    if (item.items.length === 0) return;
    members.set(item.name, {
      type: null,
      isNullable: true,
      isKey: false,
      embed: inner,
    });
    return;
  }
  // The columns of many rows come as lists, those of one row as they are.
  const isOne = table?.columns.some(({ refersTo }) =>
    refersTo !== null && refersTo === target?.name
  );
  for (const [name, expected] of inner) {
    members.set(name, {
      ...expected,
      type: isOne ? expected.type : null,
      isNullable: true,
      isKey: false,
    });
  }
}
