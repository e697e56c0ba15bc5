/**
 * Turns text of other encodings into UTF-8, chunk by chunk.
 *
 * @module
 */
import { textFault } from "./fault.ts";

/** Names of encodings that can be read and written. */
export const ENCODINGS = [
  "utf-8",
  "utf-8-sig",
  "utf-16",
  "utf-16le",
  "utf-16be",
  "ascii",
  "latin-1",
  "iso-8859-1",
] as const;

/** One of {@linkcode ENCODINGS}. */
export type Encoding = typeof ENCODINGS[number];

/**
 * The same text in UTF-8. What is UTF-8 already passes as it is, unchecked.
 *
 * @throws {OsirisError} `data/encoding` while reading what isn't text of the encoding.
 */
export function toUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  path: string,
): AsyncIterable<Uint8Array> {
  switch (encoding) {
    case "utf-8":
    case "utf-8-sig":
      return chunks;
    case "ascii":
      return fromAscii(chunks, path);
    case "latin-1":
    case "iso-8859-1":
      return fromLatin1(chunks);
    default:
      return fromUtf16(chunks, encoding, path);
  }
}

async function* fromAscii(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for await (const chunk of chunks) {
    const at = chunk.findIndex((byte) => byte > 127);
    if (at >= 0) {
      throw textFault(
        "data/encoding",
        { path, line: null, facts: { offset: offset + at } },
        `no ASCII at offset ${offset + at}`,
        "Set encoding to what the file is written in, such as utf-8",
      );
    }
    offset += chunk.length;
    yield chunk;
  }
}

/** Each byte is the code point of its number: true ISO 8859-1, not windows-1252. */
async function* fromLatin1(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const text = new Uint8Array(2 * chunk.length);
    let to = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte < 128) text[to++] = byte;
      else {
        text[to++] = 0xc0 | (byte >> 6);
        text[to++] = 0x80 | (byte & 63);
      }
    }
    yield text.subarray(0, to);
  }
}

/** A byte order mark decides; without one, `utf-16` is little-endian. */
async function* fromUtf16(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  path: string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let decoder: TextDecoder | undefined;
  let first: Uint8Array = new Uint8Array(0);
  try {
    for await (let chunk of chunks) {
      if (decoder === undefined) {
        chunk = first = joined(first, chunk);
        if (first.length < 2) continue;
        decoder = new TextDecoder(utf16Label(encoding, first), { fatal: true });
      }
      yield encoder.encode(decoder.decode(chunk, { stream: true }));
    }
    decoder ??= new TextDecoder("utf-16le", { fatal: true });
    yield encoder.encode(decoder.decode(first.length < 2 ? first : undefined));
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw textFault(
      "data/encoding",
      { path, line: null },
      "no valid UTF-16",
      "Set encoding to what the file is written in, such as utf-8",
    );
  }
}

function utf16Label(encoding: Encoding, start: Uint8Array): string {
  if (encoding !== "utf-16") return encoding;
  return start[0] === 0xfe && start[1] === 0xff ? "utf-16be" : "utf-16le";
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0 && b.length > 1) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
