/**
 * Sends requests in a step's stead. The step holds placeholders where its
 * connection has secrets; they are replaced here, in header values only, and
 * only for the hosts that the step's plan names.
 *
 * @module
 */
import { Sender } from "../channel/credit.ts";
import { OsirisError } from "../error.ts";
import { networkError } from "../network_error.ts";
import type { WireRequest, WireResponse } from "../protocol.ts";
import { isHeaderValue } from "./hear.ts";

/** Replaces the named secrets of a connection by placeholders. */
export interface Placeholders {
  /** The connection's fields as the sandbox may see them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Secret by placeholder. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Makes {@linkcode Placeholders} for those of `names` that are there. */
export function placeholders(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Placeholders {
  const secrets = new Map<string, string>();
  const hidden = names.filter((name) => typeof fields[name] === "string").map(
    (name) => {
      const placeholder = `osiris-secret-${name}-${crypto.randomUUID()}`;
      secrets.set(placeholder, fields[name] as string);
      return [name, placeholder] as const;
    },
  );
  return { fields: { ...fields, ...Object.fromEntries(hidden) }, secrets };
}

/**
 * Sends a request and gives its response; the body comes over a port.
 *
 * @param hosts `host:port` entries that may be reached.
 * @param ended Called when the body has been passed on, or there is none.
 * @throws {OsirisError} `driver/permission` for any other host.
 */
export async function sendRequest(
  request: WireRequest,
  secrets: ReadonlyMap<string, string>,
  hosts: readonly string[],
  signal: AbortSignal,
  ended: () => void = () => {},
): Promise<WireResponse> {
  const url = new URL(request.url);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  // Plain HTTP on the port of HTTPS would show the secrets to whoever listens.
  const isPlain = url.protocol === "http:" && port !== "443";
  const isKnown = (isPlain || url.protocol === "https:") &&
    hosts.includes(`${url.hostname}:${port}`);
  if (!isKnown) {
    throw new OsirisError(
      "driver/permission",
      `Cannot send request to "${url.host}": the step's connection names another host`,
    );
  }
  const headers = request.headers.map(([name, value]) =>
    [name, fill(value, secrets)] as [string, string]
  );
  // On a kept-alive connection that was closed without an answer, fetch sends a
  // POST again by itself: an append would double without anyone noticing.
  const client = isSafe(request.method)
    ? undefined
    : Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(url, {
    client,
    method: request.method,
    headers,
    // As a stream: a body that fetch holds whole is sent again, unasked, when a
    // kept connection closes without an answer, POST or not.
    body: request.body && streamOf(request.body),
    redirect: "manual",
    signal,
  } as RequestInit).catch((thrown) => {
    throw networkError(thrown, "send request", url.host);
  }).finally(() => client?.close());
  const isStreamed = hasBody(response);
  if (!isStreamed) ended();
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    port: isStreamed ? stream(response.body!, signal, ended) : null,
  };
}

function streamOf(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** Whether repeating a request changes nothing. */
function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function fill(value: string, secrets: ReadonlyMap<string, string>): string {
  let filled = value;
  for (const [placeholder, secret] of secrets) {
    filled = filled.replaceAll(placeholder, () => secret);
  }
  filled = filled.replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, ""); // as `fetch` would
  if (isHeaderValue(filled)) return filled;
  // Not by what `fetch` says of it, which holds the secret.
  throw new OsirisError(
    "connection/invalid",
    "Cannot send request: a secret of the connection can't stand in a header",
    { hint: "Look for line breaks or other signs that came in by copying" },
  );
}

/** Statuses that the `Response` constructor takes no body for. */
function hasBody({ status, body }: Response): boolean {
  return body !== null && ![101, 103, 204, 205, 304].includes(status);
}

function stream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  ended: () => void,
): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const sender = new Sender(port1, signal);
  (async () => {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      const own = chunk.slice(); // a chunk may be a view into a buffer that is still in use
      await sender.send(own, [own.buffer]);
    }
    sender.end(bytes);
  })().catch((cause) => {
    if (sender.isCancelled || signal.aborted) return;
    sender.fail(
      new OsirisError(
        "connection/lost",
        "Cannot read response: connection lost",
        { cause },
      ),
    );
  }).finally(ended);
  return port2;
}
