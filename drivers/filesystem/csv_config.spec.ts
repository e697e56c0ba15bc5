/**
 * Config that reading and writing CSV share, as data.
 *
 * @module
 */
import type { JsonSchema } from "../../src/driver/spec.ts";
import { PATH_PROPERTY } from "./read_config.spec.ts";

/** A single printable ASCII character, or a tab. */
const CHARACTER = "^[\\t -~]$";

/** Properties of both `config` schemas. */
export const CSV_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  path: PATH_PROPERTY,
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
