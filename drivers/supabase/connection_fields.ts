/**
 * The fields of a Supabase connection as data: for checks, masks and plans.
 *
 * @module
 */
import type { Capabilities, DriverSpec, Needs } from "../../src/driver/spec.ts";

const text = (description: string): Record<string, unknown> => ({
  type: "string",
  description,
});

const port = (description: string): Record<string, unknown> => ({
  type: ["integer", "string"],
  description,
});

/** The connection part of both drivers' specs. */
export const SUPABASE_CONNECTION: NonNullable<DriverSpec["connection"]> = {
  family: "supabase",
  required: true,
  fields: {
    type: "object",
    additionalProperties: false,
    properties: {
      url: text("The project's URL, such as https://abc.supabase.co."),
      project_id: text(
        "The project's id, in place of its URL: https://<id>.supabase.co.",
      ),
      service_role_key: text(
        "The secret key; used before the other two. It is above row-level security.",
      ),
      anon_key: text("The publishable key; row-level security holds for it."),
      key: text("A key of either kind, used when the other two are not there."),
      jwt: text(
        "A user's token, sent beside the key: rows are read and written as that user.",
      ),
      schema: text(
        "The schema of tables that the step itself gives no schema for.",
      ),
      direct_secret: {
        type: "boolean",
        description:
          "Gives the worker the key itself instead of sending its requests through the host.",
        default: false,
      },
      dsn: text("The direct channel to PostgreSQL, as a postgres:// URL."),
      sql_dsn: text("The same as dsn."),
      pg_dsn: text("The same as dsn."),
      sql_url: text("An HTTP endpoint that runs SQL: for making tables only."),
      sql_endpoint: text("The same as sql_url."),
      pg_host: text("Host of the direct channel."),
      pg_port: port("Port of the direct channel."),
      pg_database: text("Database of the direct channel; postgres by default."),
      pg_user: text("User of the direct channel; postgres by default."),
      pg_password: text("Password of the direct channel."),
      host: text("The same as pg_host."),
      port: port("The same as pg_port."),
      database: text("The same as pg_database."),
      user: text("The same as pg_user."),
      password: text("The same as pg_password."),
      ssl: {
        type: ["boolean", "object"],
        description:
          "TLS of the direct channel: true by default unless the host is this machine. ca: PEM text of the authority; rejectUnauthorized: false takes any certificate.",
        additionalProperties: false,
        properties: {
          ca: text("The authority's certificate as PEM text."),
          rejectUnauthorized: {
            type: "boolean",
            description: "Whether the certificate must be in order.",
          },
        },
      },
    },
    anyOf: [{ required: ["url"] }, { required: ["project_id"] }],
  },
  secrets: [
    "service_role_key",
    "anon_key",
    "key",
    "jwt",
    "dsn",
    "sql_dsn",
    "pg_dsn",
    "pg_password",
    "password",
  ],
};

/** Secrets that the host puts into requests, so that they never enter the worker. */
export const BROKERED_SECRETS: NonNullable<Capabilities["brokeredSecrets"]> = [
  "service_role_key",
  "anon_key",
  "key",
  "jwt",
];

/** The project's host; a direct channel's too, where one is configured. */
export const SUPABASE_NEEDS: Needs = {
  net: [
    "{connection.url}",
    {
      item: "{connection.project_id}.supabase.co:443",
      unless: "{connection.url}",
    },
    "{connection.sql_url}",
    { item: "{connection.sql_endpoint}", unless: "{connection.sql_url}" },
    "{connection.dsn}",
    { item: "{connection.sql_dsn}", unless: "{connection.dsn}" },
    { item: "{connection.pg_dsn}", unless: "{connection.dsn}" },
    "{connection.pg_host}:{connection.pg_port|5432}",
    {
      item: "{connection.host}:{connection.port|5432}",
      unless: "{connection.pg_host}",
    },
  ],
};
