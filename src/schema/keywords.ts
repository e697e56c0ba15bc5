/**
 * The JSON Schema keywords that `check.ts` knows, and a check that a schema
 * uses no others: a keyword that is ignored is a promise that isn't kept.
 *
 * @module
 */
import { childPath, seen } from "../describe.ts";
import type { Fault } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import { resolve } from "./scope.ts";
import { isType } from "./type.ts";

/** What the value of a keyword must be. */
type Form =
  | "any"
  | "text"
  | "number"
  | "boolean"
  | "list"
  | "names"
  | "pattern"
  | "type"
  | "ref"
  | "schema"
  | "schemas"
  | "schema map"
  | "name map";

const KEYWORDS: Readonly<Record<string, Form>> = {
  $schema: "text",
  $id: "text",
  $comment: "text",
  $ref: "ref",
  $defs: "schema map",
  title: "text",
  description: "text",
  default: "any",
  examples: "list",
  deprecated: "boolean",
  format: "text",
  type: "type",
  enum: "list",
  const: "any",
  minLength: "number",
  maxLength: "number",
  pattern: "pattern",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  items: "schema",
  prefixItems: "schemas",
  minItems: "number",
  maxItems: "number",
  uniqueItems: "boolean",
  properties: "schema map",
  patternProperties: "schema map",
  additionalProperties: "schema",
  propertyNames: "schema",
  required: "names",
  dependentRequired: "name map",
  minProperties: "number",
  maxProperties: "number",
  allOf: "schemas",
  anyOf: "schemas",
  oneOf: "schemas",
  not: "schema",
  if: "schema",
  then: "schema",
  else: "schema",
};

const TYPES = [
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "null",
];
const MAX_DEPTH = 40;

/** What is wrong with a schema itself: unknown keywords, values of a wrong form. */
export function schemaFaults(schema: unknown, path: string): Fault[] {
  const faults: Fault[] = [];
  visit(schema, path, 0);
  return faults;

  function visit(node: unknown, at: string, depth: number): void {
    if (typeof node === "boolean") return;
    if (!isType(node, "object")) {
      return refuse(at, `expected a schema, got ${seen(node)}`);
    }
    if (depth > MAX_DEPTH) {
      return refuse(at, `is nested deeper than ${MAX_DEPTH}`);
    }
    for (
      const [keyword, value] of Object.entries(node as Record<string, unknown>)
    ) {
      const place = childPath(at, keyword);
      const form = Object.hasOwn(KEYWORDS, keyword)
        ? KEYWORDS[keyword]
        : undefined;
      if (form === undefined) {
        refuse(
          place,
          "unknown keyword",
          didYouMean(keyword, Object.keys(KEYWORDS)),
        );
      } else visitValue(form, value, place, depth);
    }
  }

  function visitValue(
    form: Form,
    value: unknown,
    at: string,
    depth: number,
  ): void {
    if (form === "schema") return visit(value, at, depth + 1);
    if (form === "schemas" && Array.isArray(value)) {
      return value.forEach((item, index) =>
        visit(item, childPath(at, index), depth + 1)
      );
    }
    if (form === "schema map" && isType(value, "object")) {
      for (const [key, own] of Object.entries(value as object)) {
        if (at.endsWith("patternProperties") && !isPattern(key)) {
          refuse(at, "is no pattern");
        }
        visit(own, childPath(at, key), depth + 1);
      }
      return;
    }
    if (!fits(form, value, schema)) refuse(at, `is no ${form}: ${seen(value)}`);
  }

  function refuse(at: string, message: string, hint?: string): void {
    faults.push({ path: at, message, ...(hint !== undefined && { hint }) });
  }
}

function fits(form: Form, value: unknown, root: unknown): boolean {
  switch (form) {
    case "any":
      return true;
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "names":
      return Array.isArray(value) &&
        value.every((item) => typeof item === "string");
    case "pattern":
      return isPattern(value);
    case "type":
      return [value].flat().every((item) => TYPES.includes(item as string));
    case "ref":
      return isReference(value, root);
    case "name map":
      return isType(value, "object") &&
        Object.values(value as object).every((item) =>
          fits("names", item, root)
        );
    default:
      return false;
  }
}

function isPattern(value: unknown): boolean {
  try {
    new RegExp(value as string, "u");
    return typeof value === "string";
  } catch {
    return false;
  }
}

function isReference(value: unknown, root: unknown): boolean {
  if (typeof value !== "string" || !value.startsWith("#/$defs/")) return false;
  try {
    resolve(value, root as Record<string, unknown>);
    return true;
  } catch {
    return false;
  }
}
