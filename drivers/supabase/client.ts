/**
 * One project's API: supabase-js composes each request (address, headers,
 * filters), while bodies pass by it as bytes, both ways. It would read numbers
 * through doubles and rows into objects.
 *
 * Nothing is retried here; see `retry.ts`.
 *
 * @module
 */
import { createClient, type SupabaseClient } from "../../src/deps/supabase.ts";
import type { StepContext } from "../../src/driver/driver.ts";
import type { OsirisError } from "../../src/error.ts";
import { networkError } from "../../src/network_error.ts";
import { readWhole } from "./body.ts";
import type { Project } from "./options.ts";
import type { Composed } from "./composed.ts";
import { rootRequest } from "./plain_request.ts";

export type { Composed };
import { readRefusal, type Refusal } from "./refusal.ts";
import { RequestClock, type Waits } from "./waits.ts";

/** What comes with a request. */
export interface Sending {
  /** What is done, for messages: `read table "orders"`. */
  readonly action: string;
  /** JSON text in place of what supabase-js would send. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Preferences to add to the Prefer header. */
  readonly prefer?: readonly string[];
}

/** A success. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Rows in all or rows written, from Content-Range; null when it wasn't asked for. */
  readonly count: number | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** How a request ended. */
export type Outcome =
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** No whole answer. `isSent` is false when it never reached the server. */
  | {
    readonly kind: "lost";
    readonly error: OsirisError;
    readonly isSent: boolean;
  };

/** Options of an {@linkcode Api}. */
export interface ApiOptions {
  readonly context: Pick<StepContext, "fetch" | "signal">;
  readonly waits: Waits;
}

const MARK = "x-osiris-request";

interface Call {
  readonly sending: Sending;
  response?: Response;
  thrown?: unknown;
}

/** Sends requests to one project. */
export class Api {
  readonly project: Project;
  /** Composes requests. */
  readonly client: SupabaseClient;
  readonly #options: ApiOptions;
  readonly #calls = new Map<string, Call>();
  #ids = 0;
  #isReached = false;

  constructor(project: Project, options: ApiOptions) {
    this.project = project;
    this.#options = options;
    const token = project.jwt ?? project.key;
    this.client = createClient(project.url, project.key, {
      accessToken: () => Promise.resolve(token),
      global: { fetch: (input, init) => this.#fetch(input, init) },
    });
  }

  /**
   * Sends a request once.
   *
   * @throws the signal's reason when the step is stopped; `driver/permission`.
   */
  async send(composed: Composed, sending: Sending): Promise<Outcome> {
    const { context, waits } = this.#options;
    const id = String(++this.#ids);
    const call: Call = { sending };
    this.#calls.set(id, call);
    const timer = new RequestClock(waits, !this.#isReached);
    try {
      await composed.setHeader(MARK, id).retry(false)
        .abortSignal(AbortSignal.any([context.signal, timer.signal]));
      if (call.response === undefined) throw call.thrown;
      this.#isReached = true;
      timer.renew();
      return await this.#read(call.response, timer);
    } catch (thrown) {
      context.signal.throwIfAborted();
      return this.#lost(thrown, timer, sending);
    } finally {
      timer.stop();
      this.#calls.delete(id);
    }
  }

  /** Composes the request for the description of a schema. */
  root(schema: string): Composed {
    const send: typeof fetch = (input, init) =>
      this.#fetch(input as string, init);
    return rootRequest(this.project, schema, send);
  }

  async #read(response: Response, timer: RequestClock): Promise<Outcome> {
    const { status, headers } = response;
    const body = await readWhole(response, () => timer.renew());
    if (status >= 200 && status < 300) {
      const count = contentCount(headers.get("content-range"));
      return { kind: "done", answer: { status, headers, count, body } };
    }
    const text = new TextDecoder().decode(body);
    return { kind: "refused", refusal: readRefusal(status, headers, text) };
  }

  #lost(thrown: unknown, timer: RequestClock, { action }: Sending): Outcome {
    const { host } = this.project;
    const error: OsirisError = timer.error(action, host) ??
      networkError(thrown, action, host);
    if (error.code === "driver/permission") throw error;
    return { kind: "lost", error, isSent: !NEVER_SENT.has(error.code) };
  }

  async #fetch(
    input: URL | RequestInfo,
    init: RequestInit = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    const call = this.#calls.get(headers.get(MARK) ?? "");
    if (call === undefined) throw new TypeError("an unexpected request");
    headers.delete(MARK);
    const { body, prefer = [] } = call.sending;
    const all = [headers.get("prefer"), ...prefer].filter(Boolean);
    if (all.length > 0) headers.set("prefer", all.join(", "));
    try {
      call.response = await this.#options.context.fetch(input, {
        ...init,
        headers,
        redirect: "manual",
        // As a stream: fetch sends a body that it holds whole again, unasked,
        // when a kept connection closes without an answer, POST or not.
        ...(body !== undefined && { body: ReadableStream.from([body]) }),
      });
    } catch (thrown) {
      call.thrown = thrown;
      throw thrown;
    }
    // Only a shell of it is for supabase-js.
    return new Response(null, { status: 204 });
  }
}

/** Failures after which nothing has reached the server. */
const NEVER_SENT = new Set([
  "connection/refused",
  "connection/unknown-host",
  "connection/tls",
]);

/** The total in `0-24/3573458`. */
function contentCount(header: string | null): number | null {
  const total = /\/(\d+)$/.exec(header ?? "")?.[1];
  return total === undefined ? null : Number(total);
}
