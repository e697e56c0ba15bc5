/**
 * What `mysql.extractor` is, takes and needs, as data.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import {
  MYSQL_CONNECTION,
  MYSQL_FILLERS,
  MYSQL_NEEDS,
} from "./connection.spec.ts";

const bound = {
  type: ["string", "number", "null"],
};

/** The spec of `mysql.extractor`. */
export const mysqlExtractorSpec: DriverSpec = {
  name: "mysql.extractor",
  version: "1.0.0",
  summary: "Reads a query or a table of MySQL or MariaDB, row for row exact.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    properties: {
      query: {
        type: "string",
        minLength: 1,
        description: "The SELECT to run. Either this or table.",
      },
      params: {
        type: "array",
        description:
          "Values for the ? of the query, sent apart from its text. Whole numbers go as such, other numbers as doubles.",
        items: { type: ["string", "number", "boolean", "null"] },
        default: [],
      },
      table: {
        type: "string",
        minLength: 1,
        description: "The table or view to read. Either this or query.",
      },
      schema: {
        type: ["string", "null"],
        description:
          "The database that the table is in; the connection's own when left out.",
      },
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { type: "string", minLength: 1 },
        description:
          "Columns of the table to read, in this order; all when left out.",
      },
      where: {
        type: "string",
        minLength: 1,
        description: "Condition on the table's rows, as SQL. Takes params.",
      },
      order_by: {
        description:
          'Order of the table\'s rows: column names, each with " desc" after it where it runs down.',
        anyOf: [
          { type: "string", minLength: 1 },
          {
            type: "array",
            minItems: 1,
            items: { type: "string", minLength: 1 },
          },
        ],
      },
      limit: {
        type: ["integer", "null"],
        minimum: 0,
        description: "Most rows to read.",
      },
      offset: {
        type: ["integer", "null"],
        minimum: 0,
        description: "Rows of the table to leave out first.",
      },
      partition: {
        type: "object",
        additionalProperties: false,
        required: ["column", "parts"],
        description:
          "Reads the table in ranges of an integer column over several connections, which all see the same state of it.",
        properties: {
          column: {
            type: "string",
            minLength: 1,
            description: "An integer column, best the primary key.",
          },
          parts: {
            type: "integer",
            minimum: 2,
            maximum: 16,
            description: "Connections to read over.",
          },
        },
      },
      cursor: {
        type: "object",
        additionalProperties: false,
        required: ["column"],
        description:
          "Reads only rows that are new since the last run that was committed, by a column that grows. Not together with limit, offset or partition.",
        properties: {
          column: {
            type: "string",
            minLength: 1,
            description: "The column that grows: a number, date or time.",
          },
          from: {
            ...bound,
            description:
              "Reads rows above this value in place of those above the kept one.",
          },
          to: {
            ...bound,
            description:
              "Reads rows up to this value, in place of the greatest at the start.",
          },
          overlap: {
            type: ["string", "number"],
            description:
              'How far below the kept value to read again, for rows that were committed late: a number, or an interval such as "10 minute". Rows read before are left out by keys.',
          },
          keys: {
            type: "array",
            minItems: 1,
            uniqueItems: true,
            items: { type: "string", minLength: 1 },
            description:
              "Columns by which rows in the overlap are told apart. Needed with overlap.",
          },
          nulls: {
            enum: ["error", "skip", "include"],
            default: "error",
            description:
              "What happens to rows without a value in the column: the step fails, they are left out, or they are read in every run.",
          },
        },
      },
      tinyint1: {
        enum: ["int", "bool"],
        default: "int",
        description: "What tinyint(1) is read as.",
      },
      zero_dates: {
        enum: ["error", "null", "text"],
        default: "error",
        description:
          "What happens to dates such as 0000-00-00: the step fails, they become NULL, or all dates are read as text.",
      },
      batch_size: {
        type: "integer",
        description: "Accepted and ignored: the runtime sizes its batches.",
      },
      ...MYSQL_FILLERS,
    },
    oneOf: [{ required: ["query"] }, { required: ["table"] }],
    dependentRequired: {
      columns: ["table"],
      where: ["table"],
      order_by: ["table"],
      partition: ["table"],
    },
  },
  connection: MYSQL_CONNECTION,
  inputs: { min: 0, max: 0 },
  output: true,
  needs: MYSQL_NEEDS,
  capabilities: { incremental: true, probe: true },
};
