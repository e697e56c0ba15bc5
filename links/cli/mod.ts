/**
 * Stand-in for `@std/cli` where its registry can't be reached: `parseArgs`
 * over minimist, on which the real one is modelled.
 *
 * Only what this project uses. `tests/links/` holds it to the recorded
 * behaviour of the real one.
 *
 * @module
 */
export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
