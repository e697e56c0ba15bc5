/**
 * What `filesystem.csv_extractor` is and takes, as data.
 *
 * @module
 */
import { ENCODINGS } from "../../src/csv/encoding.ts";
import type { DriverSpec } from "../../src/driver/spec.ts";
import { FILESYSTEM_CONNECTION, SOURCE_FILE } from "./connection.spec.ts";
import { CSV_PROPERTIES } from "./csv_config.spec.ts";
import { READ_PROPERTIES } from "./read_config.spec.ts";

/** The spec of `filesystem.csv_extractor`. */
export const spec: DriverSpec = {
  name: "filesystem.csv_extractor",
  version: "1.0.0",
  summary:
    "Reads a CSV file into typed columns, strictly, without guessing away what was written.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      ...READ_PROPERTIES,
      ...CSV_PROPERTIES,
      encoding: {
        enum: ENCODINGS,
        default: "utf-8",
        description:
          "What the file is written in. A byte order mark is passed over, and tells the byte order of utf-16.",
      },
      header: {
        type: ["boolean", "integer"],
        minimum: 0,
        default: true,
        description:
          "Whether the first row has the names; or the row that has them, counted from 0: those before it are left out. Without names, columns are called 0, 1, ….",
      },
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { type: ["string", "integer"], minimum: 0 },
        description:
          "Columns to read, in the order to give them: names, or places counted from 0. All unless set.",
      },
      skip_rows: {
        type: "integer",
        minimum: 0,
        default: 0,
        description: "Lines to skip at the start of the file.",
      },
      parse_dates: {
        oneOf: [
          { type: "boolean" },
          { type: "array", uniqueItems: true, items: { type: "string" } },
        ],
        description:
          "Which columns may become dates and timestamps. Unless set: those whose values are all exactly YYYY-MM-DD, or YYYY-MM-DD HH:MM:SS with or without six digits of fraction and Z. true: those whose values are of any ISO form. A list: these must be of one. false: none.",
      },
      infer: {
        enum: ["full", "sample", "none"],
        default: "full",
        description:
          "How types are found. full: from all rows, in a pass of its own. sample: from the first 4 MiB; a value that contradicts later is an error. none: all columns without dtype are text.",
      },
      na_values: {
        type: "array",
        uniqueItems: true,
        items: { type: "string" },
        default: [],
        description:
          "Texts that mean NULL where they stand without quotes, besides the empty one.",
      },
      comment: {
        type: "string",
        pattern: "^[!-~]$",
        description: "Character at whose sight at its start a line is skipped.",
      },
      skip_blank_lines: {
        type: "boolean",
        default: true,
        description:
          "Whether empty lines are skipped; otherwise they are rows of NULLs. In a file of one column they always are.",
      },
      compression: {
        enum: ["infer", "none", "gzip", "zip"],
        default: "infer",
        description:
          "How the file is compressed. infer: by the ending .gz or .zip of its path.",
      },
      on_bad_lines: {
        enum: ["error", "skip", "warn"],
        default: "error",
        description:
          "What becomes of rows with too few or too many fields. They are counted as rejected; warn logs each.",
      },
      quoting: {
        enum: ["minimal", "all", "nonnumeric", "none"],
        default: "minimal",
        description:
          "none: quotes mean nothing. The others make no difference here.",
      },
    },
  },
  connection: FILESYSTEM_CONNECTION,
  inputs: { min: 0, max: 0 },
  output: true,
  files: SOURCE_FILE,
  capabilities: { rejects: true },
};
