/**
 * Speaks SQL with a PostgreSQL for the tests; every value comes as the server's own text.
 *
 * @module
 */

import { postgres } from "../deps/postgres.ts";

/** Where and as whom to connect. */
export interface PostgresLogin {
  /** Host name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** User name. */
  readonly user: string;
  /** The user's password. */
  readonly password: string;
  /** The database to use. */
  readonly database: string;
}

/** One row by column name: NULL or the server's text (`\x…` for bytea). */
export type PostgresRow = Record<string, string | null>;

/** A connection of its own, for tests about locks, transactions and killed backends. */
export interface PostgresSession extends AsyncDisposable {
  /** The backend's process id, as `pg_terminate_backend` takes it. */
  readonly id: number;
  /** Runs statements; returns the rows of the last one that has rows. */
  sql(text: string): Promise<PostgresRow[]>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** Connects, runs `text` (one statement or several), closes; returns the rows of the last statement that has any. */
export async function queryPostgres(
  login: PostgresLogin,
  text: string,
): Promise<PostgresRow[]> {
  const client = connect(login);
  try {
    return await run(client, text);
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** Opens a connection that stays open. */
export async function openPostgres(
  login: PostgresLogin,
): Promise<PostgresSession> {
  const client = connect(login);
  // At once: nothing is under way, and a backend that was killed never answers a goodbye.
  const close = (): Promise<void> => client.end({ timeout: 0 });
  try {
    const [{ id }] = await run(client, "SELECT pg_backend_pid() AS id");
    return {
      id: Number(id),
      sql: (text) => run(client, text),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Client = ReturnType<typeof postgres>;

function connect(
  { host, port, user, password, database }: PostgresLogin,
): Client {
  return postgres({
    ...{ host, port, user, password, database },
    ...{ max: 1, fetch_types: false, connect_timeout: 10, onnotice() {} },
    // One connection in the plain sense: a session that dies is not replaced behind the test's back.
    max_lifetime: null,
  });
}

type Result = Uint8Array[][] & { columns?: { name: string }[] };

async function run(client: Client, text: string): Promise<PostgresRow[]> {
  const answer = await client.unsafe(text).raw() as unknown as
    | Result
    | Result[];
  // Several statements give a list of results; only a result itself has columns.
  const results =
    ("columns" in answer && answer.columns ? [answer] : answer) as Result[];
  const last = results.findLast((result) =>
    result?.columns !== undefined && result.columns.length > 0
  );
  if (last === undefined) return [];
  const names = last.columns!.map((column) => column.name);
  return Array.from(
    last,
    (row) =>
      Object.fromEntries(
        row.map((bytes, index) => [names[index], decode(bytes)]),
      ),
  );
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
