/**
 * What the test kit says about a database server, wherever it was started.
 *
 * @module
 */

import type { TlsOption } from "./certs.ts";

/** A server family that the kit can start. */
export type ServerKind = "mariadb" | "postgres";

/** Where a private server is and who may enter it: plain data, so that it passes between processes. */
export interface ServerInfo {
  /** Always `127.0.0.1`. */
  readonly host: string;
  /** TCP port; stays the same over restarts. */
  readonly port: number;
  /** Unix socket: the socket file (MariaDB), or the folder it is in (PostgreSQL). */
  readonly socket: string;
  /** An ordinary user who may do everything with databases and nothing with the server. */
  readonly user: string;
  /** Password of `user`: full of characters that URLs, SQL and shells trip over. */
  readonly password: string;
  /** The server's superuser. */
  readonly adminUser: string;
  /** Password of `adminUser`. */
  readonly adminPassword: string;
  /** The server's own folder; data, log and certificates are in it. */
  readonly folder: string;
  /** The data folder. */
  readonly datadir: string;
  /** Process id of the server; changes with a restart. */
  readonly pid: number;
  /** With the option `tls`: the certificate authority (PEM) that signed the server's certificate. */
  readonly tls?: { readonly ca: string };
}

/** How a server is to be started: plain data as well. */
export interface ServerOptions {
  /** Extra server arguments; they come last, so they win over the kit's own. */
  readonly args?: readonly string[];
  /** Waits for the disk at each commit; without it a commit survives the server's death, not the machine's. */
  readonly durable?: boolean;
  /** Offers TLS with a certificate by an authority of its own: for 127.0.0.1 and localhost, or for other names (`DNS:db.example`). */
  readonly tls?: TlsOption;
  /**
   * Puts the data on a file system of so many MiB, for tests of a full disk; needs `tmpfsAvailable()`. At least
   * 64. Fill it with ordinary rows: when values of many pages hit the end of the disk, InnoDB 10.11 aborts.
   */
  readonly diskMebibytes?: number;
}

/** Power over a running server. */
export interface ServerControl extends AsyncDisposable {
  /** The state now; read it again after `restart()`. */
  readonly info: ServerInfo;
  /**
   * Sends a signal, SIGKILL when left out, and waits for the server's end, except for
   * SIGSTOP and SIGCONT, which freeze and thaw it.
   */
  kill(signal?: Deno.Signal): Promise<void>;
  /** Starts the server again on the same data and port, after an orderly shutdown if it still runs. */
  restart(): Promise<void>;
  /** Ends the server at once and removes its folder. A second call does nothing. */
  stop(): Promise<void>;
  /** The server's own log so far. */
  log(): Promise<string>;
}

/** The fault-prone password that every kit server uses for its ordinary user. */
export const AWKWARD_PASSWORD = `p@ss/w:rd%'"\\ #&?$`;
