// HTTP under the fixture: reads a request, writes an answer, and breaks the connection when told to.
// node:http and not Deno.serve, because faults need the socket itself.
import { Buffer } from "node:buffer";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Fault } from "./faults.ts";
import type { Answer } from "./request.ts";

/** One request off the wire. Header names are in lower case. */
export interface WireRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  bodyBytes: number;
}

/** What to send, and what is to go wrong while it is sent. */
export interface Outgoing {
  answer: Answer;
  fault?: Fault;
}

/** A running server. */
export interface Wire {
  port: number;
  /** Stops listening and drops every connection, hanging ones too. */
  close(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function listen(
  handle: (request: WireRequest) => Promise<Outgoing>,
): Promise<Wire> {
  const server: Server = createServer((message, response) => {
    // A client that has gone away is no concern of ours.
    message.on("error", () => {});
    response.on("error", () => {});
    readRequest(message).then(async (request) => {
      if (request) {
        await send(message, response, request, await handle(request));
      }
    }).catch((error) => {
      response.writeHead(500, { "Content-Type": "text/plain" });
      response.end(
        `the fixture failed: ${error instanceof Error ? error.stack : error}`,
      );
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Undefined if the client left before the request was whole. */
async function readRequest(
  message: IncomingMessage,
): Promise<WireRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    return undefined;
  }
  const bytes = Buffer.concat(chunks);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) {
      headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
  }
  return {
    method: message.method ?? "GET",
    url: new URL(message.url ?? "/", "http://localhost"),
    headers,
    body: bytes.toString("utf8"),
    bodyBytes: bytes.length,
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function send(
  message: IncomingMessage,
  response: ServerResponse,
  request: WireRequest,
  out: Outgoing,
): Promise<void> {
  const { answer, fault } = out;
  if (fault?.kind === "lost-answer" && fault.how === "hang") return;
  if (fault?.kind === "lost-answer" || fault?.kind === "refuse") {
    message.socket.destroy();
    return;
  }
  const body = Buffer.from(request.method === "HEAD" ? "" : answer.body);
  const hasLength = request.method !== "HEAD" && answer.status !== 204;
  response.writeHead(answer.status, {
    ...(hasLength ? { "Content-Length": `${body.length}` } : {}),
    "Access-Control-Allow-Origin": "*",
    ...answer.headers,
  });
  if (fault?.kind === "reset") {
    await sendAndReset(message, response, body.subarray(0, fault.afterBytes));
  } else if (fault?.kind === "trickle") {
    await trickle(response, body, fault.bytes, fault.pauseMs);
  } else response.end(body);
}

async function sendAndReset(
  message: IncomingMessage,
  response: ServerResponse,
  part: Buffer,
): Promise<void> {
  response.flushHeaders();
  if (part.length) {
    await new Promise((resolve) => response.write(part, resolve));
  }
  // What was written must leave before the reset, or the client may see none of it.
  await pause(20);
  message.socket.resetAndDestroy?.();
  message.socket.destroy();
}

async function trickle(
  response: ServerResponse,
  body: Buffer,
  bytes: number,
  pauseMs: number,
): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await pause(pauseMs);
  }
  response.end();
}
