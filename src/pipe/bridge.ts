/**
 * Carries the messages between host and sandbox over a pair of pipes, ports
 * included: each port in a message becomes a channel, and on the other side a
 * port again. Neither end of a port notices that a process lies between.
 *
 * @module
 */
import { encodeError, OsirisError } from "../error.ts";
import { Bodies, commonBuffer } from "./bodies.ts";
import {
  type Fill,
  FRAME,
  type Frame,
  frameStart,
  readFrame,
  requireSize,
  type Tags,
  type Write,
} from "./frame.ts";
import { BatchDecoder, BatchEncoder } from "./table.ts";
import { decodeValue, type Encoded, encodeValue } from "./value.ts";

/** What a bridge is made of. */
export interface BridgeOptions {
  readonly fill: Fill;
  readonly write: Write;
  /** Tags of the frames that are read, and of those that are written. */
  readonly tags: { readonly read: Tags; readonly write: Tags };
  /** Which end it is: channels of the host are even, of the sandbox odd. */
  readonly isHost: boolean;
  /** Hears the messages of the line itself. Ports in it were made here. */
  readonly hear: (message: unknown, transfer: Transferable[]) => void;
  /** Hears why the sandbox has ended, from the thread beside it. */
  readonly died?: (error: unknown) => void;
  /** Hears what the thread beside the sandbox notes. */
  readonly noted?: (note: unknown) => void;
  /** Hears what the sandbox's process takes, from the thread beside it. */
  readonly used?: (usage: unknown) => void;
}

/** Channels that may be open at once. */
const MAX_CHANNELS = 4096;

interface Channel {
  readonly port: MessagePort;
  readonly encoder: BatchEncoder;
  readonly decoder: BatchDecoder;
  /** A buffer whose content has been passed on. */
  spare: ArrayBuffer | undefined;
}

/** One end of a bridge. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #channels = new Map<number, Channel>();
  #nextId: number;
  readonly #bodies = new Bodies();
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#nextId = options.isHost ? 2 : 1;
  }

  /**
   * Reads until the other end closes its pipe.
   *
   * @throws {OsirisError} `driver/protocol` when what comes is not of the protocol.
   */
  async run(): Promise<void> {
    const { fill, tags } = this.#options;
    const bodyOf = (bytes: number): ArrayBuffer => this.#bodies.take(bytes);
    for (;;) {
      const frame = await readFrame(
        fill,
        tags.read,
        bodyOf,
      );
      if (frame === null || this.#isClosed) return;
      try {
        this.#take(frame);
      } catch (cause) {
        if (cause instanceof OsirisError) throw cause;
        throw new OsirisError(
          "driver/protocol",
          "Cannot read from the sandbox: malformed message",
          { cause },
        );
      }
    }
  }

  /** Sends a message on the line itself. @throws {TypeError} when it can't be sent. */
  post(message: unknown): void {
    this.#sendValue(0, message);
  }

  /** Says why the sandbox has ended. */
  postDeath(error: OsirisError): void {
    this.#sendValue(0, encodeError(error), FRAME.died);
  }

  /** Says something for the other end's own use: the sandbox can't. */
  note(message: unknown): void {
    this.#sendValue(0, message, FRAME.note);
  }

  /** Says what this process takes: the sandbox can't. */
  tellUsage(usage: unknown): void {
    this.#sendValue(0, usage, FRAME.usage);
  }

  /** Lets go of all ports. */
  close(): void {
    this.#isClosed = true;
    for (const { port } of this.#channels.values()) port.close();
    this.#channels.clear();
  }

  #take({ kind, channel: id, head, body }: Frame): void {
    if (kind === FRAME.died) {
      return this.#options.died?.(this.#decode(head, body).value);
    }
    if (kind === FRAME.note) {
      return this.#options.noted?.(this.#decode(head, body).value);
    }
    if (kind === FRAME.usage) {
      return this.#options.used?.(this.#decode(head, body).value);
    }
    if (id === 0) {
      const { value, transfer } = this.#decode(head, body);
      return this.#options.hear(value, transfer);
    }
    const channel = this.#channels.get(id);
    if (!channel) return; // said before the other end heard that it is closed
    if (kind === FRAME.schema) return channel.decoder.schema(head);
    if (kind === FRAME.batch) {
      const v = channel.decoder.batch(head, body);
      return channel.port.postMessage({ t: "item", v }, [body]);
    }
    if (kind !== FRAME.value) throw new RangeError("unknown kind");
    const { value, transfer } = this.#decode(head, body);
    this.#pass(id, channel, value, transfer);
  }

  /** Hands a message to the port. A credit takes along a buffer to be filled again. */
  #pass(
    id: number,
    channel: Channel,
    value: unknown,
    transfer: Transferable[],
  ): void {
    const { t } = (value ?? {}) as { t?: unknown };
    const { port, spare } = channel;
    if (t === "credit" && spare) {
      channel.spare = undefined;
      port.postMessage({ t, back: spare }, [spare]);
    } else port.postMessage(value, transfer);
    if (isLast(t)) this.#drop(id);
  }

  #decode(head: Uint8Array<ArrayBuffer>, body: ArrayBuffer): {
    value: unknown;
    transfer: Transferable[];
  } {
    return decodeValue(head, body, (id) => this.#open(id));
  }

  /** Makes the port of a channel that the other end has opened. */
  #open(id: number): MessagePort {
    const isTheirs = Number.isInteger(id) && id > 0 &&
      (id % 2 === 1) === this.#options.isHost;
    if (!isTheirs || this.#channels.has(id)) throw new RangeError("channel");
    const { port1, port2 } = new MessageChannel();
    this.#attach(id, port1);
    return port2;
  }

  /** Gives a channel to a port that goes to the other end. */
  #bind(port: MessagePort): number {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#attach(id, port);
    return id;
  }

  #attach(id: number, port: MessagePort): void {
    if (this.#channels.size >= MAX_CHANNELS) throw new RangeError("channels");
    const channel: Channel = {
      port,
      encoder: new BatchEncoder(),
      decoder: new BatchDecoder(),
      spare: undefined,
    };
    this.#channels.set(id, channel);
    port.onmessage = ({ data }: MessageEvent) =>
      this.#forward(id, channel, data);
  }

  #forward(id: number, channel: Channel, data: unknown): void {
    const { t, v } = (data ?? {}) as { t?: unknown; v?: unknown };
    try {
      if (t === "credit") {
        this.#bodies.giveBack((data as { back?: unknown }).back);
        this.#sendValue(id, { t }); // its buffer stays here
      } else if (t === "item" && isBatch(v)) this.#sendBatch(id, channel, v);
      else this.#sendItem(id, channel, data, v);
    } catch (thrown) {
      const error = thrown instanceof OsirisError ? thrown : new OsirisError(
        "driver/protocol",
        "Cannot pass a message on: it is malformed",
        { cause: thrown },
      );
      this.#sendValue(id, { t: "error", error: encodeError(error) });
    }
    if (isLast(t)) this.#drop(id);
  }

  #sendBatch(id: number, channel: Channel, value: unknown): void {
    const { schema, head, body, bodyBytes } = channel.encoder.encode(value);
    if (schema) this.#send(FRAME.schema, id, schema, [], 0);
    const sent = this.#send(FRAME.batch, id, head, body, bodyBytes);
    const buffer = commonBuffer(body);
    if (buffer) sent.then(() => channel.spare = buffer);
  }

  #sendItem(id: number, channel: Channel, data: unknown, item: unknown): void {
    const sent = this.#sendValue(id, data);
    if (!(item instanceof Uint8Array)) return;
    sent.then(() => channel.spare = item.buffer as ArrayBuffer);
  }

  #sendValue(
    id: number,
    message: unknown,
    kind: number = FRAME.value,
  ): Promise<void> {
    const encoded: Encoded = encodeValue(message, (port) => this.#bind(port));
    return this.#send(kind, id, encoded.head, encoded.body, encoded.bodyBytes);
  }

  #send(
    kind: number,
    id: number,
    head: Uint8Array,
    body: readonly Uint8Array<ArrayBuffer>[],
    bodyBytes: number,
  ): Promise<void> {
    requireSize(head.byteLength, bodyBytes); // before its tag is taken
    const { tags, write } = this.#options;
    const start = frameStart(tags.write(), kind, id, head, bodyBytes);
    const after = this.#writing.then(() =>
      this.#isClosed ? undefined : write([start, ...body])
    );
    // The other end is gone: whoever watches it says so.
    this.#writing = after.catch(() => {});
    return this.#writing;
  }

  #drop(id: number): void {
    this.#channels.get(id)?.port.close();
    this.#channels.delete(id);
  }
}

/** Whether a message is the last on its stream: `cancel` ends all others. */
function isLast(t: unknown): boolean {
  return t === "cancel" || t === "closed";
}

function isBatch(item: unknown): boolean {
  return typeof item === "object" && item !== null && "columns" in item;
}
