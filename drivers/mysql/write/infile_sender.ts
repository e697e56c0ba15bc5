/**
 * Sends the "file" of LOAD DATA LOCAL INFILE as packets that are made in place.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { RawConnection } from "../raw.ts";
import { SentBuffers } from "./sent_buffers.ts";

/** Bytes that a packet has before its payload. */
export const HEADER = 4;

/** Bytes of a packet above which nothing is gained. */
const GOOD_PAYLOAD = 512 * 1024;

/**
 * The "file" as mysql2 knows it: it only hears of its end. Chunks are sent here,
 * since mysql2 would copy each to put a header before it.
 */
export class InfileSender extends EventEmitter {
  bytes = 0;
  readonly #connection: RawConnection;
  #wake: (() => void) | null = null;
  readonly #room: SentBuffers;
  readonly #maxPayload: number;

  /** @param maxPacket The server's max_allowed_packet, in bytes. */
  constructor(connection: RawConnection, maxPacket: number) {
    super();
    this.#connection = connection;
    this.#maxPayload = Math.min(GOOD_PAYLOAD, maxPacket >> 1);
    this.#room = new SentBuffers(connection);
    // Without a listener Node takes an error for a fault of the program.
    this.on("error", () => {});
  }

  /** Room for a chunk of so many bytes, its packet's header included. */
  room(bytes: number): Buffer {
    return this.#room.take(bytes);
  }

  /** Sends a chunk of {@linkcode room}, and waits while the socket has enough. */
  async send(chunk: Buffer): Promise<void> {
    const payload = chunk.length - HEADER;
    this.bytes += payload;
    const most = this.#maxPayload;
    if (payload <= most) return await this.#write(chunk);
    for (let at = HEADER; at < chunk.length; at += most) {
      const part = chunk.subarray(at, at + most);
      const packet = this.#room.take(HEADER + part.length);
      packet.set(part, HEADER);
      await this.#write(packet);
    }
  }

  async #write(chunk: Buffer): Promise<void> {
    const { stream } = this.#connection;
    if (stream.destroyed) return;
    this.#connection.writePacket(packetOf(chunk));
    this.#room.sent(chunk);
    if (!stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stream.off("drain", done);
        stream.off("close", done);
        resolve();
      };
      this.#wake = done;
      stream.once("drain", done);
      stream.once("close", done);
    });
    this.#wake = null;
  }

  /** Lets {@linkcode send} go on: nobody reads any more. */
  wake(): void {
    this.#wake?.();
  }

  // mysql2 calls these when the socket is full or empty; send() sees to that itself.
  pause(): void {}
  resume(): void {}
}

/** What mysql2 asks of a packet that it sends. */
function packetOf(buffer: Buffer): unknown {
  const payload = buffer.length - HEADER;
  return {
    buffer,
    length: () => buffer.length,
    writeHeader(sequenceId: number): void {
      buffer.writeUIntLE(payload, 0, 3);
      buffer[3] = sequenceId;
    },
  };
}
