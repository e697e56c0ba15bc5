/**
 * Splits a connection's bytes into packets, ahead of mysql2's own parser, and
 * hands the rows of a running query to a sink without making objects of them.
 *
 * Why: at a million rows a second the objects, events and state changes that
 * mysql2 makes a packet cost more than reading the values does. All packets
 * but rows go through to mysql2 whole, so that handshake, commands, errors and
 * warnings stay its business.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RawConnection, RawParser } from "./raw.ts";

/** Takes the rows of a query. */
export interface RowSink {
  /**
   * A row's payload is `bytes[start, end)`, which stays as it is until
   * {@linkcode flush}.
   */
  row(bytes: Uint8Array, start: number, end: number): void;
  /** The bytes of the rows given so far are about to go away. */
  flush(): void;
}

/** Longest payload of one packet; a longer one continues in the next. */
const MAX_PAYLOAD = 0xff_ffff;

/** Most bytes of payload that an end-of-rows packet has. */
const EOF_PAYLOAD = 8;

/** Stands in the place of a connection's packet parser. */
export class PacketTap implements RawParser {
  /** When bytes came last, as `performance.now()` tells time. */
  lastSeen: number = performance.now();
  /** Bytes received. */
  bytes = 0;
  readonly #connection: RawConnection;
  readonly #inner: RawParser;
  #sink: RowSink | null = null;
  #next: RowSink | null = null;
  /** Start of a packet whose end is still to come: filled from 0 to #carried. */
  #carry: Buffer = Buffer.allocUnsafe(4096);
  #carried = 0;
  /** Payloads of a row that takes more than one packet. */
  #parts: Uint8Array[] = [];
  /** Whether somebody else may still look at the chunk under way. */
  #isShared = false;

  /** Takes the place of the parser of an idle, connected `connection`. */
  constructor(connection: RawConnection) {
    this.#connection = connection;
    const compressed = connection._inflatedPacketsParser;
    this.#inner = compressed ?? connection.packetParser;
    if (compressed === undefined) connection.packetParser = this;
    else connection._inflatedPacketsParser = this;
  }

  /** Gives all rows that follow the next packet to `sink`, until the last. */
  divert(sink: RowSink): void {
    this.#next = sink;
  }

  /** Takes the bytes that came. */
  execute(chunk: Buffer): void {
    this.lastSeen = performance.now();
    this.bytes += chunk.length;
    let at = this.#carried > 0 ? this.#complete(chunk) : 0;
    const end = chunk.length;
    while (end - at >= 4) {
      const stop = at + 4 + lengthAt(chunk, at);
      if (stop > end) break;
      this.#packet(chunk, at, stop);
      at = stop;
    }
    this.#sink?.flush();
    if (at < end) this.#keep(chunk, at, end);
    if (!this.#isShared) free(chunk);
    this.#isShared = false;
  }

  /** Fills up the packet begun before. @returns where the next one starts. */
  #complete(chunk: Buffer): number {
    let at = 0;
    while (this.#carried < 4) {
      if (at === chunk.length) return at;
      this.#carry[this.#carried++] = chunk[at++];
    }
    const size = 4 + lengthAt(this.#carry, 0);
    const take = Math.min(size - this.#carried, chunk.length - at);
    this.#reserve(size);
    this.#carry.set(chunk.subarray(at, at + take), this.#carried);
    this.#carried += take;
    at += take;
    if (this.#carried < size) return at;
    this.#carried = 0;
    this.#packet(this.#carry, 0, size);
    this.#sink?.flush();
    return at;
  }

  #keep(chunk: Buffer, at: number, end: number): void {
    // Bytes are left over only after the carry was used up, or while it grows.
    this.#reserve(end - at >= 4 ? 4 + lengthAt(chunk, at) : 4);
    this.#carry.set(chunk.subarray(at, end), 0);
    this.#carried = end - at;
  }

  #reserve(size: number): void {
    if (this.#carry.length >= size) return;
    const grown = Buffer.allocUnsafe(size);
    grown.set(this.#carry.subarray(0, this.#carried));
    this.#carry = grown;
  }

  #packet(bytes: Buffer, at: number, stop: number): void {
    const sink = this.#sink;
    if (sink === null) return this.#pass(bytes, at, stop);
    if (stop - at - 4 === MAX_PAYLOAD || this.#parts.length > 0) {
      return this.#part(sink, bytes, at, stop);
    }
    const marker = bytes[at + 4];
    if (
      marker === 0xff || (marker === 0xfe && stop - at - 4 <= EOF_PAYLOAD)
    ) {
      sink.flush();
      this.#sink = null;
      // mysql2 has not seen the rows, so it has not counted them.
      this.#connection.sequenceId = bytes[at + 3];
      return this.#pass(bytes, at, stop);
    }
    sink.row(bytes, at + 4, stop);
  }

  #part(sink: RowSink, bytes: Buffer, at: number, stop: number): void {
    this.#parts.push(bytes.slice(at + 4, stop));
    if (stop - at - 4 === MAX_PAYLOAD) {
      // The chunk stays alive through the slice; the carry is filled anew.
      this.#isShared = true;
      if (bytes === this.#carry) this.#carry = Buffer.allocUnsafe(4096);
      return;
    }
    const row = Buffer.concat(this.#parts);
    this.#parts = [];
    sink.flush();
    sink.row(row, 0, row.length);
    sink.flush();
  }

  #pass(bytes: Buffer, at: number, stop: number): void {
    const next = this.#next;
    this.#isShared = true;
    // What mysql2 keeps of a packet (column definitions) must not be our carry.
    this.#inner.execute(
      bytes === this.#carry
        ? Buffer.from(bytes.subarray(at, stop))
        : bytes.subarray(at, stop),
    );
    if (next !== null && this.#next === next) {
      this.#sink = next;
      this.#next = null;
    }
  }
}

/** Bytes from which on a chunk is worth freeing, and surely no part of a pool. */
const MIN_FREED = 16 * 1024;

/**
 * Gives back a chunk's memory at once: it lies outside the heap, where dead
 * chunks would pile up until a collection comes.
 */
function free({ buffer, length }: Buffer): void {
  if (length < MIN_FREED || buffer.byteLength !== length) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
}
