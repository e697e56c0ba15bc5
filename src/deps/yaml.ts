/**
 * YAML text to values and back: `@std/yaml`.
 *
 * Each part by its own path, so that nothing else of the package is loaded.
 *
 * @module
 */
export { parse as parseYaml } from "jsr:@std/yaml@^1/parse";
export { stringify as stringifyYaml } from "jsr:@std/yaml@^1/stringify";
