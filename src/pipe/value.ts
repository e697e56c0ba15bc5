/**
 * Messages as bytes: JSON for what JSON can say, marks for the rest, binary
 * data beside it. What structured clone takes between threads and our messages
 * use goes through as it is.
 *
 * @module
 */

/** A message in two parts. */
export interface Encoded {
  /** JSON with marks. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** Binary data, each piece a multiple of eight bytes long. */
  readonly body: readonly Uint8Array<ArrayBuffer>[];
  readonly bodyBytes: number;
}

type Marked = { readonly $: string; readonly [key: string]: unknown };

/** Deepest nesting of a message. */
const MAX_DEPTH = 256;

/** Characters of a message, counted wherever they appear: what it holds once may stand in it a million times. */
const MAX_CHARACTERS = 64 << 20;

/** As many as a value counts by itself. */
const VALUE = 16;

/** Bits of the longest whole number, and digits that it may have: longer ones take minutes to be written or read. */
const MAX_BITS = 4096;
const MAX_DIGITS = 1300;

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

type ViewName = keyof typeof VIEWS;

/**
 * Encodes a message.
 *
 * @param bind Gives a channel to a port in it.
 * @throws {TypeError} when it holds what no message may.
 */
export function encodeValue(
  value: unknown,
  bind: (port: MessagePort) => number,
): Encoded {
  const body: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  let left = MAX_CHARACTERS;
  const count = (characters: number): void => {
    left -= characters;
    if (left < 0) throw new TypeError("too much");
  };
  const binary = (
    buffer: ArrayBuffer,
    offset: number,
    bytes: number,
    kind: string,
  ): Marked => {
    const mark = { $: "b", at, bytes, kind };
    body.push(new Uint8Array(buffer, offset, bytes));
    const pad = -bytes & 7;
    if (pad > 0) body.push(new Uint8Array(pad));
    at += bytes + pad;
    return mark;
  };
  const encode = (item: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new TypeError("too deep");
    count(VALUE);
    switch (typeof item) {
      case "string":
        count(item.length);
        return item;
      case "boolean":
        return item;
      case "number":
        return Number.isFinite(item) ? item : { $: "n", v: String(item) };
      case "bigint":
        return { $: "i", v: digitsOf(item) };
      case "undefined":
        return { $: "u" };
      case "object":
        return item === null ? null : encodeObject(item, depth);
      default:
        throw new TypeError(`a ${typeof item} can't be sent`);
    }
  };
  const encodeObject = (item: object, depth: number): unknown => {
    if (Array.isArray(item)) {
      count(item.length * VALUE); // before it is walked: it may hold nothing
      return item.map((one) => encode(one, depth + 1));
    }
    if (item instanceof MessagePort) return { $: "p", id: bind(item) };
    if (item instanceof ArrayBuffer) {
      return binary(item, 0, item.byteLength, "ArrayBuffer");
    }
    if (ArrayBuffer.isView(item)) {
      const { buffer, byteOffset, byteLength } = item;
      const kind = Object.prototype.toString.call(item).slice(8, -1);
      if (!(buffer instanceof ArrayBuffer) || !(kind in VIEWS)) {
        throw new TypeError("such binary data can't be sent");
      }
      return binary(buffer, byteOffset, byteLength, kind);
    }
    if (item instanceof Date) return { $: "d", v: String(item.getTime()) };
    // What else is not plain is of no use to the other end, which must see that it isn't.
    if (Object.getPrototypeOf(item) !== Object.prototype) {
      const kind = Object.prototype.toString.call(item).slice(8, -1);
      return { $: "k", v: kind };
    }
    const entries = Object.entries(item).map(([key, one]) =>
      [key, encode(one, depth + 1)] as const
    );
    return Object.hasOwn(item, "$")
      ? { $: "o", v: entries }
      : Object.fromEntries(entries);
  };
  const head = new TextEncoder().encode(JSON.stringify(encode(value, 0)));
  return { head, body, bodyBytes: at };
}

/** A message read back, and what of it is to be transferred. */
export interface Decoded {
  readonly value: unknown;
  readonly transfer: Transferable[];
}

/**
 * Undoes {@linkcode encodeValue}. What it reads is untrusted.
 *
 * @param open Gives the port of a channel that the sender has bound.
 * @throws {TypeError | SyntaxError | RangeError} when it is no message.
 */
export function decodeValue(
  head: Uint8Array<ArrayBuffer>,
  body: ArrayBuffer,
  open: (id: number) => MessagePort,
): Decoded {
  const transfer: Transferable[] = body.byteLength > 0 ? [body] : [];
  const decode = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(decode);
    if (typeof item !== "object" || item === null) return item;
    if (Object.hasOwn(item, "$")) return marked(item as Marked);
    return Object.fromEntries(
      Object.entries(item).map(([key, one]) => [key, decode(one)]),
    );
  };
  const marked = (mark: Marked): unknown => {
    switch (mark.$) {
      case "u":
        return undefined;
      case "n":
        return Number(mark.v);
      case "i":
        return wholeNumber(mark.v);
      case "d":
        return new Date(Number(mark.v));
      case "k":
        return Object.create({ [Symbol.toStringTag]: String(mark.v) });
      case "o":
        return Object.fromEntries(
          (mark.v as [string, unknown][]).map(([key, one]) => [
            key,
            decode(one),
          ]),
        );
      case "b":
        return binary(body, mark);
      case "p": {
        const port = open(mark.id as number);
        transfer.push(port);
        return port;
      }
      default:
        throw new TypeError("unknown mark");
    }
  };
  return {
    value: decode(JSON.parse(new TextDecoder().decode(head))),
    transfer,
  };
}

function digitsOf(item: bigint): string {
  if (BigInt.asIntN(MAX_BITS, item) === item) return String(item);
  throw new TypeError("a number of so many digits can't be sent");
}

function wholeNumber(digits: unknown): bigint {
  if (typeof digits === "string" && digits.length <= MAX_DIGITS) {
    return BigInt(digits);
  }
  throw new RangeError("not a whole number");
}

function binary(body: ArrayBuffer, { at, bytes, kind }: Marked): unknown {
  const [from, length] = [Number(at), Number(bytes)];
  if (!(from >= 0 && length >= 0 && from + length <= body.byteLength)) {
    throw new RangeError("data outside the body");
  }
  if (kind === "ArrayBuffer") return body.slice(from, from + length);
  if (!Object.hasOwn(VIEWS, kind as string)) {
    throw new TypeError("unknown data");
  }
  const View = VIEWS[kind as ViewName];
  return new View(body, from, length / View.BYTES_PER_ELEMENT);
}
