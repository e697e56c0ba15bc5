/**
 * The config `dtype`: types by the names of columns.
 *
 * @module
 */
import { TYPE_NAMES, typeByName } from "../../src/csv/type_names.ts";
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { LogicalType } from "../../src/table/type.ts";

/** @throws {OsirisError} `config/invalid` for a name that is no type. */
export function typesOf(
  names: Readonly<Record<string, string>> = {},
): Map<string, LogicalType> {
  const types = new Map<string, LogicalType>();
  for (const [column, name] of Object.entries(names)) {
    const type = typeByName(name);
    if (type === undefined) {
      throw new OsirisError(
        "config/invalid",
        `Cannot read column "${column}" as "${name}": there is no such type`,
        { hint: didYouMean(name, TYPE_NAMES), details: { column } },
      );
    }
    types.set(column, type);
  }
  return types;
}
