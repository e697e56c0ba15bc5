/**
 * Turns texts that came from variables into the type that a field asks for:
 * a variable can only hold text, a port is a number.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import type { JsonSchema } from "../driver/spec.ts";

/**
 * A copy of `value` where replaced texts have the type of `schema`, if they can.
 *
 * @param replaced Paths of the texts that came from variables; others stay.
 */
export function coerceTexts(
  value: unknown,
  schema: unknown,
  replaced: ReadonlySet<string>,
  path: string,
): unknown {
  if (typeof value === "string") {
    return replaced.has(path)
      ? coerceText(value, schema as JsonSchema | undefined)
      : value;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const properties = (schema as JsonSchema | undefined)?.properties ?? {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      coerceTexts(
        item,
        Object.hasOwn(properties, key)
          ? (properties as Record<string, unknown>)[key]
          : undefined,
        replaced,
        childPath(path, key),
      ),
    ]),
  );
}

function coerceText(text: string, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema);
  if (types.length === 0 || types.includes("string")) return text;
  if (types.includes("boolean") && /^(true|false)$/.test(text)) {
    return text === "true";
  }
  const isNumeric = types.includes("integer") || types.includes("number");
  return isNumeric && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The types that a schema or one of its alternatives asks for. */
function typesOf(schema: JsonSchema | undefined): unknown[] {
  if (schema === undefined) return [];
  const own = schema.type === undefined ? [] : [schema.type].flat();
  const others = [schema.anyOf, schema.oneOf]
    .flat() as (JsonSchema | undefined)[];
  return [...own, ...others.flatMap(typesOf)];
}
