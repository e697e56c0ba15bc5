// The MySQL client: handshake, authentication, TLS, compression and commands.
// Pinned to the patch, since `drivers/mysql/packet_tap.ts` reads rows below its public interface.
import mysql2 from "npm:mysql2@3.24.6";

export { createConnection } from "npm:mysql2@3.24.6";
export type { Connection, ConnectionOptions } from "npm:mysql2@3.24.6";

/** Parameters of prepared statements with a type that the value alone doesn't tell. */
export const TypedParameter: { BIGINT(value: number | bigint): unknown } =
  mysql2.TypedParameter;
