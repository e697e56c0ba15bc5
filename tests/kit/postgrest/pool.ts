// The fixture's connections to PostgreSQL, as the role `authenticator`.
import { postgres } from "../../deps/postgres.ts";

/** Where the server listens and how to reach it as someone who may create roles. */
export interface PostgresConfig {
  host: string;
  /** TCP port, or the number in the socket's name when `host` is a folder. */
  port: number;
  user: string;
  password?: string;
  database: string;
}

export type Pool = ReturnType<typeof postgres>;

/** Values go to and fro as the text they are: a client that "helps" with dates or JSON would change them. */
const asText = (to: number, from: number[]) => ({
  to,
  from,
  serialize: (value: unknown) => value as string,
  parse: (value: string) => value,
});

const types = {
  json: asText(114, [114, 3802]),
  boolean: asText(16, [16]),
  date: asText(1184, [1082, 1114, 1184]),
  bytea: asText(17, [17]),
};

/** Opens a pool; nothing is connected until the first query. */
export function openPool(config: PostgresConfig, size: number): Pool {
  return postgres({
    host: config.host,
    port: config.port,
    username: config.user,
    password: config.password ?? "",
    database: config.database,
    max: size,
    types,
    fetch_types: false,
    onnotice: () => {},
    // A killed server comes back within a test: try again at once.
    backoff: () => 0.05,
    connect_timeout: 5,
    connection: { application_name: "postgrest-fixture" },
  }) as unknown as Pool;
}
