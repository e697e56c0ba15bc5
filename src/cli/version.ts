/**
 * The version of this package.
 *
 * @module
 */

/** As in `deno.json`; a test holds both to each other. */
export const VERSION = "0.1.0";
