// Filters: operators, `not`, lists, any/all modifiers and and/or trees (docs, "Tables and Views" › Horizontal Filtering).
import { Cursor, quotedValue } from "./cursor.ts";
import { type Field, parseField, parseKey } from "./field.ts";
import { isValues, plain, quantifiable, searches } from "./operators.ts";

/** What is asked of a column. Values stay text: PostgreSQL reads them as the column's type. */
export type Operation =
  | { op: "compare"; sql: string; value: string; quantifier?: "any" | "all" }
  | { op: "in"; values: string[] }
  | { op: "is"; sql: string }
  | { op: "distinct"; value: string }
  | { op: "search"; sql: string; config?: string; value: string };

/** One test, or a tree of them. */
export type Condition =
  | { kind: "test"; field: Field; isNegated: boolean; operation: Operation }
  | {
    kind: "tree";
    join: "AND" | "OR";
    isNegated: boolean;
    parts: Condition[];
  };

/** A condition and the embedded resource it is on (empty: the table itself). */
export interface Filter {
  path: string[];
  condition: Condition;
}

/** Whether a parameter's value begins like a filter; tells filters from arguments in calls. */
export function looksLikeFilter(value: string): boolean {
  const word = /^(?:not\.)?([a-z]+)(?:\([^)]*\))?\./.exec(value)?.[1] ?? "";
  return word in quantifiable || word in plain || word in searches ||
    ["in", "is", "isdistinct"].includes(word);
}

/** `column=op.value` (› Operators). */
export function parseFilter(key: string, value: string): Filter {
  const { path, field } = parseKey(key);
  const cursor = new Cursor(value, "filter");
  const condition = parseTest(cursor, field, () => cursor.rest());
  cursor.expectEnd();
  return { path, condition };
}

/** `or=(…)`, `not.and=(…)`, `embed.or=(…)` (› Logical operators). */
export function parseLogic(key: string, value: string): Filter {
  const words = parseKey(key);
  const names = words.path.filter((name) => name !== "not");
  const isNegated = words.path.includes("not");
  const cursor = new Cursor(value, "logic tree");
  const join = words.field.name === "and" ? "AND" : "OR";
  const parts = parseParts(cursor);
  cursor.expectEnd();
  return {
    path: names,
    condition: { kind: "tree", join, isNegated, parts },
  };
}

function parseParts(cursor: Cursor): Condition[] {
  cursor.expect("(");
  const parts = cursor.list(() => parsePart(cursor));
  cursor.expect(")");
  return parts;
}

function parsePart(cursor: Cursor): Condition {
  cursor.match(/[ \t]+/y);
  const tree = cursor.match(/(not\.)?(and|or)(?=\()/y);
  if (tree) {
    const join = tree[2] === "and" ? "AND" : "OR";
    return {
      kind: "tree",
      join,
      isNegated: tree[1] !== undefined,
      parts: parseParts(cursor),
    };
  }
  const field = parseField(cursor);
  cursor.expect(".");
  return parseTest(cursor, field, () => parseInnerValue(cursor));
}

/** A value inside a tree ends at `,` or `)` unless quoted or an array in braces. */
function parseInnerValue(cursor: Cursor): string {
  const start = cursor.position;
  const quoted = quotedValue(cursor);
  if (
    quoted !== null && (cursor.isAtEnd || cursor.sees(",") || cursor.sees(")"))
  ) return quoted;
  cursor.position = start;
  return (cursor.match(/\{[^{}]*\}/y) ?? cursor.match(/[^,)]*/y)!)[0];
}

function parseTest(
  cursor: Cursor,
  field: Field,
  value: () => string,
): Condition {
  const isNegated = cursor.take("not.");
  return {
    kind: "test",
    field,
    isNegated,
    operation: parseOperation(cursor, value),
  };
}

function parseOperation(cursor: Cursor, value: () => string): Operation {
  const start = cursor.position;
  const head = cursor.match(/([a-z]+)(?:\(([^)]*)\))?\./y);
  const word = head?.[1] ?? "";
  const argument = head?.[2];
  if (argument === undefined) {
    if (word === "in") return { op: "in", values: parseList(cursor) };
    if (word === "is") return parseIs(cursor);
    if (word === "isdistinct") return { op: "distinct", value: value() };
    if (word in plain) {
      return { op: "compare", sql: plain[word], value: value() };
    }
  }
  if (word in searches) {
    return {
      op: "search",
      sql: searches[word],
      config: argument,
      value: value(),
    };
  }
  if (
    word in quantifiable &&
    (argument === undefined || argument === "any" || argument === "all")
  ) {
    return {
      op: "compare",
      sql: quantifiable[word],
      quantifier: argument,
      value: value(),
    };
  }
  cursor.position = start;
  return cursor.fail('"not" or operator (eq, gt, ...)');
}

function parseIs(cursor: Cursor): Operation {
  const start = cursor.position;
  const word = cursor.match(/[a-z_]+/iy)?.[0].toLowerCase() ?? "";
  if (word in isValues) return { op: "is", sql: isValues[word] };
  cursor.position = start;
  return cursor.fail("isVal: (null, not_null, true, false, unknown)");
}

/** `(a,"b,c",d)`; `()` is the empty list. */
function parseList(cursor: Cursor): string[] {
  cursor.expect("(");
  const values = cursor.list(() => {
    const start = cursor.position;
    const quoted = quotedValue(cursor);
    if (quoted !== null && (cursor.sees(",") || cursor.sees(")"))) {
      return quoted;
    }
    cursor.position = start;
    return cursor.match(/[^,)]*/y)![0];
  });
  cursor.expect(")");
  return values.length === 1 && values[0] === "" ? [] : values;
}
