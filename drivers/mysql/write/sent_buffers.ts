/**
 * Memory of what is sent, used again once the socket has taken it: a load would
 * otherwise leave as much garbage as it sends.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RawConnection } from "../raw.ts";

/** What of a connection tells how far its socket has come. */
export interface SentTo {
  readonly stream: Pick<RawConnection["stream"], "writableLength">;
  readonly _inflatedPacketsParser?: unknown;
}

/** Buffers that are written to one connection, and by nobody else meanwhile. */
export class SentBuffers {
  readonly #connection: SentTo;
  /** Those written, in order, each with the bytes written up to its end. */
  readonly #sent: { readonly buffer: Buffer; readonly end: number }[] = [];
  #total = 0;

  constructor(connection: SentTo) {
    this.#connection = connection;
  }

  /** A buffer of so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    const taken = this.#total - this.#connection.stream.writableLength;
    if (this.#sent.length > 0 && this.#sent[0].end <= taken) {
      const { buffer } = this.#sent.shift()!.buffer;
      if (buffer.byteLength >= bytes) return Buffer.from(buffer, 0, bytes);
    }
    // Blocks differ a little in size: the next ones are to fit as well.
    const room = new ArrayBuffer(bytes + (bytes >> 3));
    return Buffer.from(room, 0, bytes);
  }

  /** Says that a buffer was written to the connection's stream as it is. */
  sent(buffer: Buffer): void {
    // What is compressed first is read when nobody knows.
    if (this.#connection._inflatedPacketsParser !== undefined) return;
    this.#total += buffer.length;
    this.#sent.push({ buffer, end: this.#total });
  }
}
