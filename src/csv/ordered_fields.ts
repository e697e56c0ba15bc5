/**
 * The columns of a text to be, in their order.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Field, Schema } from "../table/type.ts";

/**
 * The fields of a schema with their places, by name when sorted.
 *
 * @param where The file, for errors.
 * @throws {OsirisError} `data/duplicate-column`
 */
export function orderedFields(
  { fields }: Schema,
  isSorted: boolean,
  where: string,
): (Field & { readonly index: number })[] {
  const names = fields.map(({ name }) => name);
  const places = new Map(names.map((name, i) => [name, i]));
  const twice = names.find((name, i) => places.get(name) !== i);
  if (twice !== undefined) {
    throw new OsirisError(
      "data/duplicate-column",
      `Cannot write ${where}: column "${twice}" is there twice`,
      { hint: "Rename one of them before", details: { column: twice } },
    );
  }
  const placed = fields.map((field, index) => ({ ...field, index }));
  return isSorted ? placed.sort((a, b) => compare(a.name, b.name)) : placed;
}

/** By code points, as the bytes of UTF-8 compare. */
function compare(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i].codePointAt(0)! - right[i].codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
