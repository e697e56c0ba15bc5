/**
 * An HTTP server on a loopback port of its own that hands out files and keeps
 * a list of what it was asked for.
 *
 * @module
 */

/** A running server; `await using` ends it. */
export interface LoopbackServer extends AsyncDisposable {
  /** Where it is, with a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as in `--allow-net` and `--allow-import`. */
  readonly host: string;
  /** Paths asked for so far, each with the status of the answer: `/mod.ts 200`. */
  readonly requests: readonly string[];
}

/** Finds what is at a path, or `undefined` for nothing. */
export type Lookup = (
  path: string,
) => Promise<Uint8Array<ArrayBuffer> | string | undefined>;

const TYPES: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  yaml: "application/yaml",
  wasm: "application/wasm",
};

/** Starts a server whose answers come from `lookup`. */
export function serveLookup(lookup: Lookup): LoopbackServer {
  const requests: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      const body = request.method === "GET" ? await lookup(path) : undefined;
      const status = body === undefined ? 404 : 200;
      requests.push(`${path} ${status}`);
      const type = TYPES[path.split(".").at(-1)!] ?? "text/plain";
      const headers = { "content-type": `${type}; charset=utf-8` };
      return new Response(body ?? "Not found", { status, headers });
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    url: `http://${host}/`,
    host,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
