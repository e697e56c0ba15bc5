/**
 * The tests' end of the kit's control line: asks the harness (`tests/run.ts`),
 * which holds the permissions, to start and break servers.
 *
 * Why: the tests run under narrow permissions, as the product does. With the
 * harness outside they need no permission to run programs, only loopback and
 * the variable `OSIRIS_TEST_KIT`.
 *
 * @module
 */

import type {
  ServerControl,
  ServerInfo,
  ServerKind,
  ServerOptions,
} from "./server.ts";

/** Everything that can be asked of the harness. */
export type KitRequest =
  | "shared"
  | "start"
  | "info"
  | "kill"
  | "restart"
  | "stop"
  | "log"
  | "mount"
  | "freeze"
  | "unmount"
  | "tmpfsAvailable";

/** A started server as it is named on the control line. */
export interface RemoteServer {
  /** The harness' number for it. */
  readonly id: number;
  /** Where it is. */
  readonly info: ServerInfo;
}

/** The harness' address, or undefined when the tests were started without it. */
export function kitUrl(): string | undefined {
  return readEnv("OSIRIS_TEST_KIT");
}

/** Reads a variable; one that may not be read is as good as unset. */
export function readEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) || undefined : undefined;
}

/** Asks the harness; what it throws is thrown here. */
export async function callKit(
  request: KitRequest,
  body: Record<string, unknown>,
): Promise<unknown> {
  const url = kitUrl();
  if (url === undefined) {
    throw new Error("Cannot ask the test harness: OSIRIS_TEST_KIT is not set");
  }
  const response = await fetch(`${url}/${request}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  const answer = await response.json() as { result?: unknown; error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result;
}

/** Starts a private server in the harness. */
export async function startRemote(
  kind: ServerKind,
  options: ServerOptions,
): Promise<ServerControl> {
  const { id, info } = await callKit("start", {
    kind,
    options,
  }) as RemoteServer;
  let latest = info;
  return {
    get info(): ServerInfo {
      return latest;
    },
    async kill(signal): Promise<void> {
      await callKit("kill", { id, signal });
    },
    async restart(): Promise<void> {
      latest = await callKit("restart", { id }) as ServerInfo;
    },
    async stop(): Promise<void> {
      await callKit("stop", { id });
    },
    async log(): Promise<string> {
      return await callKit("log", { id }) as string;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await callKit("stop", { id });
    },
  };
}
