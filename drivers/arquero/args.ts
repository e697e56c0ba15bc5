/**
 * Reads what stands under a verb: columns, named expressions, options. Every
 * fault has its path.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import { type Expression, isName, readExpression } from "./expression.ts";
import { type Scope, unknownColumn } from "./scope.ts";
import type { LazyTable } from "./table.ts";

/** An object of the config. */
export type Options = Readonly<Record<string, unknown>>;

/** Whether a value is an object and no list. */
export function isObject(value: unknown): value is Options {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error for something under a verb that can't be. */
export function badArgument(
  path: string,
  state: string,
  hint?: string,
): OsirisError {
  return new OsirisError(
    "config/invalid",
    `Cannot read the transform: ${path}: ${state}`,
    { ...(hint !== undefined && { hint }), details: { path } },
  );
}

/** An object with no keys but these. */
export function options(
  value: unknown,
  known: readonly string[],
  path: string,
): Options {
  if (!isObject(value)) {
    throw badArgument(path, "not an object", `Give it ${known.join(", ")}`);
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw badArgument(
        `${path}.${key}`,
        "unknown key",
        didYouMean(key, known),
      );
    }
  }
  return value;
}

/** A list; one value stands for a list of itself. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** A text. */
export function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw badArgument(
    path,
    "not a text",
    typeof value === "number" ? `Put it in quotes: "${value}"` : undefined,
  );
}

/** A whole number, negative ones only where `min` allows. */
export function whole(value: unknown, path: string, min = 0): number {
  if (Number.isSafeInteger(value) && (value as number) >= min) {
    return value as number;
  }
  throw badArgument(path, `not a whole number from ${min}`);
}

/** A boolean, or `fallback` when it isn't given. */
export function flag(value: unknown, fallback: boolean, path: string): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw badArgument(path, "not true or false");
}

/** The name of a column that is there. */
export function columnName(
  value: unknown,
  table: LazyTable,
  path: string,
): string {
  const name = text(value, path);
  const names = table.columnNames();
  if (names.includes(name)) return name;
  throw unknownColumn(name, names, path);
}

const SELECTORS = ["not", "range", "matches", "startswith", "endswith"];

/**
 * Columns as pairs of their name and their new one, in order: names, objects
 * `{old: new}`, and selections such as `{not: [a, b]}`.
 */
export function selection(
  value: unknown,
  table: LazyTable,
  path: string,
): Map<string, string> {
  const found = new Map<string, string>();
  list(value).forEach((item, i) => {
    const at = Array.isArray(value) ? `${path}[${i}]` : path;
    if (!isObject(item)) {
      const name = columnName(item, table, at);
      found.set(name, found.get(name) ?? name);
      return;
    }
    for (const [key, given] of Object.entries(item)) {
      const isSelector = SELECTORS.includes(key) &&
        !table.columnNames().includes(key);
      if (isSelector) {
        for (const name of selected(key, given, table, `${at}.${key}`)) {
          if (!found.has(name)) found.set(name, name);
        }
      } else {
        found.set(columnName(key, table, at), text(given, `${at}.${key}`));
      }
    }
  });
  return found;
}

function selected(
  selector: string,
  value: unknown,
  table: LazyTable,
  path: string,
): string[] {
  const names = table.columnNames() as string[];
  if (selector === "not") {
    const dropped = selection(value, table, path);
    return names.filter((name) => !dropped.has(name));
  }
  if (selector === "range") {
    const ends = list(value).map((name, i) =>
      names.indexOf(columnName(name, table, `${path}[${i}]`))
    );
    if (ends.length !== 2) throw badArgument(path, "not two columns");
    return names.slice(Math.min(...ends), Math.max(...ends) + 1);
  }
  const pattern = text(value, path);
  if (selector === "startswith") {
    return names.filter((n) => n.startsWith(pattern));
  }
  if (selector === "endswith") return names.filter((n) => n.endsWith(pattern));
  try {
    const regexp = new RegExp(pattern, "u");
    return names.filter((name) => regexp.test(name));
  } catch {
    throw badArgument(path, `"${pattern}" is not a regular expression`);
  }
}

/** An expression with the name that its result gets. */
export interface Named {
  readonly name: string;
  readonly expression: Expression;
}

/** An object of names and expressions. */
export function namedExpressions(
  value: unknown,
  scope: Scope,
  path: string,
): Named[] {
  if (!isObject(value) || Object.keys(value).length === 0) {
    throw badArgument(
      path,
      "not an object of names and expressions",
      'Write it as { total: "d.price * d.quantity" }',
    );
  }
  return Object.entries(value).map(([name, given]) => ({
    name,
    expression: readExpression(given, scope, `${path}.${name}`),
  }));
}

/** Names of columns, and objects of names and expressions. */
export function columnsOrExpressions(
  value: unknown,
  table: LazyTable,
  scope: Scope,
  path: string,
): Named[] {
  return list(value).flatMap((item, i) => {
    const at = Array.isArray(value) ? `${path}[${i}]` : path;
    if (!isObject(item)) {
      return [columnExpression(columnName(item, table, at), scope, at)];
    }
    const keys = Object.keys(item);
    return keys.length === 1 && SELECTORS.includes(keys[0])
      ? [...selection(item, table, at).keys()].map((name) =>
        columnExpression(name, scope, at)
      )
      : namedExpressions(item, scope, at);
  });
}

/** A column as the expression that reads it. */
export function columnExpression(
  name: string,
  scope: Scope,
  path: string,
): Named {
  const source = `d[${JSON.stringify(name)}]`;
  return { name, expression: readExpression(source, scope, path) };
}

/** A column by its name, or an expression. */
export function columnOrExpression(
  value: unknown,
  table: LazyTable,
  scope: Scope,
  path: string,
): Expression {
  const names = table.columnNames() as string[];
  if (typeof value === "string" && names.includes(value)) {
    return columnExpression(value, scope, path).expression;
  }
  if (typeof value === "string" && isName(value)) {
    throw unknownColumn(value, names, path);
  }
  return readExpression(value, scope, path);
}
