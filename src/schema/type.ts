/**
 * JSON Schema's types: tests, names for people, and equality of values.
 *
 * @module
 */

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};

/** Whether `value` has the JSON Schema type `type`. */
export function isType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null &&
        !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      return false;
  }
}

/** Types for people: `text or a list`. */
export function describeTypes(types: readonly string[]): string {
  return types.map((type) => NAMES[type] ?? type).join(" or ");
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || sortedJson(a) === sortedJson(b);
}

/** JSON in which the same values are the same text, whatever the order of keys. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item) =>
      isType(item, "object")
        ? Object.fromEntries(
          Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
        : item,
  ) ?? "null";
}
