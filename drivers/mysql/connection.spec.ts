/**
 * The fields of a MySQL connection and what a step with one may reach, as data.
 *
 * @module
 */
import type { DriverSpec, Needs } from "../../src/driver/spec.ts";

const text = (description: string): Record<string, unknown> => ({
  type: "string",
  description,
});

const flag = (description: string): Record<string, unknown> => ({
  type: "boolean",
  description,
});

const seconds = (description: string): Record<string, unknown> => ({
  type: "number",
  exclusiveMinimum: 0,
  description,
});

const TLS = {
  type: "object",
  additionalProperties: false,
  properties: {
    ca: text("Certificate of the authority to trust, as PEM text."),
    cert: text("Our own certificate, as PEM text."),
    key: text("The key to our certificate, as PEM text."),
    passphrase: text("What the key is encrypted with."),
    rejectUnauthorized: {
      ...flag("Whether the server's certificate must be one to trust."),
      default: true,
    },
    verifyIdentity: flag(
      "Whether the certificate must name the host; the same as rejectUnauthorized when left out.",
    ),
    minVersion: {
      enum: ["TLSv1.2", "TLSv1.3"],
      description: "The lowest TLS version to accept.",
    },
  },
};

/** The connection part of the specs of this family. */
export const MYSQL_CONNECTION: NonNullable<DriverSpec["connection"]> = {
  family: "mysql",
  required: true,
  fields: {
    type: "object",
    additionalProperties: false,
    properties: {
      host: { ...text("Name or address of the server."), default: "localhost" },
      port: {
        type: ["integer", "string"],
        pattern: "^[0-9]{1,5}$",
        minimum: 1,
        maximum: 65535,
        description: "TCP port of the server.",
        default: 3306,
      },
      socket: text("Path of a unix socket, in place of host and port."),
      database: text("The database in which tables without a schema are."),
      user: { ...text("User to log in as."), default: "root" },
      password: text("The user's password."),
      ssl: {
        description:
          "true for an encrypted connection to a server whose certificate is to be trusted and names the host, or an object that says more.",
        anyOf: [{ type: "boolean" }, TLS],
      },
      compress: {
        ...flag("Whether to compress what is sent: for slow networks."),
        default: false,
      },
      charset: {
        enum: ["utf8mb4", "utf8mb3", "utf8"],
        description:
          "Accepted for compatibility: text always travels as utf8mb4, whatever character sets the columns have.",
      },
      connect_timeout: seconds(
        "Seconds until a connection must be there; the run's connect deadline when left out.",
      ),
      read_timeout: seconds(
        "Most seconds for which the server may be silent while it owes an answer; the run's idle deadline when left out.",
      ),
      time_zone: {
        type: "string",
        description:
          "Time zone of the session, for NOW() and the like. TIMESTAMP columns are read as instants whatever it is, as long as its offset is fixed.",
        default: "+00:00",
      },
      session: {
        type: "object",
        description:
          "Server variables to set for the session, such as innodb_lock_wait_timeout.",
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
    },
  },
  secrets: ["password", "ssl.key", "ssl.passphrase"],
};

/** What a step with a MySQL connection may reach: its server, nothing else. */
export const MYSQL_NEEDS: Needs = {
  net: [
    {
      item: "{connection.host|localhost}:{connection.port|3306}",
      unless: "connection.socket",
    },
    { item: "unix:{connection.socket}", when: "connection.socket" },
  ],
  read: [{ item: "{connection.socket}", when: "connection.socket" }],
  write: [{ item: "{connection.socket}", when: "connection.socket" }],
};

/** Keys that manifests of the original hold, for which there is no use here. */
export const MYSQL_FILLERS: Record<string, unknown> = {
  host: text("Accepted and ignored: the connection says where the server is."),
  port: {
    type: ["integer", "string"],
    description: "Accepted and ignored: the connection says it.",
  },
  database: text("Accepted and ignored: the connection says it."),
  user: text("Accepted and ignored: the connection says it."),
  "pool_size": {
    type: "integer",
    description: "Accepted and ignored: a step has the connections it needs.",
  },
  "pool_recycle": {
    type: "integer",
    description: "Accepted and ignored: connections end with their step.",
  },
  echo: flag("Accepted and ignored: the run's events say what happens."),
};
