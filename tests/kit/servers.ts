/**
 * The servers that all tests of a run share. Each test takes a database of its own there.
 *
 * They are started at the first wish: by the harness (`tests/run.ts`), once for
 * the whole run; without the harness, under `deno test -A`, once per test file.
 * `OSIRIS_TEST_MARIADB` and `OSIRIS_TEST_POSTGRES_SERVER` (a `ServerInfo` as
 * JSON) name servers that run already and win over both.
 *
 * @module
 */

import { accessMariadb, type MariadbAccess } from "./mariadb.ts";
import { accessPostgres, type PostgresAccess } from "./postgres.ts";
import { callKit, kitUrl, readEnv } from "./remote.ts";
import { startLocal } from "./start.ts";
import type { ServerInfo, ServerKind } from "./server.ts";

// One per test file by intent: that is what "shared" means.
const servers = new Map<ServerKind, Promise<ServerInfo>>();

/** The MariaDB of this run. Never change what belongs to the whole server: global variables, users. */
export async function sharedMariadb(): Promise<MariadbAccess> {
  const info = await shared("mariadb", "OSIRIS_TEST_MARIADB");
  return accessMariadb(() => info);
}

/** The PostgreSQL of this run. Never change what belongs to the whole server, but for roles named after your database. */
export async function sharedPostgres(): Promise<PostgresAccess> {
  const info = await shared("postgres", "OSIRIS_TEST_POSTGRES_SERVER");
  return accessPostgres(() => info);
}

function shared(kind: ServerKind, variable: string): Promise<ServerInfo> {
  const info = servers.get(kind) ?? locate(kind, variable);
  servers.set(kind, info);
  return info;
}

async function locate(kind: ServerKind, variable: string): Promise<ServerInfo> {
  const given = readEnv(variable);
  if (given !== undefined) return JSON.parse(given) as ServerInfo;
  if (kitUrl() !== undefined) {
    return await callKit("shared", { kind }) as ServerInfo;
  }
  return (await startLocal(kind, { tls: true })).info;
}
