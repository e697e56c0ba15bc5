/**
 * Sends a statement as bytes: mysql2 takes text only, which binary values
 * aren't, and text would be encoded anew.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { OkPacket, RawCommand, RawConnection } from "./raw.ts";

/** Bytes before the statement: the packet's header, and the byte that says "query". */
export const QUERY_HEADER = 5;

/** What says that a packet is a query. */
const QUERY = 3;

interface QueryClass {
  createQuery(
    options: { sql: string },
    values: undefined,
    done: (error: unknown, answer: OkPacket) => void,
    config: unknown,
  ): RawCommand;
}

/**
 * Runs a statement that gives no rows.
 *
 * @param packet {@linkcode QUERY_HEADER} bytes that are filled in here, then the statement in UTF-8; below 16 MiB.
 */
export function runBytes(
  connection: RawConnection,
  packet: Buffer,
  done: (error: unknown, answer: OkPacket) => void,
): void {
  const made = (connection.constructor as unknown as QueryClass)
    .createQuery({ sql: "" }, undefined, done, {});
  packet[QUERY_HEADER - 1] = QUERY;
  made.start = () => {
    connection.writePacket({
      buffer: packet,
      length: () => packet.length,
      writeHeader(sequenceId: number): void {
        packet.writeUIntLE(packet.length - 4, 0, 3);
        packet[3] = sequenceId;
      },
    });
    return made.resultsetHeader;
  };
  connection.query(made as never);
}
