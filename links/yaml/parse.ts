/**
 * `parse` of `@std/yaml`: one YAML document into plain values.
 *
 * @module
 */
// @ts-types="npm:@types/js-yaml@4.0.9"
import yaml from "npm:js-yaml@4.3.2";
import { syntaxError } from "./error.ts";
import { schemaNamed, type SchemaType } from "./schema.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** Which scalars get a meaning. Default: `"default"`. */
  schema?: SchemaType;
  /** Whether a later key may replace an earlier one. Default: `false`. */
  allowDuplicateKeys?: boolean;
  /** Told of what is odd but can be read. */
  onWarning?(error: Error): void;
}

/**
 * Reads one YAML document.
 *
 * @param content YAML text; a byte-order mark is skipped.
 * @returns Plain values; `null` for an empty document.
 * @throws {SyntaxError} With line and column, for what is not YAML, for a
 * duplicate key, and for a second document.
 */
export function parse(content: string, options: ParseOptions = {}): unknown {
  const documents: unknown[] = [];
  try {
    yaml.loadAll(content, (document: unknown) => documents.push(document), {
      schema: schemaNamed(options.schema),
      json: options.allowDuplicateKeys,
      onWarning: (warning: Error) =>
        options.onWarning?.(syntaxError(warning) as Error),
    });
  } catch (error) {
    throw syntaxError(error);
  }
  if (documents.length > 1) {
    throw new SyntaxError(
      "Found more than 1 document in the stream: expected a single document",
    );
  }
  return documents[0] ?? null;
}
