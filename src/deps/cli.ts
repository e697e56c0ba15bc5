/**
 * Command-line arguments: `@std/cli`, of which only the parser is loaded.
 *
 * @module
 */
export { parseArgs } from "jsr:@std/cli@^1/parse-args";
