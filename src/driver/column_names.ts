/**
 * Checks the names of columns in a config: an option for a column that isn't
 * there would have no effect, and nobody would know.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";

/**
 * Refuses the first of `names` that is none of `columns`.
 *
 * @param option The option that names them, such as `allow_lossy`.
 * @param columns Columns that there are.
 * @throws {OsirisError} `config/invalid`
 *
 * @example Usage
 * ```ts
 * import { requireColumns } from "./column_names.ts";
 * import assert from "node:assert/strict";
 *
 * requireColumns("allow_lossy", ["price"], ["id", "price"]);
 * assert.throws(() => requireColumns("allow_lossy", ["prize"], ["id", "price"]), {
 *   code: "config/invalid",
 *   hint: 'Did you mean "price"?',
 * });
 * ```
 */
export function requireColumns(
  option: string,
  names: Iterable<string>,
  columns: Iterable<string>,
): void {
  const known = new Set(columns);
  for (const name of names) {
    if (known.has(name)) continue;
    throw new OsirisError(
      "config/invalid",
      `Cannot use ${option}: there is no column "${name}"`,
      {
        hint: didYouMean(name, known) ?? `Take ${option} out`,
        details: { path: option, column: name },
      },
    );
  }
}
