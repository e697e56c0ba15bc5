/**
 * What `filesystem.csv_writer` is and takes, as data.
 *
 * @module
 */
import { ENCODINGS } from "../../src/csv/encoding.ts";
import type { DriverSpec } from "../../src/driver/spec.ts";
import { FILESYSTEM_CONNECTION, TARGET_FILE } from "./connection.spec.ts";
import { CSV_PROPERTIES } from "./csv_config.spec.ts";

/** The spec of `filesystem.csv_writer`. */
export const spec: DriverSpec = {
  name: "filesystem.csv_writer",
  version: "1.0.0",
  summary:
    "Writes a table as a CSV file that reads back the same; NULL is nothing, the empty text is in quotes.",
  mode: "write",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      ...CSV_PROPERTIES,
      encoding: {
        enum: ENCODINGS,
        default: "utf-8",
        description:
          "What the file is written in. utf-8-sig and utf-16 start with a byte order mark. A character that the encoding doesn't have is an error.",
      },
      header: {
        type: "boolean",
        default: true,
        description: "Whether the first row has the names.",
      },
      newline: {
        enum: ["lf", "crlf", "cr"],
        default: "lf",
        description: "What ends a row.",
      },
      quoting: {
        enum: ["minimal", "all", "nonnumeric", "none"],
        default: "minimal",
        description:
          "Which fields are in quotes: those that must be, all, all but numbers, or none. NULL never is; with none the empty text can't be told from it, and a delimiter in a text is an error unless escape is set.",
      },
      compression: {
        enum: ["infer", "none", "gzip"],
        default: "infer",
        description:
          "How the file is compressed. infer: gzip if its path ends in .gz.",
      },
      binary: {
        enum: ["hex", "base64"],
        default: "hex",
        description: "How bytes are written.",
      },
      sort_columns: {
        type: "boolean",
        default: false,
        description:
          "Whether columns are put in the order of their names instead of their own.",
      },
      create_dirs: {
        type: "boolean",
        default: true,
        description: "Whether missing folders above the file are made.",
      },
      chunk_size: {
        type: "integer",
        minimum: 1,
        maximum: 65_536,
        default: 1000,
        description: "Rows that are formatted at a time.",
      },
    },
  },
  connection: FILESYSTEM_CONNECTION,
  inputs: { min: 1, max: 1 },
  output: false,
  files: TARGET_FILE,
  capabilities: { streaming: true },
};
