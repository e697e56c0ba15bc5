/**
 * One connection to the server: runs statements, keeps the deadlines, and ends
 * at once when the step is to stop.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { OsirisError } from "../../src/error.ts";
import { mysqlError } from "./errors.ts";
import { PacketTap } from "./packet_tap.ts";
import type { ColumnDefinition, OkPacket, RawConnection } from "./raw.ts";

/** Values of a row as the server's text: bytes, or NULL. */
export type TextRow = readonly (string | null)[];

/** What a statement gave. */
export interface Result {
  readonly rows: readonly TextRow[];
  readonly columns: readonly ColumnDefinition[];
  readonly affectedRows: number;
  readonly info: string;
  /** Warnings, at most 65 535. */
  readonly warnings: number;
}

/** Deadlines of a session, in milliseconds. */
export interface SessionLimits {
  /** Longest silence of the server while it owes an answer. */
  readonly idleMs: number;
  /** Longest time for one statement; null for any. */
  readonly statementMs: number | null;
}

/** An open connection. */
export class Session implements AsyncDisposable {
  readonly tap: PacketTap;
  readonly isMariadb: boolean;
  readonly version: string;
  readonly place: string;
  #holds = 0;
  #failure: OsirisError | null = null;
  #isEnded = false;
  #reject: Set<(error: OsirisError) => void> = new Set();
  readonly raw: RawConnection;
  readonly limits: SessionLimits;

  constructor(raw: RawConnection, place: string, limits: SessionLimits) {
    this.raw = raw;
    this.place = place;
    this.limits = limits;
    this.tap = new PacketTap(raw);
    this.isMariadb = raw._isMariaDB;
    this.version = raw._handshakePacket.serverVersion;
    // Commands hear of errors themselves; without a listener Node would end the thread.
    raw.on("error", (error) => this.#lost(error));
    raw.on("end", () => this.#lost({ code: "PROTOCOL_CONNECTION_LOST" }));
  }

  /** The server's number for this connection, as KILL takes it. */
  get id(): number | null {
    return this.raw.threadId;
  }

  /** Why the session is of no use any more, if so. */
  get failure(): OsirisError | null {
    return this.#failure;
  }

  /** Whether statements can still be sent. */
  get isUsable(): boolean {
    return this.#failure === null && !this.#isEnded;
  }

  /** Runs a statement and keeps its rows: for small answers. @param action For the message of an error. */
  run(sql: string, action = "query", where = this.place): Promise<Result> {
    return this.command({ action, where }, (resolve, reject) => {
      this.raw.query({ sql }, (error, rows, columns) => {
        if (error) reject(error);
        else resolve(toResult(rows, columns as ColumnDefinition[]));
      });
    });
  }

  /** The first value of the first row, or null. */
  async value(sql: string, action = "query"): Promise<string | null> {
    const { rows } = await this.run(sql, action);
    return rows[0]?.[0] ?? null;
  }

  /**
   * Waits for something the server owes, within the deadlines.
   *
   * @throws {OsirisError} with the code of what went wrong.
   */
  async command<T>(
    attempt: { readonly action: string; readonly where: string },
    start: (
      resolve: (value: T) => void,
      reject: (error: unknown) => void,
    ) => void,
  ): Promise<T> {
    if (this.#failure !== null) throw this.#failure;
    const stop = this.#watch();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#reject.add(reject);
    try {
      start(resolve, reject);
      return await promise;
    } catch (error) {
      throw this.#failure ?? mysqlError(error, attempt);
    } finally {
      this.#reject.delete(reject);
      stop();
    }
  }

  /** Says that we, not the server, are being waited for. Nests. */
  hold(): void {
    this.#holds++;
  }

  /** Undoes {@linkcode hold}. */
  release(): void {
    this.#holds--;
    this.tap.lastSeen = performance.now();
  }

  /** Ends the connection at once; whoever waits gets `reason`. */
  fail(reason: OsirisError): void {
    if (this.#failure !== null || this.#isEnded) return;
    this.#failure = reason;
    this.raw.stream.destroy();
    for (const reject of this.#reject) reject(reason);
  }

  /** Takes leave, or ends the connection when it is of no use. */
  async close(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // A command under way would be waited for.
    if (this.#failure === null && this.#reject.size === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 1000);
      this.raw.end(resolve);
      await promise;
      clearTimeout(timer);
    }
    this.raw.stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #lost(error: unknown): void {
    if (this.#isEnded) return;
    this.fail(mysqlError(error, { action: "talk", where: this.place }));
  }

  /** Ends the session when the server is silent for too long. */
  #watch(): () => void {
    const { idleMs, statementMs } = this.limits;
    const started = performance.now();
    this.tap.lastSeen = started;
    const check = (): void => {
      const now = performance.now();
      if (statementMs !== null && now - started > statementMs) {
        this.fail(timeout("sql/statement-timeout", this.place, statementMs));
      } else if (this.#holds === 0 && now - this.tap.lastSeen > idleMs) {
        this.fail(timeout("connection/timeout", this.place, idleMs));
      }
    };
    const every = Math.min(idleMs, statementMs ?? idleMs) / 4;
    const timer = setInterval(check, Math.min(1000, Math.max(10, every)));
    return () => clearInterval(timer);
  }
}

function timeout(
  code: "sql/statement-timeout" | "connection/timeout",
  place: string,
  ms: number,
): OsirisError {
  const state = code === "connection/timeout"
    ? `the server said nothing for ${ms / 1000} s`
    : `the statement took more than ${ms / 1000} s`;
  return new OsirisError(
    code,
    `Cannot wait for an answer: ${place}: ${state}`,
    {
      hint: code === "connection/timeout"
        ? "Raise read_timeout of the connection, or look why the server is stuck"
        : "Make the statement cheaper, or raise the statement deadline",
    },
  );
}

function toResult(
  answer: unknown,
  columns: readonly ColumnDefinition[],
): Result {
  if (Array.isArray(answer)) {
    return {
      rows: answer.map((row: (Buffer | null)[]) =>
        row.map((value) => value === null ? null : value.toString("utf8"))
      ),
      columns,
      affectedRows: 0,
      info: "",
      warnings: 0,
    };
  }
  return okResult(answer as OkPacket);
}

/** The result of a statement without rows. */
export function okResult(ok: OkPacket): Result {
  return {
    rows: [],
    columns: [],
    affectedRows: Number(ok.affectedRows),
    info: ok.info ?? "",
    warnings: ok.warningStatus ?? 0,
  };
}
