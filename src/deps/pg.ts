// The PostgreSQL client of the direct channel. Why not npm:postgres, which is smaller: an error that the server reports at
// the end of a COPY gets lost there, and the copy never ends. quiet_env comes first: pg asks for variables when it loads.
import "./quiet_env.ts";
import pg from "npm:pg@8.16.3";
import { from } from "npm:pg-copy-streams@7.0.0";

/** A connection. */
export const PgClient: typeof pg.Client = pg.Client;
export type PgClient = pg.Client;
/** A stream into `COPY … FROM STDIN`, for `PgClient.query`. */
export const copyFrom: typeof from = from;
