// A tree of reads as one SELECT with lateral joins for what is embedded (docs, "Resource Embedding").
import { outputName } from "./field.ts";
import { columnSql, fieldSql } from "./field_sql.ts";
import { conditionSql, type EmbedTest, joinedEmbedTest } from "./filter_sql.ts";
import { ident, type Params, qualified } from "./ident.ts";
import {
  type EmbedNode,
  findEmbed,
  isToOne,
  type ReadNode,
} from "./read_plan.ts";
import { Refusal } from "./refusal.ts";
import type { OrderTerm } from "./parse_order.ts";
import type { SelectField } from "./parse_select.ts";

/** The SELECT of a node and everything below it; `links` are the conditions that join it to its parent. */
export function readSql(
  node: ReadNode,
  params: Params,
  links: string[] = [],
): string {
  const columns = node.fields.map((field) => fieldOutput(node, field));
  const outputs = node.embeds.filter((embed) => embed.item.items.length > 0)
    .map(embedOutput);
  const list = [...columns, ...outputs];
  const joins = node.embeds.map((embed) => joinSql(node, embed, params));
  const where = whereSql(node, params, links, joinedEmbedTest);
  return [
    `SELECT ${list.length ? list.join(", ") : "1"}`,
    `FROM ${node.source}`,
    ...joins,
    where,
    groupSql(node),
    orderSql(node),
    limitSql(node, params),
  ].filter(Boolean).join(" ");
}

function whereSql(
  node: ReadNode,
  params: Params,
  links: string[],
  embedTest: EmbedTest,
): string {
  const tests = node.conditions.map((condition) =>
    conditionSql(node, condition, params, embedTest)
  );
  const all = [...links, ...tests];
  return all.length ? `WHERE ${all.join(" AND ")}` : "";
}

/** One column of the answer; a cast or path loses the name, so it is given again. */
function fieldOutput(node: ReadNode, item: SelectField): string {
  const plain = item.field.name === "*" ? "*" : undefined;
  if (plain && !item.aggregate) return columnSql(node, "*");
  let sql = plain ?? fieldSql(node, item.field);
  if (item.cast) sql = `CAST(${sql} AS ${item.cast})`;
  if (item.aggregate) sql = `${item.aggregate}(${sql})`;
  if (item.aggregateCast) sql = `CAST(${sql} AS ${item.aggregateCast})`;
  return `${sql} AS ${
    ident(item.alias ?? item.aggregate ?? outputName(item.field))
  }`;
}

/** Columns beside an aggregate are what it is grouped by (docs, "Aggregate Functions" › Grouping). */
function groupSql(node: ReadNode): string {
  if (!node.fields.some((item) => item.aggregate)) return "";
  const terms = node.fields.filter((item) => !item.aggregate).map((item) =>
    fieldSql(node, item.field)
  );
  return terms.length ? `GROUP BY ${terms.join(", ")}` : "";
}

function embedOutput(embed: EmbedNode): string {
  const alias = ident(embed.alias);
  if (embed.item.isSpread) return `${alias}.*`;
  if (isToOne(embed.relationship)) {
    return `row_to_json(${alias}.*) AS ${ident(embed.name)}`;
  }
  return `coalesce(${alias}.${alias}, '[]') AS ${ident(embed.name)}`;
}

/** `!inner` drops parents without a match (› Top-level Filtering). */
function joinSql(parent: ReadNode, embed: EmbedNode, params: Params): string {
  const alias = ident(embed.alias);
  const kind = embed.item.isInner ? "INNER" : "LEFT";
  const { node, links } = linked(parent, embed);
  const inner = readSql(node, params, links);
  if (isToOne(embed.relationship)) {
    return `${kind} JOIN LATERAL (${inner}) AS ${alias} ON TRUE`;
  }
  const array =
    `SELECT json_agg(${alias}) AS ${alias} FROM (${inner}) AS ${alias}`;
  const on = embed.item.isInner ? `${alias}.${alias} IS NOT NULL` : "TRUE";
  return `${kind} JOIN LATERAL (${array}) AS ${alias} ON ${on}`;
}

/** The embedded node with its FROM items, and what ties it to the parent's row. */
function linked(
  parent: ReadNode,
  embed: EmbedNode,
): { node: ReadNode; links: string[] } {
  const { target, junction, near } = embed.relationship;
  const table = `${qualified(target.schema, target.name)} AS ${
    ident(embed.node.alias)
  }`;
  const equal =
    (left: ReadNode, right: { alias: string }) => ([a, b]: [string, string]) =>
      `${columnSql(left, a)} = ${columnSql(right, b)}`;
  if (!junction) {
    return {
      node: { ...embed.node, source: table },
      links: near.map(equal(parent, embed.node)),
    };
  }
  const middle = { alias: `${embed.alias}_junction` } as ReadNode;
  const source = `${qualified(junction.table.schema, junction.table.name)} AS ${
    ident(middle.alias)
  }, ${table}`;
  const links = [
    ...near.map(equal(parent, middle)),
    ...junction.far.map(equal(middle, embed.node)),
  ];
  return { node: { ...embed.node, source }, links };
}

/** ORDER BY of a node (docs, "Tables and Views" › Ordering). */
export function orderSql(node: ReadNode): string {
  const terms = node.orders.map((term) =>
    [orderSubject(node, term), term.direction, term.nulls].filter(Boolean).join(
      " ",
    )
  );
  return terms.length ? `ORDER BY ${terms.join(", ")}` : "";
}

function orderSubject(node: ReadNode, term: OrderTerm): string {
  if (term.relation === undefined) return fieldSql(node, term.field);
  const embed = findEmbed(node, term.relation);
  if (!embed) {
    throw new Refusal(
      400,
      "PGRST108",
      `'${term.relation}' is not an embedded resource in this request`,
    );
  }
  if (!isToOne(embed.relationship)) {
    throw new Refusal(
      400,
      "PGRST118",
      `A related order on '${term.relation}' is not possible`,
    );
  }
  return fieldSql({ alias: embed.alias }, term.field);
}

function limitSql(node: ReadNode, params: Params): string {
  const limit = node.limit === undefined || node.limit === Infinity
    ? ""
    : `LIMIT ${params.bind(`${node.limit}`)} `;
  return `${limit}${
    node.offset ? `OFFSET ${params.bind(`${node.offset}`)}` : ""
  }`.trim();
}

/** SELECT 1 for every row that would come without limit; inner embeds are asked by EXISTS (docs, "Pagination and Count"). */
export function countSql(
  node: ReadNode,
  params: Params,
  links: string[] = [],
): string {
  const exists = (embed: EmbedNode) => {
    const inner = linked(node, embed);
    return `EXISTS (${countSql(inner.node, params, inner.links)})`;
  };
  const inner = node.embeds.filter((embed) => embed.item.isInner).map(exists);
  const embedTest: EmbedTest = (of, name, isNull) =>
    `${isNull ? "NOT " : ""}${exists(findEmbed(of, name)!)}`;
  return `SELECT 1 FROM ${node.source} ${
    whereSql(node, params, [...links, ...inner], embedTest)
  }`;
}
