/**
 * Reads settings in a worker, and shows that npm works there.
 *
 * @module
 */
import minimist from "npm:minimist@1.2.8";
import { settings } from "../mod.ts";

declare const self: {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: string): void;
};

self.onmessage = ({ data }) =>
  self.postMessage(JSON.stringify({
    ...settings(data),
    npm: minimist(["--ok"]).ok,
    read: Deno.permissions.querySync({ name: "read" }).state,
  }));
