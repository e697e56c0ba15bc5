/**
 * Checks a value against a JSON Schema, fills in defaults, and reports every
 * fault with its path, the value seen and the nearest right name.
 *
 * Why our own and not ajv: loading ajv and compiling one schema takes about
 * 90 ms of the 300 ms that a one-row run may take; it builds code from the
 * schema, and the schemas of other people's drivers are not ours; and its
 * messages for `anyOf` are of no use to people. The keywords are those listed
 * in `keywords.ts`, no more; a test holds every verdict against ajv's.
 *
 * @module
 */
import { childPath, seenAt } from "../describe.ts";
import type { JsonSchema } from "../driver/spec.ts";
import type { Fault } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import { checkChoice, passes } from "./choice.ts";
import { checkMap } from "./map.ts";
import { checkNumber, checkText } from "./scalar.ts";
import { fault, refuse, resolve, type Schema, type Scope } from "./scope.ts";
import { describeTypes, isType, sameJson, sortedJson } from "./type.ts";
import { countOf } from "../units.ts";

/** A checked value and what is wrong with it. */
export interface SchemaResult {
  /** A copy with defaults filled in; of no use when there are faults. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/**
 * Checks `value` against `schema`.
 *
 * @param schema Uses only the keywords of `keywords.ts`.
 * @param path Where the value is, for the faults.
 */
export function checkSchema(
  schema: JsonSchema,
  value: unknown,
  path: string,
): SchemaResult {
  const scope: Scope = { root: schema, faults: [], check };
  const checked = check(schema, value, path, scope);
  return { value: checked, faults: scope.faults };
}

function check(
  schema: Schema,
  value: unknown,
  path: string,
  scope: Scope,
): unknown {
  if (schema === true) return value;
  if (schema === false) {
    return refuse(scope, path, "is not allowed here", value);
  }
  if (typeof schema.$ref === "string") {
    value = check(resolve(schema.$ref, scope.root), value, path, scope);
  }
  const before = scope.faults.length;
  checkType(schema, value, path, scope);
  if (scope.faults.length > before) return value;
  if (typeof value === "string") checkText(schema, value, path, scope.faults);
  if (typeof value === "number") checkNumber(schema, value, path, scope.faults);
  if (Array.isArray(value)) value = checkList(schema, value, path, scope);
  else if (isType(value, "object")) {
    value = checkMap(schema, value as Record<string, unknown>, path, scope);
  }
  return checkBranches(schema, value, path, scope);
}

function checkType(
  schema: JsonSchema,
  value: unknown,
  path: string,
  scope: Scope,
): void {
  const types = schema.type === undefined
    ? []
    : [schema.type].flat() as string[];
  if (types.length > 0 && !types.some((type) => isType(value, type))) {
    const wanted = typeof schema.title === "string"
      ? schema.title
      : describeTypes(types);
    const isUnquoted = types.join() === "string" && typeof value === "number";
    fault(
      scope,
      path,
      `expected ${wanted}, got ${seenAt(path, value)}`,
      isUnquoted ? "Write it in quotes" : undefined,
    );
    return;
  }
  if (
    Array.isArray(schema.enum) &&
    !schema.enum.some((item) => sameJson(item, value))
  ) {
    const names = schema.enum.map((item) => JSON.stringify(item));
    fault(
      scope,
      path,
      `expected ${names.length > 1 ? "one of " : ""}${names.join(", ")}, got ${
        seenAt(path, value)
      }`,
      typeof value === "string"
        ? didYouMean(
          value,
          schema.enum.filter((item) => typeof item === "string"),
        )
        : undefined,
    );
  }
  if ("const" in schema && !sameJson(schema.const, value)) {
    fault(
      scope,
      path,
      `expected ${JSON.stringify(schema.const)}, got ${seenAt(path, value)}`,
    );
  }
}

function checkList(
  schema: JsonSchema,
  value: readonly unknown[],
  path: string,
  scope: Scope,
): unknown[] {
  const { minItems, maxItems, prefixItems, items } = schema;
  if (typeof minItems === "number" && value.length < minItems) {
    fault(
      scope,
      path,
      `expected at least ${
        countOf(minItems, "entry", "entries")
      }, got ${value.length}`,
    );
  }
  if (typeof maxItems === "number" && value.length > maxItems) {
    fault(
      scope,
      path,
      `expected at most ${
        countOf(maxItems, "entry", "entries")
      }, got ${value.length}`,
    );
  }
  if (schema.uniqueItems === true) checkUnique(value, path, scope);
  const leading = Array.isArray(prefixItems) ? prefixItems as Schema[] : [];
  return value.map((item, index) => {
    const own = leading[index] ?? items as Schema | undefined;
    return own === undefined
      ? item
      : check(own, item, childPath(path, index), scope);
  });
}

function checkUnique(
  value: readonly unknown[],
  path: string,
  scope: Scope,
): void {
  const seen = new Map<string, number>();
  value.forEach((item, index) => {
    const text = sortedJson(item);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, index);
    else {
      const place = childPath(path, first);
      fault(scope, childPath(path, index), `is the same as ${place}`);
    }
  });
}

function checkBranches(
  schema: JsonSchema,
  value: unknown,
  path: string,
  scope: Scope,
): unknown {
  for (const own of (schema.allOf ?? []) as Schema[]) {
    value = check(own, value, path, scope);
  }
  if (Array.isArray(schema.anyOf)) {
    value = checkChoice(schema, schema.anyOf, false, value, path, scope);
  }
  if (Array.isArray(schema.oneOf)) {
    value = checkChoice(schema, schema.oneOf, true, value, path, scope);
  }
  if (
    schema.not !== undefined && passes(schema.not as Schema, value, path, scope)
  ) {
    const what = typeof schema.title === "string"
      ? `expected ${schema.title}`
      : "is not allowed";
    fault(scope, path, `${what}, got ${seenAt(path, value)}`);
  }
  if (schema.if !== undefined) {
    const branch = passes(schema.if as Schema, value, path, scope)
      ? schema.then
      : schema.else;
    if (branch !== undefined) {
      value = check(branch as Schema, value, path, scope);
    }
  }
  return value;
}
