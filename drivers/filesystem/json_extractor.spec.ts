/**
 * What `filesystem.json_extractor` is and takes, as data.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import { FILESYSTEM_CONNECTION, SOURCE_FILE } from "./connection.spec.ts";
import { READ_PROPERTIES } from "./read_config.spec.ts";

/** The spec of `filesystem.json_extractor`. */
export const spec: DriverSpec = {
  name: "filesystem.json_extractor",
  version: "1.0.0",
  summary:
    "Reads JSON Lines, or an array of objects, into typed columns; no number is rounded.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      ...READ_PROPERTIES,
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { type: "string" },
        description:
          "Keys to read, in the order to give them. Unless set: all, in the order in which they come up.",
      },
      parse_dates: {
        oneOf: [
          { type: "boolean" },
          { type: "array", uniqueItems: true, items: { type: "string" } },
        ],
        default: false,
        description:
          "Which columns of strings become dates and timestamps. true: those whose values are of any ISO form. A list: these must be of one.",
      },
      infer: {
        enum: ["full", "sample"],
        default: "full",
        description:
          "How columns and types are found. full: from all rows, in a pass of its own. sample: from the first 4 MiB; what contradicts later is an error.",
      },
      compression: {
        enum: ["infer", "none", "gzip", "zip"],
        default: "infer",
        description:
          "How the file is compressed. infer: by the ending .gz or .zip of its path.",
      },
    },
  },
  connection: FILESYSTEM_CONNECTION,
  inputs: { min: 0, max: 0 },
  output: true,
  files: SOURCE_FILE,
};
