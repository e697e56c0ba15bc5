/**
 * Looks at the first bytes that come from where a connection leads. A MySQL
 * server greets at once; mysql2 takes the words of any other for the length of a
 * packet, and waits for it until the deadline.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { OsirisError } from "../../src/error.ts";
import type { RawConnection } from "./raw.ts";

/** Bytes that tell: three of a length, a number, and the kind of greeting. */
const TELLING_BYTES = 5;

/** Protocol versions that servers greet with, and the mark of an error. */
const GREETINGS = [9, 10, 0xff];

/** How others begin, and what they are. */
const OTHERS: readonly [start: RegExp, name: string][] = [
  [/^SSH-/, "SSH"],
  [/^HTTP\//, "HTTP"],
  [/^\* OK/, "IMAP"],
  [/^\+OK/, "POP3"],
  [/^(220|421)[ -]/, "SMTP or FTP"],
];

/** Watches how a connection begins. */
export class Greeting {
  readonly #where: string;
  #bytes = "";
  #isConnected = false;

  /**
   * @param raw A connection that is just being opened.
   * @param where For messages.
   * @param foreign Called when what answers is no MySQL server.
   */
  constructor(
    { stream }: RawConnection,
    where: string,
    foreign: (error: OsirisError) => void,
  ) {
    this.#where = where;
    stream.once("connect", () => this.#isConnected = true);
    const look = (chunk: Buffer): void => {
      this.#bytes += chunk.subarray(0, 16).toString("latin1");
      if (this.#bytes.length < TELLING_BYTES) return;
      stream.off("data", look);
      if (!this.#isMysql()) foreign(this.#foreign());
    };
    // Before mysql2 sees them.
    stream.prependListener("data", look);
  }

  /** A better word for a timeout of somebody who took the connection and kept silent. */
  explain(error: OsirisError): OsirisError {
    const isSilent = this.#isConnected && this.#bytes === "";
    if (error.code !== "connection/timeout" || !isSilent) return error;
    return new OsirisError(
      error.code,
      `Cannot connect: ${this.#where}: the port took the connection and said nothing, where a MySQL server greets`,
      {
        cause: error,
        hint:
          "Check host and port of the connection, or look why the server is stuck",
      },
    );
  }

  #isMysql(): boolean {
    return this.#bytes.charCodeAt(3) === 0 &&
      GREETINGS.includes(this.#bytes.charCodeAt(4));
  }

  #foreign(): OsirisError {
    const name = OTHERS.find(([start]) => start.test(this.#bytes))?.[1];
    return new OsirisError(
      "connection/wrong-server",
      `Cannot connect: ${this.#where}: what answers is no MySQL server${
        name === undefined ? "" : `: it speaks ${name}`
      }`,
      { hint: "Check host and port of the connection" },
    );
  }
}
