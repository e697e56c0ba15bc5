/**
 * Joins a server's live data, the means to talk with it and the power over it in one object.
 *
 * @module
 */

import type { ServerControl, ServerInfo } from "./server.ts";

/** Makes every field of the info a live property, so that `server.pid` is right after a restart. */
export function withInfo<T extends object>(
  access: T,
  info: () => ServerInfo,
): T & ServerInfo {
  for (const key of Object.keys(info()) as (keyof ServerInfo)[]) {
    Object.defineProperty(access, key, {
      get: () => info()[key],
      enumerable: true,
    });
  }
  return access as T & ServerInfo;
}

/** Adds the power to break and end the server. */
export function withControl<T extends object>(
  access: T,
  control: ServerControl,
): T & ServerControl {
  return Object.defineProperties(access, {
    info: { get: () => control.info },
    kill: { value: (signal?: Deno.Signal) => control.kill(signal) },
    restart: { value: () => control.restart() },
    stop: { value: () => control.stop() },
    log: { value: () => control.log() },
    [Symbol.asyncDispose]: { value: () => control.stop() },
  }) as T & ServerControl;
}
