/**
 * Keeps the deadlines of a direct channel: a server that owes an answer and
 * falls silent is left, and so is a statement that takes too long.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";

/** The socket of a connection, as far as it tells of life. */
export interface WatchedSocket {
  readonly bytesRead: number;
  /** Bytes that wait to be sent. */
  readonly writableLength: number;
  destroy(): void;
}

/** The server ends a statement by itself, and says so better; this much later we do. */
const GRACE_MS = 2000;

/** Watches one connection. */
export class DirectWatch {
  readonly #socket: () => WatchedSocket;
  readonly #deadlines: StepContext["deadlines"];
  readonly #where: string;
  #failure: OsirisError | null = null;
  #holds = 0;

  /** @param socket The socket in use: another one once TLS is there. */
  constructor(
    socket: () => WatchedSocket,
    deadlines: StepContext["deadlines"],
    where: string,
  ) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#where = where;
  }

  /** Why the connection was ended here; null when it was not. */
  get failure(): OsirisError | null {
    return this.#failure;
  }

  /** Waits for what somebody else owes us, while the server waits too. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#holds++;
    try {
      return await work();
    } finally {
      this.#holds--;
    }
  }

  /** Waits for what the server owes, within the deadlines. */
  async owed<T>(work: () => Promise<T>): Promise<T> {
    const { idleMs, statementMs } = this.#deadlines;
    const started = performance.now();
    let [seen, since] = [this.#life(), started];
    const look = (): void => {
      const now = performance.now();
      const life = this.#life();
      if (life !== seen || this.#holds > 0) [seen, since] = [life, now];
      if (statementMs !== null && now - started > statementMs + GRACE_MS) {
        this.#end("sql/statement-timeout", statementMs);
      } else if (now - since > idleMs) this.#end("connection/timeout", idleMs);
    };
    const every = Math.min(idleMs, statementMs ?? idleMs) / 4;
    const timer = setInterval(look, Math.min(1000, Math.max(10, every)));
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  #life(): string {
    const { bytesRead, writableLength } = this.#socket();
    return `${bytesRead} ${writableLength}`;
  }

  #end(
    code: "sql/statement-timeout" | "connection/timeout",
    ms: number,
  ): void {
    if (this.#failure !== null) return;
    const isIdle = code === "connection/timeout";
    this.#failure = new OsirisError(
      code,
      `Cannot wait for an answer: ${this.#where}: ${
        isIdle ? "the server said nothing for" : "the statement took more than"
      } ${ms / 1000} s`,
      {
        hint: isIdle
          ? "Raise deadlines.idle, or look why the server is stuck"
          : "Make the statement cheaper, or raise deadlines.statement",
      },
    );
    this.#socket().destroy();
  }
}
