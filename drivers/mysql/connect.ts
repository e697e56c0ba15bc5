/**
 * Opens sessions: within the connect deadline, again where that may help, and
 * bound to the step's signal.
 *
 * @module
 */
import { createConnection } from "../../src/deps/mysql2.ts";
import type { StepContext } from "../../src/driver/driver.ts";
import { type OsirisError, toOsirisError } from "../../src/error.ts";
import { isTransient, mysqlError } from "./errors.ts";
import { Greeting } from "./greeting.ts";
import {
  clientOptions,
  idleMs,
  type MysqlConnection,
  placeOf,
  sessionSetup,
  verifiesIdentity,
} from "./options.ts";
import type { RawConnection } from "./raw.ts";
import { retrying } from "./retry.ts";
import { Session } from "./session.ts";
import { verifyAddress } from "./tls_identity.ts";

/** What a session is opened with. */
export interface OpenOptions {
  readonly fields: MysqlConnection;
  readonly context: StepContext;
  /** Session variables that must hold, whatever the connection says. */
  readonly variables?: Readonly<Record<string, string | number>>;
}

/**
 * Opens a session, with up to three attempts where the failure is of a passing kind.
 *
 * @throws {OsirisError} `connection/*`, `driver/permission`
 */
export function openSession(options: OpenOptions): Promise<Session> {
  const { context } = options;
  return retrying(() => openOnce(options), {
    context,
    what: "connect",
    isWorthwhile: isTransient,
  });
}

async function openOnce(
  { fields, context, variables }: OpenOptions,
): Promise<Session> {
  context.signal.throwIfAborted();
  const place = placeOf(fields);
  const session = new Session(await dial(fields, context), place, {
    idleMs: idleMs(fields, context.deadlines.idleMs),
    statementMs: context.deadlines.statementMs,
  });
  const stop = (): void => {
    void cancel(fields, context, session);
  };
  context.signal.addEventListener("abort", stop, { once: true });
  session.raw.stream.once(
    "close",
    () => context.signal.removeEventListener("abort", stop),
  );
  try {
    await session.run(sessionSetup(fields, variables), "set up the session");
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Begins a connection. */
function begin(fields: MysqlConnection, connectMs: number): RawConnection {
  const options = clientOptions(fields, connectMs);
  const raw = createConnection(options) as unknown as RawConnection;
  if (verifiesIdentity(fields)) verifyAddress(raw, fields.host ?? "localhost");
  return raw;
}

/** Connects and logs in. */
function dial(
  fields: MysqlConnection,
  context: StepContext,
): Promise<RawConnection> {
  const attempt = { action: "connect", where: placeOf(fields) };
  const connectMs = fields.connect_timeout === undefined
    ? context.deadlines.connectMs
    : fields.connect_timeout * 1000;
  return new Promise((resolve, reject) => {
    let raw: RawConnection;
    try {
      raw = begin(fields, connectMs);
    } catch (error) {
      return reject(mysqlError(error, attempt));
    }
    const abort = (): void => {
      raw.stream.destroy();
      reject(stopped(context));
    };
    context.signal.addEventListener("abort", abort, { once: true });
    const greeting = new Greeting(raw, attempt.where, (error) => {
      context.signal.removeEventListener("abort", abort);
      raw.stream.destroy();
      reject(error);
    });
    // A second error may follow the first; it must find a listener.
    raw.on("error", () => {});
    raw.connect((error) => {
      context.signal.removeEventListener("abort", abort);
      if (!error) return resolve(raw);
      raw.stream.destroy();
      reject(greeting.explain(mysqlError(error, attempt)));
    });
  });
}

/** Most milliseconds that telling the server to stop may take. */
const CANCEL_MS = 1500;

/**
 * Ends a session whose step is to stop. The server notices a closed connection
 * only when it next reads or writes, so a long statement is killed by word.
 */
async function cancel(
  fields: MysqlConnection,
  context: StepContext,
  session: Session,
): Promise<void> {
  const { id } = session;
  session.fail(stopped(context));
  if (id === null) return;
  const raw = begin(fields, CANCEL_MS);
  raw.on("error", () => {});
  const timer = setTimeout(() => raw.stream.destroy(), CANCEL_MS);
  raw.query({ sql: `KILL ${id}` }, () => {
    clearTimeout(timer);
    raw.stream.destroy();
  });
  await Promise.resolve();
}

function stopped(context: StepContext): OsirisError {
  return toOsirisError(context.signal.reason, "step/cancelled", "go on");
}
