/**
 * The harness' end of the kit's control line: starts and breaks servers on
 * behalf of tests that may not run programs. Loopback only, behind a token.
 *
 * @module
 */

import { startLocal } from "./start.ts";
import {
  freezeLocal,
  mountLocal,
  tmpfsAvailable,
  unmountLocal,
} from "./tmpfs.ts";
import type { KitRequest, RemoteServer } from "./remote.ts";
import type {
  ServerControl,
  ServerInfo,
  ServerKind,
  ServerOptions,
} from "./server.ts";

/** The line, for as long as the tests run. */
export interface KitControl {
  /** What the tests get as `OSIRIS_TEST_KIT`. */
  readonly url: string;
  /** How many servers were started over it. */
  readonly started: number;
  /** Closes the line; the servers end with the run folder. */
  close(): Promise<void>;
}

/** Folders of the shared servers within the run folder. */
export const SHARED_FOLDER: Readonly<Record<ServerKind, string>> = {
  mariadb: "shared-mariadb",
  postgres: "shared-postgres",
};

type Body = {
  id: number;
  kind: ServerKind;
  options: ServerOptions;
  signal?: Deno.Signal;
  mebibytes: number;
  path: string;
};

/** Opens the line on a free loopback port. */
export function openControl(): KitControl {
  const servers = new Map<number, ServerControl>();
  const shared = new Map<ServerKind, Promise<ServerInfo>>();
  let started = 0;

  const start = async (
    kind: ServerKind,
    options: ServerOptions,
    name?: string,
  ): Promise<RemoteServer> => {
    const id = ++started;
    const server = await startLocal(kind, options, name);
    servers.set(id, server);
    return { id, info: server.info };
  };
  const server = (id: number): ServerControl => {
    const found = servers.get(id);
    if (found === undefined) {
      throw new Error(`Cannot reach server ${id}: never started`);
    }
    return found;
  };
  const actions: Record<KitRequest, (body: Body) => unknown> = {
    // Started at the first wish and then kept, so that runs without databases start none.
    shared({ kind }): Promise<ServerInfo> {
      const info = shared.get(kind) ??
        start(kind, { tls: true }, SHARED_FOLDER[kind]).then((server) =>
          server.info
        );
      shared.set(kind, info);
      return info;
    },
    start: ({ kind, options }) => start(kind, options),
    info: ({ id }) => server(id).info,
    kill: ({ id, signal }) => server(id).kill(signal),
    async restart({ id }): Promise<ServerInfo> {
      await server(id).restart();
      return server(id).info;
    },
    stop: ({ id }) => server(id).stop(),
    log: ({ id }) => server(id).log(),
    mount: ({ mebibytes }) => mountLocal(mebibytes),
    freeze: ({ path }) => freezeLocal(path),
    unmount: ({ path }) => unmountLocal(path),
    tmpfsAvailable: () => tmpfsAvailable(),
  };

  const token = crypto.randomUUID();
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const [given, action] = new URL(request.url).pathname.slice(1).split("/");
      if (given !== token || !(action in actions)) {
        return new Response(null, {
          status: 404,
        });
      }
      try {
        const result = await actions[action as KitRequest](
          await request.json(),
        );
        return Response.json({ result: result ?? null });
      } catch (error) {
        return Response.json({
          error: error instanceof Error ? error.message : String(error),
        });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${listener.addr.port}/${token}`,
    get started(): number {
      return started;
    },
    close: () => listener.shutdown(),
  };
}
