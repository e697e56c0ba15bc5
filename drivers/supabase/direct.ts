/**
 * The direct channel: one connection to the project's PostgreSQL. All values
 * come and go as text.
 *
 * @module
 */
import type { Writable } from "node:stream";
import type { PgClient } from "../../src/deps/pg.ts";
import type { StepContext } from "../../src/driver/driver.ts";
import { directError } from "./direct_error.ts";
import { DirectWatch, type WatchedSocket } from "./direct_watch.ts";
import type { DirectLogin } from "./options.ts";

/** A row of an answer: NULL or the server's text. */
export type TextRow = readonly (string | null)[];

/** A connection to PostgreSQL. */
export interface DirectSession extends AsyncDisposable {
  /** Host and port, for messages. */
  readonly where: string;
  /** Runs one statement. @throws {OsirisError} */
  query(sql: string, values?: readonly string[]): Promise<Result>;
  /** Runs a `COPY … FROM STDIN`. @returns rows that the server took. @throws {OsirisError} */
  copy(
    sql: string,
    chunks: AsyncIterable<Uint8Array>,
    action: string,
  ): Promise<number>;
}

/** What a statement gave. */
export interface Result {
  readonly rows: readonly TextRow[];
  /** Rows affected, or given. */
  readonly count: number;
}

/** What pg gives for it. */
interface Answer {
  readonly rows: TextRow[];
  readonly rowCount: number | null;
}

/** The client, which only steps that connect have to load. */
const postgres = (): Promise<typeof import("../../src/deps/pg.ts")> =>
  import("../../src/deps/pg.ts");

/** Keeps pg from turning values into anything. */
const AS_TEXT = { getTypeParser: () => (text: string): string => text };

/**
 * Connects. The connection is closed when the step is stopped.
 *
 * @throws {OsirisError} `connection/…`
 */
export async function openDirect(
  login: DirectLogin,
  context: Pick<StepContext, "signal" | "deadlines">,
): Promise<DirectSession> {
  const { host, port, database, user, password, ssl } = login;
  const where = `${host}:${port}`;
  const { PgClient } = await postgres();
  const client = new PgClient({
    ...{ host, port, database, user, password },
    // pg leaves out addresses, and a certificate would be held against "localhost".
    ssl: ssl === false
      ? false
      : { rejectUnauthorized: true, ...asObject(ssl), host },
    connectionTimeoutMillis: context.deadlines.connectMs,
    keepAlive: true,
    application_name: "osiris",
  });
  // A connection that breaks between two statements: the next one fails with the reason.
  client.on("error", () => {});
  const watch = new DirectWatch(
    () => socketOf(client),
    context.deadlines,
    where,
  );
  const stop = (): void => void client.end().catch(() => {});
  context.signal.addEventListener("abort", stop, { once: true });
  const attempt = async <T>(action: string, work: () => Promise<T>) => {
    try {
      return await work();
    } catch (thrown) {
      context.signal.throwIfAborted();
      throw watch.failure ?? directError(thrown, { action, where });
    }
  };
  await attempt("connect to the database", () => client.connect());
  const query = (sql: string, values?: readonly string[]) =>
    attempt("run SQL", async (): Promise<Result> => {
      const ask = () =>
        client.query({
          text: sql,
          ...(values && { values: [...values] }),
          rowMode: "array",
          types: AS_TEXT,
        });
      const { rows, rowCount } = await watch.owed<Answer>(ask);
      return { rows, count: rowCount ?? 0 };
    });
  return {
    where,
    query,
    async copy(sql, chunks, action) {
      const input = new Watched(chunks);
      try {
        const held = holding(input, watch);
        return await attempt(
          action,
          () => watch.owed(() => copyIn(client, sql, held)),
        );
      } catch (thrown) {
        // What the producer of the rows threw is its own affair.
        throw input.failure === null ? thrown : input.failure.reason;
      }
    },
    async [Symbol.asyncDispose]() {
      context.signal.removeEventListener("abort", stop);
      await watch.owed(() => client.end()).catch(() => {});
    },
  };
}

/** The socket that a connection uses now. */
function socketOf(client: PgClient): WatchedSocket {
  return (client as unknown as { connection: { stream: WatchedSocket } })
    .connection.stream;
}

/** Waits for pieces without blaming the server. */
async function* holding(
  pieces: AsyncIterable<Uint8Array>,
  watch: DirectWatch,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await watch.hold(() => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Passes pieces on, and remembers why there are no more. */
class Watched implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  failure: { readonly reason: unknown } | null = null;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#chunks) yield chunk;
    } catch (reason) {
      this.failure = { reason };
      throw reason;
    }
  }
}

async function copyIn(
  client: PgClient,
  sql: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { copyFrom } = await postgres();
  const stream = client.query(copyFrom(sql));
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  stream.once("error", reject);
  stream.once("finish", resolve);
  ended.catch(() => {}); // looked at below, whatever else fails first
  try {
    for await (const chunk of chunks) await write(stream, chunk, ended);
  } catch (thrown) {
    // Tells the server that the copy fails, and waits until it has undone it.
    stream.destroy(new Error("the input failed"));
    await ended.catch(() => {});
    throw thrown;
  }
  stream.end();
  await ended;
  return stream.rowCount;
}

/** Writes a chunk, waiting while too much is on its way. */
async function write(
  stream: Writable,
  chunk: Uint8Array,
  ended: Promise<void>,
): Promise<void> {
  if (stream.destroyed) return await ended;
  if (stream.write(chunk)) return;
  const { promise: drained, resolve } = Promise.withResolvers<void>();
  stream.once("drain", resolve);
  await Promise.race([drained, ended]);
}

function asObject(ssl: DirectLogin["ssl"]): Record<string, unknown> {
  return typeof ssl === "object" ? { ...ssl } : {};
}

/** An identifier in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table in SQL. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
