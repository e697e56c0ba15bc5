/**
 * Config that all readers of files share, as data.
 *
 * @module
 */
import type { JsonSchema } from "../../src/driver/spec.ts";

/** The path, in all `config` schemas of files. */
export const PATH_PROPERTY: JsonSchema = {
  type: "string",
  minLength: 1,
  description:
    "Path of the file. A relative one counts from the connection's base_dir, or else from the working directory of the run.",
};

/** Properties of the `config` schemas of extractors. */
export const READ_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  path: PATH_PROPERTY,
  dtype: {
    type: "object",
    additionalProperties: { type: "string", minLength: 1 },
    description:
      "Types of columns, which are not inferred then: { zip: utf8, price: decimal(10,2) }. Also int, float, string, bool, datetime and the like.",
  },
  limit: {
    type: "integer",
    minimum: 0,
    description: "Most rows to read. All unless set.",
  },
  "chunk_size": {
    type: "integer",
    minimum: 1,
    maximum: 1_048_576,
    default: 8192,
    description: "Most rows of a batch.",
  },
};
