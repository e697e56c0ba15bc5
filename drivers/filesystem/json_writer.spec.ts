/**
 * What `filesystem.json_writer` is and takes, as data.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import { FILESYSTEM_CONNECTION, TARGET_FILE } from "./connection.spec.ts";
import { PATH_PROPERTY } from "./read_config.spec.ts";

/** The spec of `filesystem.json_writer`. */
export const spec: DriverSpec = {
  name: "filesystem.json_writer",
  version: "1.0.0",
  summary:
    "Writes a table as JSON Lines: integers in full, timestamps as ISO strings, bytes as base64.",
  mode: "write",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      path: PATH_PROPERTY,
      decimals: {
        enum: ["number", "string"],
        default: "number",
        description:
          "How decimals are written. Numbers keep all digits, but many readers round them to a double, as they do integers beyond 2^53.",
      },
      compression: {
        enum: ["infer", "none", "gzip"],
        default: "infer",
        description:
          "How the file is compressed. infer: gzip if its path ends in .gz.",
      },
      sort_columns: {
        type: "boolean",
        default: false,
        description:
          "Whether members are put in the order of their names instead of their own.",
      },
      create_dirs: {
        type: "boolean",
        default: true,
        description: "Whether missing folders above the file are made.",
      },
    },
  },
  connection: FILESYSTEM_CONNECTION,
  inputs: { min: 1, max: 1 },
  output: false,
  files: TARGET_FILE,
  capabilities: { streaming: true },
};
