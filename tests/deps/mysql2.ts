// The MySQL client that the test kit itself talks with; test-only, so that the kit never depends on src/.
export { createConnection } from "npm:mysql2@3.24.6/promise";
export type { Connection, FieldPacket } from "npm:mysql2@3.24.6/promise";
