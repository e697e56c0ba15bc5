/**
 * The keywords of a JSON Schema that speak of text and numbers.
 *
 * @module
 */
import { seenAt } from "../describe.ts";
import type { JsonSchema } from "../driver/spec.ts";
import type { Fault } from "../error.ts";
import { countOf } from "../units.ts";

/** `minLength`, `maxLength`, `pattern`. Lengths count code points. */
export function checkText(
  schema: JsonSchema,
  value: string,
  path: string,
  faults: Fault[],
): void {
  const { minLength, maxLength, pattern, title } = schema;
  const wanted = (otherwise: string): string =>
    `expected ${typeof title === "string" ? title : otherwise}, got ${
      seenAt(path, value)
    }`;
  if (typeof minLength === "number" && length(value) < minLength) {
    faults.push({
      path,
      message: minLength === 1 && title === undefined
        ? "is empty"
        : wanted(`at least ${countOf(minLength, "character")}`),
    });
  } else if (typeof maxLength === "number" && length(value) > maxLength) {
    faults.push({
      path,
      message: wanted(`at most ${countOf(maxLength, "character")}`),
    });
  } else if (
    typeof pattern === "string" && !new RegExp(pattern, "u").test(value)
  ) {
    faults.push({ path, message: wanted(`text of the form ${pattern}`) });
  }
}

/** `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`. */
export function checkNumber(
  schema: JsonSchema,
  value: number,
  path: string,
  faults: Fault[],
): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } =
    schema;
  const refuse = (wanted: string): void => {
    faults.push({
      path,
      message: `expected ${wanted}, got ${seenAt(path, value)}`,
    });
  };
  if (typeof minimum === "number" && value < minimum) {
    refuse(`at least ${minimum}`);
  }
  if (typeof maximum === "number" && value > maximum) {
    refuse(`at most ${maximum}`);
  }
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) {
    refuse(`more than ${exclusiveMinimum}`);
  }
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) {
    refuse(`less than ${exclusiveMaximum}`);
  }
  if (typeof multipleOf === "number" && !Number.isInteger(value / multipleOf)) {
    refuse(`a multiple of ${multipleOf}`);
  }
}

function length(text: string): number {
  return [...text].length;
}
