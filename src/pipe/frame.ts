/**
 * Frames: how messages lie in a pipe. A frame has a header of fixed size, a
 * head (text or metadata) and a body (bytes that are not looked at on the way).
 *
 * Frames of a child carry tags, a sequence that only its trusted thread and the
 * host can tell: whatever else gets into the pipe is noticed, not obeyed.
 *
 * @module
 */
import { OsirisError } from "../error.ts";

/** What a frame holds. */
export const FRAME = {
  value: 0,
  schema: 1,
  batch: 2,
  died: 3,
  note: 4,
  usage: 5,
} as const;

/** A frame as it was read. */
export interface Frame {
  readonly kind: number;
  /** Which stream it belongs to; 0 is the line between host and sandbox. */
  readonly channel: number;
  readonly head: Uint8Array<ArrayBuffer>;
  /** May be longer than the body of a batch. */
  readonly body: ArrayBuffer;
}

/** Bytes of a header: tag (8), kind, channel, bytes of head, bytes of body (4 each). */
const HEADER_BYTES = 24;

/** Largest head and body: a row of any table must fit, a lie must not fill the memory. */
const MAX_HEAD = 64 << 20;
const MAX_BODY = 1 << 30;

/** Reads exactly so many bytes into a buffer (its own, if none is given that can hold them); null at the end of the pipe. */
export type Fill = (
  bytes: number,
  into?: ArrayBuffer,
) => Promise<ArrayBuffer | null>;

/** Writes pieces one after another; resolves when they may be used again. */
export type Write = (
  pieces: readonly Uint8Array<ArrayBuffer>[],
) => Promise<void> | void;

/** Gives the tags of one direction in order. */
export type Tags = () => bigint;

/** The tags that follow from a seed of four words. */
export function tagsFrom(seed: readonly bigint[]): Tags {
  const state = BigUint64Array.from(seed);
  const rotate = (x: bigint, by: bigint): bigint =>
    BigInt.asUintN(64, (x << by) | (x >> (64n - by)));
  return () => { // xoshiro256**
    const [s0, s1, s2, s3] = state;
    const tag = BigInt.asUintN(
      64,
      rotate(BigInt.asUintN(64, s1 * 5n), 7n) * 9n,
    );
    state[2] = s2 ^ s0;
    state[3] = s3 ^ s1;
    state[1] = s1 ^ state[2];
    state[0] = s0 ^ state[3];
    state[2] ^= BigInt.asUintN(64, s1 << 17n);
    state[3] = rotate(state[3], 45n);
    return tag;
  };
}

/**
 * Refuses what no frame can hold: its sizes would be written cut, and what
 * follows be taken for frames.
 *
 * @throws {OsirisError} `driver/protocol`
 */
export function requireSize(headBytes: number, bodyBytes: number): void {
  if (headBytes <= MAX_HEAD && bodyBytes <= MAX_BODY) return;
  throw new OsirisError(
    "driver/protocol",
    `Cannot pass a message on: it has more than ${MAX_BODY >> 20} MiB`,
    { hint: "Give smaller batches" },
  );
}

/** The bytes of a frame before its body. */
export function frameStart(
  tag: bigint,
  kind: number,
  channel: number,
  head: Uint8Array,
  bodyBytes: number,
): Uint8Array<ArrayBuffer> {
  const start = new Uint8Array(HEADER_BYTES + head.byteLength);
  const view = new DataView(start.buffer);
  view.setBigUint64(0, tag, true);
  view.setUint32(8, kind, true);
  view.setUint32(12, channel, true);
  view.setUint32(16, head.byteLength, true);
  view.setUint32(20, bodyBytes, true);
  start.set(head, HEADER_BYTES);
  return start;
}

/**
 * Reads the next frame.
 *
 * @param bodyBuffer Gives a buffer for the body of a batch, of as many bytes or more.
 * @returns null at the end of the pipe.
 * @throws {OsirisError} `driver/protocol` when what comes is no frame.
 */
export async function readFrame(
  fill: Fill,
  tags: Tags,
  bodyBuffer: (bytes: number) => ArrayBuffer | undefined = () => undefined,
): Promise<Frame | null> {
  const header = await fill(HEADER_BYTES);
  if (header === null) return null;
  const view = new DataView(header);
  const [headBytes, bodyBytes] = [
    view.getUint32(16, true),
    view.getUint32(20, true),
  ];
  const isOurs = view.getBigUint64(0, true) === tags();
  if (!isOurs || headBytes > MAX_HEAD || bodyBytes > MAX_BODY) {
    throw new OsirisError(
      "driver/protocol",
      "Cannot read from the sandbox: something else was written to its pipe",
    );
  }
  const head = headBytes === 0 ? new ArrayBuffer(0) : await fill(headBytes);
  const kind = view.getUint32(8, true);
  const body = bodyBytes === 0 ? new ArrayBuffer(0) : await fill(
    bodyBytes,
    kind === FRAME.batch ? bodyBuffer(bodyBytes) : undefined,
  );
  if (head === null || body === null) return null;
  return {
    kind,
    channel: view.getUint32(12, true),
    head: new Uint8Array(head),
    body,
  };
}
