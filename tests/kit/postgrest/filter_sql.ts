// Conditions as SQL (docs, "Tables and Views" › Horizontal Filtering).
import { fieldSql } from "./field_sql.ts";
import { arrayLiteral, ident, literal, type Params } from "./ident.ts";
import type { Condition, Operation } from "./parse_filter.ts";
import { findEmbed, isToOne, type ReadNode } from "./read_plan.ts";
import { Refusal } from "./refusal.ts";
import { findColumn } from "./schema_cache.ts";

type Test = Extract<Condition, { kind: "test" }>;

/** How `embed=is.null` is asked; reading and counting do it differently. */
export type EmbedTest = (
  node: ReadNode,
  name: string,
  isNull: boolean,
) => string;

/** A condition on a node's rows. */
export function conditionSql(
  node: ReadNode,
  condition: Condition,
  params: Params,
  embedTest: EmbedTest,
): string {
  if (condition.kind === "tree") {
    const parts = condition.parts.map((part) =>
      conditionSql(node, part, params, embedTest)
    );
    return `${condition.isNegated ? "NOT " : ""}(${
      parts.join(` ${condition.join} `)
    })`;
  }
  if (findEmbed(node, condition.field.name)) {
    return nullEmbedSql(node, condition, embedTest);
  }
  const test = testSql(node, condition, params);
  return condition.isNegated ? `NOT (${test})` : test;
}

/** `actors=not.is.null` (docs, "Resource Embedding" › Null filtering on Embedded Resources). */
function nullEmbedSql(
  node: ReadNode,
  test: Test,
  embedTest: EmbedTest,
): string {
  const { operation, field, isNegated } = test;
  if (operation.op !== "is" || !operation.sql.endsWith("NULL")) {
    throw new Refusal(
      400,
      "PGRST120",
      `Bad operator on the '${field.name}' embedded resource`,
      {
        details:
          "Only is null or not is null filters are allowed on embedded resources",
      },
    );
  }
  return embedTest(node, field.name, (operation.sql === "NULL") !== isNegated);
}

/** The embed as the lateral join shows it. */
export const joinedEmbedTest: EmbedTest = (node, name, isNull) => {
  const embed = findEmbed(node, name)!;
  const alias = ident(embed.alias);
  const value = isToOne(embed.relationship) ? alias : `${alias}.${alias}`;
  return `${value} IS ${isNull ? "NOT " : ""}DISTINCT FROM NULL`;
};

function testSql(node: ReadNode, test: Test, params: Params): string {
  const { operation } = test;
  const field = fieldSql(node, test.field);
  switch (operation.op) {
    case "is":
      return `${field} IS ${operation.sql}`;
    case "distinct":
      return `${field} IS DISTINCT FROM ${params.bind(operation.value)}`;
    case "in":
      return `${field} = ANY (${params.bind(arrayLiteral(operation.values))})`;
    case "search":
      return searchSql(node, test, operation, params);
    case "compare":
      return `${field} ${operation.sql} ${operandSql(operation, params)}`;
  }
}

function operandSql(
  operation: Extract<Operation, { op: "compare" }>,
  params: Params,
): string {
  const isPattern = operation.sql.endsWith("LIKE");
  // "*" stands for "%", which has a meaning of its own in URLs.
  const value = params.bind(
    isPattern ? operation.value.replaceAll("*", "%") : operation.value,
  );
  return operation.quantifier
    ? `${operation.quantifier.toUpperCase()} (${value})`
    : value;
}

/** Full-text search; a column that is no tsvector is made one (› Full-Text Search). */
function searchSql(
  node: ReadNode,
  test: Test,
  operation: Extract<Operation, { op: "search" }>,
  params: Params,
): string {
  const config = operation.config ? `${literal(operation.config)}, ` : "";
  const format = test.field.path.length
    ? "text"
    : findColumn(node.table, test.field.name)?.format;
  const field = fieldSql(node, test.field);
  const vector = format === undefined || format === "tsvector"
    ? field
    : `to_tsvector(${config}${field})`;
  return `${vector} @@ ${operation.sql}(${config}${
    params.bind(operation.value)
  })`;
}
