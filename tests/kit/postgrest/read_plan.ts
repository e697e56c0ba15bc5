// Turns a parsed query into a tree of reads: the table, and below it what is embedded.
import { rowRange } from "./range.ts";
import { Refusal } from "./refusal.ts";
import { findRelationship, type Relationship } from "./relationship.ts";
import type { Condition } from "./parse_filter.ts";
import type { OrderTerm } from "./parse_order.ts";
import type { SelectEmbed, SelectField, SelectItem } from "./parse_select.ts";
import type { Query } from "./query.ts";
import type { SchemaCache, Table } from "./schema_cache.ts";

/** One SELECT. `source` is its FROM item in SQL, `alias` what its columns are qualified with. */
export interface ReadNode {
  table?: Table;
  source: string;
  alias: string;
  fields: SelectField[];
  embeds: EmbedNode[];
  conditions: Condition[];
  orders: OrderTerm[];
  limit?: number;
  offset: number;
}

/** An embedded read: how it is joined and what its column in the answer is called. */
export interface EmbedNode {
  item: SelectEmbed;
  name: string;
  relationship: Relationship;
  /** The alias under which the lateral join is visible to the parent. */
  alias: string;
  node: ReadNode;
}

/** What the tree is planned with. */
export interface PlanContext {
  cache: SchemaCache;
  query: Query;
  /** `db-max-rows`, for embedded rows too (docs, "Configuration" › db-max-rows). */
  maxRows?: number;
}

/** The top of the tree. `source` may be a CTE or a function call instead of the table itself. */
export interface ReadRoot {
  table?: Table;
  source: string;
  alias: string;
}

/** Plans the whole tree; the top's own limit is the caller's. */
export function planRead(context: PlanContext, root: ReadRoot): ReadNode {
  let count = 0;
  const node = planNode(
    context,
    root,
    context.query.select,
    () => `${++count}`,
  );
  for (const { path, condition } of context.query.filters) {
    at(node, path).conditions.push(condition);
  }
  for (const { path, terms } of context.query.orders) {
    at(node, path).orders = terms;
  }
  for (const [key, window] of context.query.windows) {
    if (key === "") continue;
    const target = at(node, key.split("."));
    const { limit, offset } = rowRange(window, undefined);
    target.limit = Math.min(limit ?? Infinity, target.limit ?? Infinity);
    target.offset = offset;
  }
  return node;
}

function planNode(
  context: PlanContext,
  root: ReadRoot,
  items: SelectItem[],
  nextId: () => string,
): ReadNode {
  const node: ReadNode = {
    ...root,
    fields: [],
    embeds: [],
    conditions: [],
    orders: [],
    offset: 0,
  };
  for (const item of items) {
    if (item.kind === "field") node.fields.push(item);
    else node.embeds.push(planEmbed(context, root.table, item, nextId));
  }
  return node;
}

function planEmbed(
  context: PlanContext,
  parent: Table | undefined,
  item: SelectEmbed,
  nextId: () => string,
): EmbedNode {
  if (!parent) {
    throw new Refusal(
      400,
      "PGRST200",
      `Could not find a relationship for '${item.target}' in the schema cache`,
    );
  }
  const relationship = findRelationship(context.cache, parent, item);
  if (item.isSpread && !isToOne(relationship)) {
    const target = relationship.target.name;
    throw new Refusal(
      400,
      "PGRST119",
      `A spread operation on '${target}' is not possible`,
      {
        details:
          `'${parent.name}' and '${target}' do not form a many-to-one or one-to-one relationship`,
      },
    );
  }
  const id = nextId();
  const target = relationship.target;
  const root = { table: target, source: "", alias: `${target.name}_${id}` };
  const node = planNode(context, root, item.items, nextId);
  if (!isToOne(relationship)) node.limit = context.maxRows;
  return {
    item,
    name: item.alias ?? item.target,
    relationship,
    alias: `${parent.name}_${item.target}_${id}`,
    node,
  };
}

/** Whether an embed gives an object rather than an array. */
export function isToOne(relationship: Relationship): boolean {
  return relationship.cardinality === "many-to-one" ||
    relationship.cardinality === "one-to-one";
}

/** The embed of that name (its alias or target) in a node. */
export function findEmbed(node: ReadNode, name: string): EmbedNode | undefined {
  return node.embeds.find((embed) => embed.name === name) ??
    node.embeds.find((embed) => embed.item.target === name);
}

/** The node a path leads to. @throws {Refusal} PGRST108 (docs, "Resource Embedding" › Embedded Filters). */
function at(node: ReadNode, path: string[]): ReadNode {
  return path.reduce((from, name) => {
    const embed = findEmbed(from, name);
    if (embed) return embed.node;
    throw new Refusal(
      400,
      "PGRST108",
      `'${name}' is not an embedded resource in this request`,
      {
        hint:
          `Verify that '${name}' is included in the 'select' query parameter.`,
      },
    );
  }, node);
}
