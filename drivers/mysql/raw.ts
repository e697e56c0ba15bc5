/**
 * The parts of mysql2's connection that lie below its public types, and that
 * the pinned version has.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** A column as the server describes it ahead of rows. */
export interface ColumnDefinition {
  readonly name: string;
  readonly schema: string;
  readonly orgTable: string;
  readonly orgName: string;
  /** Collation number; 63 is binary. */
  readonly characterSet: number;
  /** Greatest length: bytes of text and binary, characters of the display form of numbers. */
  readonly columnLength: number;
  readonly columnType: number;
  readonly flags: number;
  readonly decimals: number;
  /** MariaDB: `uuid`, `inet6`, `point`, … */
  readonly extendedTypeName?: string;
  /** MariaDB: `json`. */
  readonly extendedFormat?: string;
}

/** The first packet of an answer without rows. */
export interface OkPacket {
  readonly affectedRows: number;
  /** `Records: 3  Deleted: 0  Skipped: 0  Warnings: 0` of LOAD DATA and multi-row INSERT. */
  readonly info: string;
  readonly warningStatus: number;
}

/** A packet, as commands get and send it. */
export interface RawPacket {
  readonly buffer: Buffer;
  readonly sequenceId: number;
  offset: number;
  writeHeader(sequenceId: number): void;
}

/** A command that is being executed. */
export interface RawCommand {
  on(event: "fields", listener: (fields?: ColumnDefinition[]) => void): this;
  on(event: "result", listener: (result: unknown) => void): this;
  on(event: "error", listener: (error: unknown) => void): this;
  on(event: "end", listener: () => void): this;
  /** Sends the first packet; replaced to send bytes of our own. */
  start: (packet: unknown, connection: RawConnection) => unknown;
  /** The state after the first packet. */
  resultsetHeader: unknown;
}

/** A prepared statement. */
export interface RawStatement {
  readonly columns: readonly ColumnDefinition[];
  readonly parameters: readonly ColumnDefinition[];
  execute(values: readonly unknown[]): RawCommand;
  close(): void;
}

/** What splits chunks into packets. */
export interface RawParser {
  execute(chunk: Buffer): unknown;
  readonly _reusablePacket?: object;
}

/** A function that takes an error or a result. */
export type Callback<T> = (error: unknown, result: T) => void;

/** mysql2's connection. */
export interface RawConnection {
  readonly threadId: number | null;
  readonly stream: Socket & { encrypted?: boolean };
  packetParser: RawParser;
  _inflatedPacketsParser?: RawParser;
  sequenceId: number;
  readonly _isMariaDB: boolean;
  readonly _handshakePacket: { readonly serverVersion: string };
  on(event: "error" | "end", listener: (error?: unknown) => void): this;
  connect(done: (error: unknown) => void): void;
  /** Encrypts what follows; replaced to look at the server's certificate. */
  startTLS(onSecure: (error?: Error) => void): void;
  query(
    options: Readonly<Record<string, unknown>>,
    done?: (error: unknown, rows: unknown, fields: unknown) => void,
  ): RawCommand;
  prepare(options: { sql: string }, done: Callback<RawStatement>): void;
  writePacket(packet: unknown): void;
  end(done?: () => void): void;
}
