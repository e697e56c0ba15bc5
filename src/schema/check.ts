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
import { checkNumber, checkText } from "./scalar.ts";
import { describeTypes, isType, sameJson } from "./type.ts";

/** A checked value and what is wrong with it. */
export interface SchemaResult {
  /** A copy with defaults filled in; of no use when there are faults. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/** What one check carries along. */
export interface Scope {
  readonly root: JsonSchema;
  readonly faults: Fault[];
}

/** A schema: keywords, or `true` and `false` for anything and nothing. */
export type Schema = JsonSchema | boolean;

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
  const scope: Scope = { root: schema, faults: [] };
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
      `expected at least ${minItems} entries, got ${value.length}`,
    );
  }
  if (typeof maxItems === "number" && value.length > maxItems) {
    fault(
      scope,
      path,
      `expected at most ${maxItems} entries, got ${value.length}`,
    );
  }
  if (schema.uniqueItems === true) {
    value.forEach((item, index) => {
      const first = value.findIndex((other) => sameJson(other, item));
      if (first === index) return;
      fault(
        scope,
        childPath(path, index),
        `is the same as ${childPath(path, first)}`,
      );
    });
  }
  const leading = Array.isArray(prefixItems) ? prefixItems as Schema[] : [];
  return value.map((item, index) => {
    const own = leading[index] ?? items as Schema | undefined;
    return own === undefined
      ? item
      : check(own, item, childPath(path, index), scope);
  });
}

function checkMap(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  scope: Scope,
): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const patterns = Object.entries(
    (schema.patternProperties ?? {}) as Record<string, Schema>,
  );
  const result: Record<string, unknown> = { ...value };
  for (const key of Object.keys(value)) {
    const place = childPath(path, key);
    if (schema.propertyNames !== undefined) {
      check(schema.propertyNames as Schema, key, place, scope);
    }
    const applying = patterns.filter(([pattern]) =>
      new RegExp(pattern, "u").test(key)
    )
      .map(([, own]) => own);
    if (Object.hasOwn(properties, key)) applying.unshift(properties[key]);
    if (applying.length > 0) {
      for (const own of applying) {
        result[key] = check(own, result[key], place, scope);
      }
    } else if (schema.additionalProperties === false) {
      const free = Object.keys(properties).filter((name) =>
        !Object.hasOwn(value, name)
      );
      fault(scope, place, "unknown key", didYouMean(key, free));
    } else if (schema.additionalProperties !== undefined) {
      result[key] = check(
        schema.additionalProperties as Schema,
        value[key],
        place,
        scope,
      );
    }
  }
  fillDefaults(properties, result);
  checkPresence(schema, result, path, scope);
  return result;
}

function fillDefaults(
  properties: Readonly<Record<string, Schema>>,
  result: Record<string, unknown>,
): void {
  for (const [key, own] of Object.entries(properties)) {
    if (Object.hasOwn(result, key) || typeof own === "boolean") continue;
    if (own.default !== undefined) result[key] = structuredClone(own.default);
  }
}

function checkPresence(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  scope: Scope,
): void {
  for (const key of (schema.required ?? []) as string[]) {
    if (!Object.hasOwn(value, key)) {
      fault(scope, childPath(path, key), "is missing");
    }
  }
  const dependent = (schema.dependentRequired ?? {}) as Record<
    string,
    string[]
  >;
  for (const [key, wanted] of Object.entries(dependent)) {
    if (!Object.hasOwn(value, key)) continue;
    for (const other of wanted) {
      if (Object.hasOwn(value, other)) continue;
      fault(scope, childPath(path, other), `is missing, and "${key}" needs it`);
    }
  }
  const { minProperties, maxProperties } = schema;
  const size = Object.keys(value).length;
  if (typeof minProperties === "number" && size < minProperties) {
    fault(scope, path, `expected at least ${minProperties} keys, got ${size}`);
  }
  if (typeof maxProperties === "number" && size > maxProperties) {
    fault(scope, path, `expected at most ${maxProperties} keys, got ${size}`);
  }
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

/** `anyOf` and `oneOf`: the faults reported are those of the branch that was probably meant. */
function checkChoice(
  schema: JsonSchema,
  branches: readonly Schema[],
  exactlyOne: boolean,
  value: unknown,
  path: string,
  scope: Scope,
): unknown {
  const tries = branches.map((branch) => {
    const own: Scope = { root: scope.root, faults: [] };
    return {
      branch,
      value: check(branch, value, path, own),
      faults: own.faults,
    };
  });
  const fitting = tries.filter(({ faults }) => faults.length === 0);
  if (fitting.length === 1 || (fitting.length > 1 && !exactlyOne)) {
    return fitting[0].value;
  }
  if (fitting.length > 1) {
    return refuse(
      scope,
      path,
      `fits ${fitting.length} forms of which one is right`,
      value,
    );
  }
  const meant = tries.filter(({ branch }) => typeMatches(branch, value, scope));
  const all = schema.title ?? branches.map(describeBranch).join(" or ");
  if (typeof schema.title === "string" || meant.length !== 1) {
    fault(scope, path, `expected ${all}, got ${seenAt(path, value)}`);
  } else scope.faults.push(...meant[0].faults);
  return value;
}

function passes(
  schema: Schema,
  value: unknown,
  path: string,
  scope: Scope,
): boolean {
  const own: Scope = { root: scope.root, faults: [] };
  check(schema, value, path, own);
  return own.faults.length === 0;
}

function typeMatches(branch: Schema, value: unknown, scope: Scope): boolean {
  if (typeof branch === "boolean") return branch;
  const own = typeof branch.$ref === "string"
    ? resolve(branch.$ref, scope.root)
    : branch;
  if (typeof own === "boolean" || own.type === undefined) return true;
  return ([own.type].flat() as string[]).some((type) => isType(value, type));
}

function describeBranch(branch: Schema): string {
  if (typeof branch === "boolean") return "anything";
  if (typeof branch.title === "string") return branch.title;
  if (Array.isArray(branch.enum)) {
    return branch.enum.map((item) => JSON.stringify(item)).join(", ");
  }
  if ("const" in branch) return JSON.stringify(branch.const);
  return branch.type === undefined
    ? "another form"
    : describeTypes([branch.type].flat() as string[]);
}

/** The schema at a local reference such as `#/$defs/duration`. */
export function resolve(reference: string, root: JsonSchema): Schema {
  let at: unknown = root;
  for (
    const part of reference.replace(/^#\/?/, "").split("/").filter(Boolean)
  ) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll(
      "~0",
      "~",
    );
    at = typeof at === "object" && at !== null && Object.hasOwn(at, key)
      ? (at as Record<string, unknown>)[key]
      : undefined;
  }
  if (typeof at === "boolean" || (typeof at === "object" && at !== null)) {
    return at as Schema;
  }
  throw new RangeError(`No schema at "${reference}"`);
}

function refuse(
  scope: Scope,
  path: string,
  message: string,
  value: unknown,
): unknown {
  fault(scope, path, message);
  return value;
}

function fault(
  scope: Scope,
  path: string,
  message: string,
  hint?: string,
): void {
  scope.faults.push({ path, message, ...(hint !== undefined && { hint }) });
}
