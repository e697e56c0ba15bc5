/**
 * Starts a private server, here or through the harness.
 *
 * @module
 */

import { startLocalMariadb } from "./mariadb_server.ts";
import { startLocalPostgres } from "./postgres_server.ts";
import { kitUrl, startRemote } from "./remote.ts";
import type { ServerControl, ServerKind, ServerOptions } from "./server.ts";

/** Starts a server by the harness if there is one, else as a process of our own. */
export function startServer(
  kind: ServerKind,
  options: ServerOptions,
): Promise<ServerControl> {
  return kitUrl() === undefined
    ? startLocal(kind, options)
    : startRemote(kind, options);
}

/**
 * Starts a server as a process of our own; it ends with us at the latest.
 *
 * @param name Names its folder in the run folder, for whoever has to know it beforehand.
 */
export async function startLocal(
  kind: ServerKind,
  options: ServerOptions,
  name?: string,
): Promise<ServerControl> {
  const { state } = await Deno.permissions.query({ name: "run" });
  if (state !== "granted") {
    throw new Error(
      "Cannot start a server under narrow permissions: run the tests with `deno run -A --no-prompt tests/run.ts`",
    );
  }
  const start = kind === "mariadb" ? startLocalMariadb : startLocalPostgres;
  return await start(options, name);
}
