/**
 * Stand-in for `@std/yaml` where its registry can't be reached: `parse` and
 * `stringify` over js-yaml, of which the real package is a port.
 *
 * Only what this project uses. `tests/links/` holds it to the
 * recorded behaviour of the real one.
 *
 * @module
 */
export { parse, type ParseOptions } from "./parse.ts";
export { stringify, type StringifyOptions } from "./stringify.ts";
export type { SchemaType } from "./schema.ts";
