/**
 * What `supabase.writer` is, takes and needs.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";
import {
  BROKERED_SECRETS,
  SUPABASE_CONNECTION,
  SUPABASE_NEEDS,
} from "./connection_fields.ts";

/** The spec of `supabase.writer`. */
export const spec: DriverSpec = {
  name: "supabase.writer",
  version: "1.0.0",
  summary:
    "Writes a table to a Supabase project, never a row twice: through its API, or by COPY over a direct channel.",
  mode: "write",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["table"],
    properties: {
      table: {
        type: "string",
        minLength: 1,
        description: "The table to write to.",
      },
      schema: {
        type: "string",
        description:
          "The schema of the table. The connection's schema, or public, if left out.",
      },
      write_mode: {
        enum: ["append", "insert", "upsert", "replace"],
        description:
          "append: adds rows (insert is the same). upsert: updates rows whose key is there, adds the others. replace: as upsert, and removes rows that did not come.",
        default: "append",
      },
      primary_key: {
        type: ["string", "array"],
        items: { type: "string" },
        minItems: 1,
        description:
          "Columns that tell rows apart; upsert and replace need them. The table's own primary key if left out.",
      },
      channel: {
        enum: ["auto", "rest", "direct"],
        description:
          "How rows travel: direct is COPY in one transaction, rest the API. auto takes direct where the connection has one.",
        default: "auto",
      },
      create_if_missing: {
        type: "boolean",
        description:
          "Makes the table when there is none, which needs a direct channel.",
        default: false,
      },
      row_level_security: {
        type: "boolean",
        description:
          "Whether a table that is made has row-level security on, so that only the service key sees it until a policy says otherwise.",
        default: true,
      },
      ddl_channel: {
        enum: ["auto", "direct", "psycopg2", "http_sql"],
        description:
          "How a table is made: direct (psycopg2 is the same), or http_sql at the connection's sql_url. auto takes what there is.",
        default: "auto",
      },
      batch_size: {
        type: "integer",
        minimum: 1,
        maximum: 100000,
        description:
          "Rows a request to the API has at most. Halved when a request is too large or too slow, and grown back.",
        default: 5000,
      },
      returning: {
        enum: ["minimal", "representation"],
        description:
          "What the API sends back: nothing, or the key of each row written, which is counted.",
        default: "minimal",
      },
      prefer: {
        type: "string",
        description:
          "Accepted for manifests of the original and of no effect: preferences follow from the other settings.",
      },
      on_uncertain: {
        enum: ["fail", "resend"],
        description:
          "When an answer is lost, the table has no key, and nothing proves whether the rows were written: fail, or send them again once the count has stood still for the timeout.",
        default: "fail",
      },
      allow_lossy: {
        type: "array",
        items: { type: "string" },
        description:
          "Columns whose values may be rounded or cut to what the target's type holds.",
        default: [],
      },
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
        description: "Further attempts for a request that failed in passing.",
        default: 3,
      },
    },
  },
  connection: SUPABASE_CONNECTION,
  inputs: { min: 1, max: 1 },
  output: false,
  needs: SUPABASE_NEEDS,
  capabilities: {
    streaming: true,
    probe: true,
    brokeredSecrets: BROKERED_SECRETS,
  },
};
