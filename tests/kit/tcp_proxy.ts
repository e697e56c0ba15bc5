/**
 * A loopback TCP proxy that breaks connections on request.
 *
 * A fault holds for every connection, open or to come, until `heal()` or the
 * next fault of its kind. Byte limits count per connection and direction, from the moment
 * the fault is set. `down` is what the target sends to the client, `up` the other way.
 *
 * @module
 */

import net from "node:net";
import { type Fault, Link } from "./tcp_link.ts";

/** The way that bytes go: `up` to the target, `down` to the client. */
export type Direction = "up" | "down";

/** Narrows a byte-limited fault. */
export interface FaultOptions {
  /** Whose bytes count; `down` when left out. */
  readonly direction?: Direction;
  /** Lets only the first connection that reaches the limit suffer, so that a retry succeeds. */
  readonly once?: boolean;
}

/** Narrows a fault that strikes at a turn. */
export interface TurnOptions {
  /** Lets only the first connection that gets there suffer. */
  readonly once?: boolean;
  /** Called as it strikes, before the client can notice: the moment to kill it. */
  readonly onStrike?: () => void;
}

/** Narrows a fault that strikes at a word. */
export interface WordOptions extends TurnOptions {
  /** Lets the target hear the word; only its answer is lost. */
  readonly isHeard?: boolean;
  /** How often clients may say the word before, over all connections. */
  readonly passes?: number;
}

/** Where the proxy leads. */
export interface ProxyOptions {
  /** A loopback server. */
  readonly target: { readonly host?: string; readonly port: number };
}

/** A running proxy; `await using` closes it. */
export interface TcpProxy extends AsyncDisposable {
  /** Always `127.0.0.1`. */
  readonly host: string;
  /** The port to connect to; stays the same through `refuse()` and `heal()`. */
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** Bytes passed on so far, over all connections. */
  readonly bytes: { readonly up: number; readonly down: number };
  /** How often a fault has struck. */
  readonly strikes: number;
  /** Holds each chunk back for so many milliseconds, both ways. */
  delay(ms: number): void;
  /** Passes on no more than so many bytes a second, per connection and direction. */
  throttle(bytesPerSecond: number): void;
  /** Passes on `bytes` bytes, then resets both ends (RST). */
  resetAfter(bytes: number, options?: FaultOptions): void;
  /** Passes on `bytes` bytes, then swallows everything both ways and says nothing: a black hole. */
  dropAfter(bytes: number, options?: FaultOptions): void;
  /** Passes on `bytes` bytes, then ends that direction (FIN) while the other goes on. */
  halfClose(bytes: number, options?: FaultOptions): void;
  /**
   * Passes on `turns` turns of a connection, then resets both ends. What one
   * side says until the other does is a turn, so that turns are the phases of
   * any protocol of questions and answers.
   */
  resetAtTurn(turns: number, options?: TurnOptions): void;
  /** The same, but swallows everything from then on. */
  dropAtTurn(turns: number, options?: TurnOptions): void;
  /** The same, but ends the direction of that turn (FIN) while the other goes on. */
  halfCloseAtTurn(turns: number, options?: TurnOptions): void;
  /** Resets both ends when the client says `word`, before the target hears it or before the client hears the answer. */
  resetAtWord(word: RegExp, options?: WordOptions): void;
  /** Resets every open connection now. */
  resetAll(): void;
  /** Refuses new connections; open ones go on. */
  refuse(): Promise<void>;
  /** Takes all faults away and accepts again; a swallowed connection stays dead. */
  heal(): Promise<void>;
  /** Closes everything. */
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function startProxy({ target }: ProxyOptions): Promise<TcpProxy> {
  const proxy = new FaultProxy({ host: "127.0.0.1", ...target });
  await proxy.listen();
  return proxy;
}

class FaultProxy implements TcpProxy {
  readonly host = "127.0.0.1";
  readonly bytes = { up: 0, down: 0 };
  port = 0;
  connections = 0;
  strikes = 0;
  #said = 0;
  readonly #target: { host: string; port: number };
  readonly #links = new Set<Link>();
  #server: net.Server | undefined;
  #pace: { delayMs: number; bytesPerSecond: number } = {
    delayMs: 0,
    bytesPerSecond: Infinity,
  };
  #fault: Fault | undefined;

  constructor(target: { host: string; port: number }) {
    this.#target = target;
  }

  get open(): number {
    return this.#links.size;
  }

  async listen(): Promise<void> {
    const server = net.createServer(
      { allowHalfOpen: true },
      (client) => this.#accept(client),
    );
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(this.port, this.host, resolve);
    await promise;
    this.port = (server.address() as net.AddressInfo).port;
    this.#server = server;
  }

  delay(ms: number): void {
    this.#pace.delayMs = ms;
  }

  throttle(bytesPerSecond: number): void {
    this.#pace.bytesPerSecond = bytesPerSecond;
  }

  resetAfter(bytes: number, options: FaultOptions = {}): void {
    this.#set("reset", bytes, options);
  }

  dropAfter(bytes: number, options: FaultOptions = {}): void {
    this.#set("drop", bytes, options);
  }

  halfClose(bytes: number, options: FaultOptions = {}): void {
    this.#set("half-close", bytes, options);
  }

  resetAtTurn(turns: number, options: TurnOptions = {}): void {
    this.#set("reset", Infinity, { ...options, turns });
  }

  dropAtTurn(turns: number, options: TurnOptions = {}): void {
    this.#set("drop", Infinity, { ...options, turns });
  }

  halfCloseAtTurn(turns: number, options: TurnOptions = {}): void {
    this.#set("half-close", Infinity, { ...options, turns });
  }

  resetAtWord(word: RegExp, options: WordOptions = {}): void {
    this.#set("reset", Infinity, { ...options, word });
  }

  resetAll(): void {
    for (const link of this.#links) link.reset();
  }

  async refuse(): Promise<void> {
    // Closing waits for the open connections too, and those are to go on; so only the listening end is awaited.
    this.#server?.close();
    this.#server = undefined;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  async heal(): Promise<void> {
    this.#pace.delayMs = 0;
    this.#pace.bytesPerSecond = Infinity;
    this.#fault = undefined;
    if (this.#server === undefined) await this.listen();
  }

  async close(): Promise<void> {
    await this.refuse();
    for (const link of this.#links) link.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #set(
    kind: Fault["kind"],
    bytes: number,
    options: FaultOptions & Partial<Fault>,
  ): void {
    this.#fault = { direction: "down", once: false, ...options, kind, bytes };
    this.#said = 0;
    for (const link of this.#links) link.recount();
  }

  #accept(client: net.Socket): void {
    this.connections++;
    const link = new Link(
      client,
      net.connect({ ...this.#target, allowHalfOpen: true }),
      {
        pace: this.#pace,
        fault: () => this.#fault,
        passed: (direction, count) => this.bytes[direction] += count,
        said: () => this.#said++,
        struck: (fault) => {
          this.strikes++;
          if (fault.once && this.#fault === fault) this.#fault = undefined;
        },
        closed: () => this.#links.delete(link),
      },
    );
    this.#links.add(link);
  }
}
