/**
 * Runs a step's driver in this very thread, with all of its permissions: for
 * drivers that an importing script passes as objects, which can't cross to
 * another thread. Reported as unsandboxed.
 *
 * @module
 */
import type { Driver } from "../driver/driver.ts";
import { attach } from "../worker/attach.ts";
import type { Sandbox } from "./sandbox.ts";

/** Starts a driver inline. @param load Gives the driver. */
export function launchInline(load: () => Promise<Driver>): Sandbox {
  const { port1: host, port2: guest } = new MessageChannel();
  attach(guest as unknown as Parameters<typeof attach>[0], {
    load,
    holdLock: () => Promise.resolve(),
  });
  return {
    isSandboxed: false,
    post: (message, transfer = []) => host.postMessage(message, transfer),
    listen(hear) {
      host.onmessage = ({ data }: MessageEvent) => hear(data);
      host.postMessage({ t: "hello", lock: "" });
    },
    stop(): Promise<boolean> {
      host.close();
      guest.close();
      return Promise.resolve(true);
    },
  };
}
