/**
 * What `supabase.extractor` is, takes and needs.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import {
  BROKERED_SECRETS,
  SUPABASE_CONNECTION,
  SUPABASE_NEEDS,
} from "./connection_fields.ts";

const FILTER_VALUE = {
  type: ["string", "array"],
  items: { type: "string" },
  description: "operator.value, or a list of them that must all hold.",
};

const BOUND = { type: ["string", "number", "null"] };

const CURSOR = {
  type: "object",
  additionalProperties: false,
  required: ["column"],
  description:
    "Reads only rows that are new since the last run that was committed, by a column that grows. Not together with rpc, limit or offset.",
  properties: {
    column: {
      type: "string",
      minLength: 1,
      description: "The column that grows: a number, date or time.",
    },
    from: {
      ...BOUND,
      description:
        "Reads rows above this value in place of those above the kept one.",
    },
    to: {
      ...BOUND,
      description:
        "Reads rows up to this value, in place of the greatest at the start.",
    },
    overlap: {
      type: ["string", "number"],
      description:
        'How far below the kept value to read again, for rows that were committed late: a number, or an interval such as "10 minutes". Rows read before are left out by keys.',
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
};

/** The spec of `supabase.extractor`. */
export const spec: DriverSpec = {
  name: "supabase.extractor",
  version: "1.0.0",
  summary:
    "Reads a table, view or function of a Supabase project in full, past the API's row limit, every digit kept.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    properties: {
      table: {
        type: "string",
        minLength: 1,
        description: "The table to read.",
      },
      view: { type: "string", minLength: 1, description: "The view to read." },
      rpc: {
        type: "string",
        minLength: 1,
        description: "The function whose result is read.",
      },
      args: {
        type: "object",
        description: "Arguments of the function by name.",
        default: {},
      },
      schema: {
        type: "string",
        description:
          "The schema of the table, view or function. The connection's schema, or public, if left out.",
      },
      select: {
        type: "string",
        minLength: 1,
        description:
          "Columns in PostgREST's syntax, embedded resources included: id,total,customer:customers(name).",
        default: "*",
      },
      embedded: {
        enum: ["flatten", "json"],
        description:
          "What becomes of an embedded row: columns such as customer_name, or one json column. Lists of rows are always json.",
        default: "flatten",
      },
      filter: {
        type: ["object", "array"],
        description:
          'Conditions: {status: "eq.new", total: ["gte.10", "lt.20"], or: "(a.eq.1,b.is.null)"}, or a list such as ["status=eq.new"].',
        additionalProperties: FILTER_VALUE,
        items: {
          type: ["string", "object"],
          additionalProperties: FILTER_VALUE,
          description: '"column=operator.value" or {column: "operator.value"}.',
        },
      },
      order: {
        type: ["string", "array"],
        items: { type: "string" },
        description:
          "Order of the rows: column.desc.nullslast, several with commas or as a list. By the key if left out.",
      },
      limit: {
        type: "integer",
        minimum: 0,
        description: "Rows to read at most. All if left out.",
      },
      offset: {
        type: "integer",
        minimum: 0,
        description: "Rows to skip at the start.",
        default: 0,
      },
      key: {
        type: ["string", "array"],
        items: { type: "string" },
        description:
          "Columns that tell rows apart, never NULL, by which pages continue. The primary key if left out; none pages by offset.",
      },
      types: {
        type: "object",
        additionalProperties: { type: "string" },
        description:
          'Types of columns where the API tells too little: {amount: "decimal(12,2)"}.',
        default: {},
      },
      allow_lossy: {
        type: "array",
        items: { type: "string" },
        description:
          "Columns in which a value that the type can't hold becomes NULL and is counted.",
        default: [],
      },
      on_change: {
        enum: ["warn", "fail"],
        description:
          "What to do when rows were added or removed while they were read.",
        default: "warn",
      },
      page_size: {
        type: "integer",
        minimum: 1,
        maximum: 100000,
        description: "Rows to ask for at once; the server may give fewer.",
        default: 10000,
      },
      cursor: CURSOR,
      timeout: {
        type: "number",
        exclusiveMinimum: 0,
        description:
          "Seconds to wait for a sign of life of an answer; when left out 30, or the run's idle deadline if that is shorter.",
      },
      retries: {
        type: "integer",
        minimum: 0,
        maximum: 20,
        description: "Further attempts for a page that did not arrive.",
        default: 3,
      },
    },
    oneOf: [
      { required: ["table"] },
      { required: ["view"] },
      { required: ["rpc"] },
    ],
  },
  connection: SUPABASE_CONNECTION,
  inputs: { min: 0, max: 0 },
  output: true,
  needs: SUPABASE_NEEDS,
  capabilities: {
    streaming: true,
    incremental: true,
    probe: true,
    brokeredSecrets: BROKERED_SECRETS,
  },
};
