/**
 * One connection through the fault proxy: two sockets, two directions, and the faults applied to them.
 *
 * @module
 */

import type net from "node:net";
import type { Direction } from "./tcp_proxy.ts";

/** A fault that strikes after so many bytes of one direction. */
export interface Fault {
  /** What happens then. */
  readonly kind: "reset" | "drop" | "half-close";
  /** How many bytes still pass. */
  readonly bytes: number;
  /** How many turns pass: what one side says until the other does is a turn. The bytes don't count then. */
  readonly turns?: number;
  /** What the client says when it strikes; neither bytes nor turns count then. */
  readonly word?: RegExp;
  /** With `word`: whether the target hears it and only its answer is lost. */
  readonly isHeard?: boolean;
  /** With `word`: how often it passes before. */
  readonly passes?: number;
  /** Whose bytes count. */
  readonly direction: Direction;
  /** Called as it strikes, before anything is done to the connection. */
  readonly onStrike?: () => void;
  /** Whether the first strike heals it. */
  readonly once: boolean;
}

/** What a link asks and tells the proxy that it belongs to. */
export interface LinkOwner {
  /** Shared by all links; read anew for each chunk. */
  readonly pace: { readonly delayMs: number; readonly bytesPerSecond: number };
  /** The fault that holds now. */
  fault(): Fault | undefined;
  /** Bytes were passed on. */
  passed(direction: Direction, count: number): void;
  /** Counts how often clients have said the fault's word. @returns how often before. */
  said(): number;
  /** The fault struck this link. */
  struck(fault: Fault): void;
  /** Both sockets are closed. */
  closed(): void;
}

/** Slices per second when throttled: enough to look even, few enough to cost nothing. */
const SLICES_PER_SECOND = 20;

/** Carries bytes between a client and the target until either is gone or a fault strikes. */
export class Link {
  readonly #client: net.Socket;
  readonly #target: net.Socket;
  readonly #owner: LinkOwner;
  readonly #counted = { up: 0, down: 0 };
  readonly #ended = { up: false, down: false };
  #turns = 0;
  #spoke: Direction | undefined;
  #wasSaid = false;
  #isBlackHole = false;
  #open = 2;

  constructor(client: net.Socket, target: net.Socket, owner: LinkOwner) {
    this.#client = client;
    this.#target = target;
    this.#owner = owner;
    for (
      const [from, to, direction] of [[client, target, "up"], [
        target,
        client,
        "down",
      ]] as const
    ) {
      from.setNoDelay(true);
      from.on("data", (chunk) => void this.#carry(from, to, direction, chunk));
      from.on("end", () => this.#finish(to, direction));
      // Whatever ends one side roughly ends the other in the same way.
      from.on("error", () => this.#isBlackHole || to.resetAndDestroy());
      from.on("close", () => --this.#open === 0 && owner.closed());
    }
  }

  /** Counts from zero again, for a fault just set. */
  recount(): void {
    this.#counted.up = this.#counted.down = 0;
    this.#turns = 0;
    this.#spoke = undefined;
  }

  /** Sends RST to both sides. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#target.resetAndDestroy();
  }

  /** Closes both sides. */
  destroy(): void {
    this.#client.destroy();
    this.#target.destroy();
  }

  async #carry(
    from: net.Socket,
    to: net.Socket,
    direction: Direction,
    chunk: Uint8Array,
  ): Promise<void> {
    if (this.#isBlackHole || this.#ended[direction]) return;
    if (this.#isLastTurn(to, direction)) return;
    if (this.#isLastWord(to, direction, chunk)) return;
    from.pause();
    const { delayMs, bytesPerSecond } = this.#owner.pace;
    if (delayMs > 0) await sleep(delayMs);
    const step = Math.max(
      1,
      Math.min(chunk.length, Math.floor(bytesPerSecond / SLICES_PER_SECOND)),
    );
    for (let start = 0; start < chunk.length; start += step) {
      const slice = chunk.subarray(start, start + step);
      if (bytesPerSecond < Infinity) {
        await sleep(1000 * slice.length / bytesPerSecond);
      }
      if (!await this.#pass(to, direction, slice)) break;
    }
    from.resume();
  }

  /** Counts turns, and strikes before one more than may pass. */
  #isLastTurn(to: net.Socket, direction: Direction): boolean {
    if (this.#spoke === direction) return false;
    this.#spoke = direction;
    const fault = this.#owner.fault();
    if (this.#turns++ !== fault?.turns) return false;
    this.#strike(fault, to, direction);
    return true;
  }

  /** Strikes where the client says the fault's word, or where that is answered. */
  #isLastWord(
    to: net.Socket,
    direction: Direction,
    chunk: Uint8Array,
  ): boolean {
    const fault = this.#owner.fault();
    if (fault?.word === undefined) return false;
    if (direction === "up") {
      // Bytes as characters: a word in a packet, whatever is around it.
      const text = new TextDecoder("latin1").decode(chunk);
      this.#wasSaid = fault.word.test(text) &&
        this.#owner.said() >= (fault.passes ?? 0);
    }
    if (!this.#wasSaid) return false;
    if (fault.isHeard && direction === "up") return false;
    this.#wasSaid = false;
    this.#strike(fault, to, direction);
    return true;
  }

  /** Passes on a slice, or as much of it as the fault allows; says whether to go on. */
  async #pass(
    to: net.Socket,
    direction: Direction,
    slice: Uint8Array,
  ): Promise<boolean> {
    if (this.#isBlackHole || this.#ended[direction]) return false;
    const fault = this.#owner.fault();
    const left = fault?.direction === direction
      ? fault.bytes - this.#counted[direction]
      : Infinity;
    const allowed = left < slice.length
      ? slice.subarray(0, Math.max(0, left))
      : slice;
    this.#counted[direction] += allowed.length;
    if (allowed.length > 0) {
      this.#owner.passed(direction, allowed.length);
      await written(to, allowed);
    }
    if (fault === undefined || left > slice.length) return true;
    this.#strike(fault, to, direction);
    return false;
  }

  #strike(fault: Fault, to: net.Socket, direction: Direction): void {
    fault.onStrike?.();
    this.#owner.struck(fault);
    if (fault.kind === "reset") this.reset();
    else if (fault.kind === "drop") this.#isBlackHole = true;
    else this.#finish(to, direction);
  }

  #finish(to: net.Socket, direction: Direction): void {
    if (this.#isBlackHole || this.#ended[direction]) return;
    this.#ended[direction] = true;
    to.end();
  }
}

/** Writes and waits until the socket has room again, or is gone. */
function written(socket: net.Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const done = (): void => {
      socket.off("close", done);
      resolve();
    };
    socket.once("close", done);
    socket.write(bytes, done);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
