/**
 * What `mysql.writer` is, takes and needs, as data.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import {
  MYSQL_CONNECTION,
  MYSQL_FILLERS,
  MYSQL_NEEDS,
} from "./connection.spec.ts";

const name = { type: "string", minLength: 1 };
const names = {
  anyOf: [name, { type: "array", minItems: 1, uniqueItems: true, items: name }],
};
const mode = { enum: ["append", "replace", "upsert"] };

/** The spec of `mysql.writer`. */
export const mysqlWriterSpec: DriverSpec = {
  name: "mysql.writer",
  version: "1.0.0",
  summary:
    "Writes a table of MySQL or MariaDB: all of it or nothing, no value changed.",
  mode: "write",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["table"],
    properties: {
      table: { ...name, description: "The table to write to." },
      schema: {
        type: ["string", "null"],
        description:
          "The database that the table is in; the connection's own when left out.",
      },
      mode: {
        ...mode,
        description:
          "append (the default) adds rows; replace puts them in the place of all others; upsert changes rows with the same keys and adds the others.",
      },
      "write_mode": {
        ...mode,
        description:
          "The same as mode, for compiled manifests, whose mode says something else.",
      },
      "upsert_keys": {
        ...names,
        description:
          "Columns by which rows are told apart: those of the table's primary key or of a unique one. A table that is made gets them as its primary key.",
      },
      "primary_key": { ...names, description: "The same as upsert_keys." },
      "create_table": {
        type: "boolean",
        default: false,
        description:
          "Whether to make the table when there is none, with the exact types of the source.",
      },
      "truncate_before": {
        type: "boolean",
        default: false,
        description: "Whether all other rows go: the same as mode: replace.",
      },
      columns: {
        description:
          "Columns of the input to write: a list, or a map from the input's names to the table's. All when left out.",
        anyOf: [
          { type: "array", minItems: 1, uniqueItems: true, items: name },
          { type: "object", minProperties: 1, additionalProperties: name },
        ],
      },
      "column_types": {
        type: "object",
        additionalProperties: name,
        description:
          "SQL types of columns of a table that is made, in place of those of the source.",
      },
      bulk: {
        enum: ["auto", "load_data", "insert"],
        default: "auto",
        description:
          "How rows are sent: by LOAD DATA LOCAL INFILE, by INSERT of many rows, or by the first where the server allows it.",
      },
      "batch_size": {
        type: "integer",
        minimum: 1,
        maximum: 100000,
        description: "Most rows of one INSERT; as many as fit when left out.",
      },
      "commit_every": {
        type: "integer",
        minimum: 1,
        description:
          "Commits after each so many rows instead of once: what is committed stays when the step fails. With append only.",
      },
      "allow_lossy": {
        type: "array",
        uniqueItems: true,
        items: name,
        description:
          "Columns whose values may be cut or rounded to fit, which is counted instead of failing.",
      },
      ...MYSQL_FILLERS,
    },
  },
  connection: MYSQL_CONNECTION,
  inputs: { min: 1, max: 1 },
  output: false,
  needs: MYSQL_NEEDS,
  capabilities: { streaming: true, probe: true },
};
