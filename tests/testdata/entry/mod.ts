/**
 * A package with everything that makes a start from elsewhere hard: modules of
 * `@std`, of npm, data beside the code, and a worker with both.
 *
 * @module
 */
import { parse } from "jsr:@std/yaml@^1/parse";
import defaults from "./src/defaults.json" with { type: "json" };

/** Reads YAML over the defaults. */
export function settings(text: string): Record<string, unknown> {
  return { ...defaults, ...parse(text) as Record<string, unknown> };
}

/** Has a worker without permissions do the same. */
export function settingsByWorker(text: string): Promise<string> {
  const worker = new Worker(new URL("./src/worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: "none" },
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(text);
  return promise.finally(() => worker.terminate());
}
