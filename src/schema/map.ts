/**
 * The keywords of a JSON Schema that speak of maps.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import type { JsonSchema } from "../driver/spec.ts";
import { didYouMean } from "../suggest.ts";
import { fault, type Schema, type Scope } from "./scope.ts";
import { countOf } from "../units.ts";

/** More faults than anybody reads. */
const MANY_FAULTS = 200;

/** Checks the entries of a map; gives a copy with defaults filled in. */
export function checkMap(
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
      scope.check(schema.propertyNames as Schema, key, place, scope);
    }
    const applying = patterns.filter(([pattern]) =>
      new RegExp(pattern, "u").test(key)
    )
      .map(([, own]) => own);
    if (Object.hasOwn(properties, key)) applying.unshift(properties[key]);
    if (applying.length > 0) {
      for (const own of applying) {
        result[key] = scope.check(own, result[key], place, scope);
      }
    } else if (schema.additionalProperties === false) {
      fault(
        scope,
        place,
        "unknown key",
        hintFor(key, properties, value, scope),
      );
    } else if (schema.additionalProperties !== undefined) {
      result[key] = scope.check(
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

/** The nearest name that is still free; with so many faults nobody reads on. */
function hintFor(
  key: string,
  properties: Readonly<Record<string, Schema>>,
  value: Readonly<Record<string, unknown>>,
  { faults }: Scope,
): string | undefined {
  if (faults.length > MANY_FAULTS) return undefined;
  const free = Object.keys(properties).filter((name) =>
    !Object.hasOwn(value, name)
  );
  return didYouMean(key, free);
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
    fault(
      scope,
      path,
      `expected at least ${countOf(minProperties, "key")}, got ${size}`,
    );
  }
  if (typeof maxProperties === "number" && size > maxProperties) {
    fault(
      scope,
      path,
      `expected at most ${countOf(maxProperties, "key")}, got ${size}`,
    );
  }
}
