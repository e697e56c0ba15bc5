/**
 * The table that a writer writes.
 *
 * @module
 */
import type { TableInput } from "../../src/driver/driver.ts";

/**
 * The one table among the inputs. A compiled manifest gives it two names, of
 * which one is `df`; it can be read by either, but only once.
 */
export function onlyInput(
  inputs: Readonly<Record<string, TableInput>>,
): TableInput {
  return inputs.df ?? Object.values(inputs)[0];
}
