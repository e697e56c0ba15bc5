/**
 * Reads an expression of the user's and writes it anew for Arquero, from
 * nothing but the forms named here.
 *
 * Why: Arquero checks names, not values. Through `constructor` and `__proto__`
 * an expression that it accepts can make a function out of text and have it
 * called. Here a property is read by `osiris_get`, which gives data only, so no
 * expression ever holds a function; whatever is not listed is refused.
 *
 * On the way columns are checked, types are told, dates are compared as dates,
 * and functions of local time become those of UTC: the result must not depend
 * on where a machine stands.
 *
 * @module
 */
import { parse } from "../../src/deps/acorn.ts";
import { OsirisError } from "../../src/error.ts";
import { types } from "../../src/table/type.ts";
import type { Node } from "./bindings.ts";
import { Printer } from "./print_expression.ts";
import type { Scope } from "./scope.ts";
import { isLiteralDecimal, type StaticType } from "./static_type.ts";

/** An expression that is safe to hand to Arquero. */
export interface Expression {
  /** The text as Arquero takes it. */
  readonly code: string;
  /** Columns it reads, by table. */
  readonly columns: readonly ReadonlySet<string>[];
  /** The type of its value; null when it is unknown. */
  readonly type: StaticType;
  /** The column's name, when the expression is nothing but a column of the first table. */
  readonly column: string | null;
  /** Text as the user wrote it. */
  readonly source: string;
  /** Where it stands: `verbs[2].derive.total`. */
  readonly path: string;
}

/**
 * Reads an expression.
 *
 * @param value What stands in the config: text, or a number, boolean or null for itself.
 * @param path Where it stands, for messages.
 * @throws {OsirisError} `data/expression`
 */
export function readExpression(
  value: unknown,
  scope: Scope,
  path: string,
): Expression {
  const source = typeof value === "string" ? value : literalText(value, path);
  const printer = new Printer(scope, source, path);
  const node = unwrapFunction(parseExpression(source, path), printer);
  const { code, type } = printer.print(node);
  scope.seen?.(printer.overRows);
  return {
    code,
    type: literalType(type),
    columns: printer.columns,
    column: printer.bareColumn(node),
    source,
    path,
  };
}

/** Whether text is just a name: then it is meant to be a column. */
export function isName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(text);
}

function literalText(value: unknown, path: string): string {
  if (
    value === null || typeof value === "number" || typeof value === "boolean"
  ) {
    return String(value);
  }
  throw new OsirisError(
    "data/expression",
    `Cannot read the expression: ${path}: not a text`,
    { hint: 'Write it as text, such as "d.price * 2"', details: { path } },
  );
}

const PREFIX = "expr=(";

function parseExpression(source: string, path: string): Node {
  let body: Node[];
  try {
    const program = parse(`${PREFIX}${source})`, { ecmaVersion: 11 });
    body = (program as unknown as { body: Node[] }).body;
  } catch (cause) {
    const { pos } = cause as { pos?: number };
    const at = pos === undefined ? "" : ` near "${
      source.slice(
        Math.max(0, pos - PREFIX.length - 8),
        pos - PREFIX.length + 8,
      )
    }"`;
    throw new OsirisError(
      "data/expression",
      `Cannot read the expression: ${path}: "${source}" is not valid${at}`,
      {
        cause,
        hint:
          'Write a JavaScript expression over columns, such as "d.price * d.quantity"',
        details: { path, expression: source },
      },
    );
  }
  const statement = body[0] as Node & { expression?: Node & { right: Node } };
  const right = statement?.expression?.right;
  // Text such as `1); other(` makes a second statement, which nobody would run.
  if (
    body.length !== 1 || right === undefined ||
    statement.expression!.type !== "AssignmentExpression"
  ) {
    throw new OsirisError(
      "data/expression",
      `Cannot read the expression: ${path}: "${source}" is not one expression`,
      { details: { path, expression: source } },
    );
  }
  return right;
}

/** `(row, $) => body` gives its names to the printer; what is left is the body. */
function unwrapFunction(node: Node, printer: Printer): Node {
  if (node.type !== "ArrowFunctionExpression") {
    printer.bindings.bindDefaults();
    return node;
  }
  const { params, body, async } = node as Node & {
    params: Node[];
    body: Node;
    async: boolean;
  };
  if (async || body.type === "BlockStatement") {
    throw printer.refuse(
      node,
      "a function with a body of statements",
      "Write `d => expression`",
    );
  }
  printer.bindings.bind(params);
  return body;
}

/** Fractions such as 1.5 are decimals only beside decimals; alone they are numbers. */
function literalType(type: StaticType): StaticType {
  return isLiteralDecimal(type) ? types.float64 : type;
}
