/**
 * `context.fetch`: requests that the host sends in the sandbox's stead, so that
 * a secret can be put in outside the sandbox.
 *
 * @module
 */
import { Receiver } from "../channel/credit.ts";
import type { WireRequest, WireResponse } from "../protocol.ts";

/** Sends a request by way of the host. */
export interface RequestLine {
  /** Asks the host; `abort` is called when the caller gives up. */
  ask(
    request: WireRequest,
  ): { readonly answer: Promise<WireResponse>; abort(): void };
}

/** A `fetch` that goes over a {@linkcode RequestLine}. */
export function brokeredFetch(
  line: RequestLine,
  signal: AbortSignal,
  moved: () => void = () => {},
): typeof fetch {
  return async (input, init): Promise<Response> => {
    const request = new Request(input, init);
    const body = request.body === null
      ? null
      : new Uint8Array(await request.arrayBuffer());
    request.signal.throwIfAborted();
    const { answer, abort } = line.ask({
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      body,
    });
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => {
      abort();
      reject(request.signal.reason);
    };
    request.signal.addEventListener("abort", onAbort, { once: true });
    const { status, statusText, headers, port } = await Promise.race([
      answer,
      aborted,
    ]);
    const both = AbortSignal.any([signal, request.signal]);
    return new Response(port && bodyStream(port, both, moved), {
      status,
      statusText,
      headers: headers.map(([name, value]) => [name, value]),
    });
  };
}

function bodyStream(
  port: MessagePort,
  signal: AbortSignal,
  moved: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = new Receiver(port, signal)[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      moved();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await chunks.return();
    },
  });
}
