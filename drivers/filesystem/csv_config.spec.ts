/**
 * Config that reading and writing CSV share, as data.
 *
 * @module
 */
import type { JsonSchema } from "../../src/driver/spec.ts";

/** A single printable ASCII character, or a tab. */
const CHARACTER = "^[\\t -~]$";

/** Properties of both `config` schemas. */
export const CSV_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  path: {
    type: "string",
    minLength: 1,
    description:
      "Path of the file. A relative one counts from the connection's base_dir, or else from the working directory of the run.",
  },
  delimiter: {
    type: "string",
    pattern: CHARACTER,
    default: ",",
    description: "Character between fields.",
  },
  quote: {
    type: "string",
    pattern: CHARACTER,
    default: '"',
    description:
      "Character around fields that hold delimiters, quotes or line ends; doubled inside them.",
  },
  escape: {
    type: "string",
    pattern: CHARACTER,
    description:
      "Character that takes the meaning from the one that follows. None unless set.",
  },
};
