/**
 * One-way streams over a MessagePort with credits: the receiver grants as many
 * items as it can hold, so that a fast sender can't flood a slow receiver.
 *
 * Sender to receiver: `item`, then one `end` or `error`. Receiver to sender:
 * `credit` for each item taken, `cancel` when it wants no more. A port has no
 * close event when its other side dies; whoever watches the other side must
 * abort the `signal` given here.
 *
 * @module
 */
import {
  decodeError,
  encodeError,
  OsirisError,
  type WireError,
} from "../error.ts";

/** Items that may be on their way at once. */
export const CREDITS = 3;

/** The same where the way is long: out of a process, through the host, into another. */
export const FAR_CREDITS = 6;

type Down =
  | { readonly t: "item"; readonly v: unknown }
  | { readonly t: "end"; readonly count: number }
  | { readonly t: "error"; readonly error: WireError };

type Up =
  | { readonly t: "credit"; readonly back?: ArrayBuffer }
  | { readonly t: "cancel" };

/** The sending end of a stream. */
export class Sender {
  readonly #port: MessagePort;
  readonly #signal: AbortSignal;
  readonly #most: number;
  #credits: number;
  #stopped: OsirisError | undefined;
  #isDone = false;
  readonly #spare: ArrayBuffer[] = [];
  #wake: (() => void) | undefined;
  #isWaiting = false;

  /** @param signal Aborted when the sender's own step is to stop. */
  constructor(port: MessagePort, signal: AbortSignal, credits = CREDITS) {
    this.#port = port;
    this.#signal = signal;
    this.#most = this.#credits = credits;
    port.onmessage = ({ data }: MessageEvent<Up>) => this.#hear(data);
    signal.addEventListener("abort", () => {
      this.#wake?.();
      if (this.#isDone) port.close();
    }, { once: true });
  }

  /** A buffer of at least `bytes` bytes that the receiver has given back, if there is one. */
  takeSpare(bytes: number): ArrayBuffer | undefined {
    const index = this.#spare.findIndex((one) => one.byteLength >= bytes);
    return index < 0 ? undefined : this.#spare.splice(index, 1)[0];
  }

  /** Whether it waits for the receiver to take more. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Whether the receiver wants no more. */
  get isCancelled(): boolean {
    return this.#stopped !== undefined;
  }

  /**
   * Sends an item once there is a credit for it.
   *
   * @throws {OsirisError} `step/cancelled` when the receiver wants no more; the signal's reason when it is aborted.
   */
  async send(item: unknown, transfer: Transferable[] = []): Promise<void> {
    while (this.#credits === 0 && !this.#stopped && !this.#signal.aborted) {
      this.#isWaiting = true;
      await new Promise<void>((wake) => this.#wake = wake);
      this.#isWaiting = false;
    }
    this.#signal.throwIfAborted();
    if (this.#stopped) throw this.#stopped;
    this.#credits--;
    this.#port.postMessage({ t: "item", v: item } satisfies Down, transfer);
  }

  /** Says that all went well. @param count Rows, or whatever the receiver is to check. */
  end(count: number): void {
    this.#last({ t: "end", count });
  }

  /** Says that there will be no more because of an error. */
  fail(error: OsirisError): void {
    this.#last({ t: "error", error: encodeError(error) });
  }

  /**
   * Says the last word. The port stays open until the receiver has heard it:
   * its own end may not have been transferred yet, and could not be once this
   * one is closed.
   */
  #last(message: Down): void {
    this.#port.postMessage(message);
    this.#isDone = true;
    if (this.#signal.aborted || this.#stopped) this.#port.close();
  }

  #hear(message: Up): void {
    // A receiver that grants more than it holds would make us fill its memory.
    if (message?.t === "credit") {
      const { back } = message;
      if (back instanceof ArrayBuffer && this.#spare.length < this.#most) {
        this.#spare.push(back);
      }
      this.#credits = Math.min(this.#credits + 1, this.#most);
    } else if (message?.t === "cancel") {
      this.#stopped = new OsirisError(
        "step/cancelled",
        "Cannot send more: the receiver has stopped reading",
      );
      if (this.#isDone) this.#port.close();
    }
    this.#wake?.();
  }
}

/** The receiving end of a stream. Read it once, with `for await`. */
export class Receiver implements AsyncIterable<unknown> {
  readonly #port: MessagePort;
  readonly #signal: AbortSignal;
  readonly #credits: number;
  readonly #reuse: ((item: unknown) => ArrayBuffer) | undefined;
  readonly #queue: unknown[] = [];
  #isClosed = false;
  #ended: { count: number } | { error: unknown } | undefined;
  #isWaiting = false;
  #wake: (() => void) | undefined;

  /**
   * @param signal Aborted when the receiver's own step is to stop, or the sender is known to be dead.
   * @param reuse Gives the buffer of an item, which goes back to the sender when the next item is asked for.
   */
  constructor(
    port: MessagePort,
    signal: AbortSignal,
    credits = CREDITS,
    reuse?: (item: unknown) => ArrayBuffer,
  ) {
    this.#reuse = reuse;
    this.#port = port;
    this.#signal = signal;
    this.#credits = credits;
    port.onmessage = ({ data }: MessageEvent<Down>) => this.#hear(data);
    port.onmessageerror = () => this.#hear(null);
    signal.addEventListener("abort", () => this.#wake?.(), { once: true });
  }

  /** Whether somebody waits here for what the sender gives next. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Count that the sender gave at its end; undefined before, or after an error. */
  get count(): number | undefined {
    return this.#ended && "count" in this.#ended
      ? this.#ended.count
      : undefined;
  }

  /**
   * @throws {OsirisError} the sender's error; `driver/flooded` when it sends without credit; `driver/protocol` for anything else than the messages above.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, void> {
    try {
      while (true) {
        while (this.#queue.length === 0 && !this.#ended) {
          this.#signal.throwIfAborted();
          this.#isWaiting = true;
          await new Promise<void>((wake) => this.#wake = wake);
          this.#isWaiting = false;
        }
        this.#signal.throwIfAborted();
        if (this.#queue.length === 0) break;
        const item = this.#queue.shift();
        if (!this.#reuse) this.#port.postMessage({ t: "credit" } satisfies Up);
        yield item;
        if (this.#reuse) this.#giveBack(this.#reuse(item));
      }
      if (this.#ended && "error" in this.#ended) throw this.#ended.error;
    } finally {
      this.cancel();
    }
  }

  /**
   * Says that the sender has ended: its last message must have been sent. When
   * none comes within {@linkcode LATE_MS}, the stream ends with `driver/protocol`.
   */
  expectEnd(): void {
    let looks = 0;
    const look = (): void => {
      if (this.#ended) return clearInterval(timer);
      if (++looks < LATE_LOOKS || this.#queue.length > 0) return;
      clearInterval(timer);
      this.#end({ error: unfinished() });
    };
    // Many short waits rather than a long one: this thread may have been busy
    // while messages came, and must have had turns to take them.
    const timer = setInterval(look, LATE_MS / LATE_LOOKS);
  }

  /**
   * Sends a buffer back to be filled again: what is allocated anew for each item
   * piles up outside the heap until a collection comes.
   */
  #giveBack(back: ArrayBuffer): void {
    this.#port.postMessage({ t: "credit", back } satisfies Up, [back]);
  }

  /** Tells the sender to stop and lets go of the port. */
  cancel(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#port.postMessage({ t: "cancel" } satisfies Up);
    this.#ended ??= {
      error: new OsirisError("step/cancelled", "Cannot read on: cancelled"),
    };
    this.#queue.length = 0;
    this.#port.close();
  }

  #hear(message: Down | null): void {
    if (this.#ended) return;
    if (message?.t === "item" && this.#queue.length < this.#credits) {
      this.#queue.push(message.v);
      this.#wake?.();
    } else if (message?.t === "end" && Number.isSafeInteger(message.count)) {
      this.#end({ count: message.count });
    } else if (message?.t === "error") {
      this.#end({ error: decodeError(message.error) });
    } else {
      this.#queue.length = 0;
      this.#end({ error: misbehaved(message?.t === "item") });
      this.#port.close(); // what else it sends is not even taken out of the queue
    }
  }

  #end(how: { count: number } | { error: unknown }): void {
    this.#ended = how;
    this.#wake?.();
  }
}

/** How long the last message of a sender that has ended may take, and how often it is looked for. */
const LATE_MS = 1000;
const LATE_LOOKS = 20;

function unfinished(): OsirisError {
  return new OsirisError(
    "driver/protocol",
    "Cannot complete a stream: its sender has ended without ending it",
  );
}

function misbehaved(isFlood: boolean): OsirisError {
  return isFlood
    ? new OsirisError(
      "driver/flooded",
      "Cannot take more: the sender went past its credits",
    )
    : new OsirisError(
      "driver/protocol",
      "Cannot read a stream: malformed message",
    );
}
