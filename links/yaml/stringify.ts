/**
 * `stringify` of `@std/yaml`: plain values into one YAML document.
 *
 * @module
 */
// @ts-types="npm:@types/js-yaml@4.0.9"
import yaml from "npm:js-yaml@4.3.2";
import { schemaNamed, type SchemaType } from "./schema.ts";

/** Options of {@linkcode stringify}. */
export type StringifyOptions = {
  /** Spaces per level. Default: 2. */
  indent?: number;
  /** Whether sequences within mappings are indented. Default: `true`. */
  arrayIndent?: boolean;
  /** Whether what YAML can't hold is left out rather than refused. Default: `false`. */
  skipInvalid?: boolean;
  /** Depth from which flow style is used; -1 for never. Default: -1. */
  flowLevel?: number;
  /** Which strings need quotes. Default: `"default"`. */
  schema?: SchemaType;
  /** Whether, or how, keys are sorted. Default: `false`. */
  sortKeys?: boolean | ((a: string, b: string) => number);
  /** Columns after which text is folded; -1 for never. Default: 80. */
  lineWidth?: number;
  /** Whether an object met twice becomes an alias. Default: `true`. */
  useAnchors?: boolean;
  /** Whether `yes`, `no` and their like are quoted. Default: `true`. */
  compatMode?: boolean;
  /** Whether flow collections go without spaces. Default: `false`. */
  condenseFlow?: boolean;
};

/**
 * Writes one YAML document, ending in a newline.
 *
 * @throws {TypeError} For `undefined`, functions and symbols, unless
 * `skipInvalid`.
 */
export function stringify(
  data: unknown,
  options: StringifyOptions = {},
): string {
  const { arrayIndent, useAnchors, compatMode, schema, ...same } = options;
  return yaml.dump(data, {
    ...same,
    schema: schemaNamed(schema),
    noArrayIndent: arrayIndent === false,
    noRefs: useAnchors === false,
    noCompatMode: compatMode === false,
    // js-yaml drops such values without a word, the real package doesn't.
    replacer: (_key: string, value: unknown) => {
      if (!options.skipInvalid && isInvalid(value)) {
        throw new TypeError(`Cannot stringify ${typeof value}`);
      }
      return value;
    },
  });
}

function isInvalid(value: unknown): boolean {
  return value === undefined || typeof value === "function" ||
    typeof value === "symbol";
}
