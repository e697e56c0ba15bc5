/**
 * Turns UTF-8 text into other encodings, chunk by chunk.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Batch, Column } from "../table/batch.ts";
import { isValid } from "../table/format/base.ts";
import type { Encoding } from "./encoding.ts";

/** Turns chunks of UTF-8, each of whole characters, into another encoding. */
export type Encode = (
  chunk: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer>;

const same: Encode = (chunk) => chunk;

/** How chunks are turned into an encoding; what it can't hold must have been refused before. */
export function encoderOf(encoding: Encoding): Encode {
  switch (encoding) {
    case "latin-1":
    case "iso-8859-1":
      return toLatin1;
    case "utf-16":
    case "utf-16le":
      return (chunk) => toUtf16(chunk, true);
    case "utf-16be":
      return (chunk) => toUtf16(chunk, false);
    default:
      return same;
  }
}

/** What stands at the start of a file: a byte order mark where the encoding's name promises one. */
export function markOf(encoding: Encoding): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8-sig") return Uint8Array.of(0xef, 0xbb, 0xbf);
  if (encoding === "utf-16") return Uint8Array.of(0xff, 0xfe);
  return new Uint8Array(0);
}

/**
 * Refuses text that an encoding can't hold.
 *
 * @param rowsBefore Rows of the batches before.
 * @throws {OsirisError} `data/encoding` with row and column.
 */
export function checkEncodable(
  batch: Batch,
  encoding: Encoding,
  rowsBefore: number,
): void {
  const limit = limitOf(encoding);
  if (limit === undefined) return;
  batch.columns.forEach((column, i) => {
    const name = batch.schema.fields[i].name;
    const { kind } = column.type;
    if (kind !== "utf8" && kind !== "json") return;
    const row = firstBeyond(column, limit);
    if (row !== undefined) {
      throw unencodable(encoding, name, rowsBefore + row + 1);
    }
  });
}

/** Refuses names that an encoding can't hold. @throws {OsirisError} `data/encoding` */
export function checkNames(names: readonly string[], encoding: Encoding): void {
  const limit = limitOf(encoding);
  if (limit === undefined) return;
  for (const name of names) {
    for (const character of name) {
      if (character.codePointAt(0)! > limit) {
        throw unencodable(encoding, name, 0);
      }
    }
  }
}

/** The last code point of an encoding that doesn't hold all. */
function limitOf(encoding: Encoding): number | undefined {
  if (encoding === "ascii") return 0x7f;
  return encoding === "latin-1" || encoding === "iso-8859-1" ? 0xff : undefined;
}

/** The first row with a code point beyond `limit`. */
function firstBeyond(column: Column, limit: number): number | undefined {
  const data = column.data as Uint8Array, offsets = column.offsets!;
  // C3 leads the last code points up to FF.
  const lead = limit === 0x7f ? 0x7f : 0xc3;
  for (let row = 0; row < column.length; row++) {
    if (!isValid(column.validity, row)) continue;
    for (let i = offsets[row]; i < offsets[row + 1]; i++) {
      if (data[i] > lead) return row;
    }
  }
  return undefined;
}

function toLatin1(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // Never longer than before, so that it goes into the same memory.
  let to = 0;
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i];
    chunk[to++] = byte < 0x80 ? byte : (byte & 3) << 6 | chunk[++i] & 63;
  }
  return chunk.subarray(0, to);
}

function toUtf16(
  chunk: Uint8Array,
  isLittle: boolean,
): Uint8Array<ArrayBuffer> {
  const text = decoder.decode(chunk);
  const bytes = new Uint8Array(2 * text.length);
  const [low, high] = isLittle ? [0, 1] : [1, 0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i + low] = unit;
    bytes[2 * i + high] = unit >> 8;
  }
  return bytes;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function unencodable(
  encoding: Encoding,
  column: string,
  row: number,
): OsirisError {
  const where = row === 0 ? "its name" : `row ${row}`;
  return new OsirisError(
    "data/encoding",
    `Cannot write CSV: column "${column}": ${where} has a character that ${encoding} doesn't have`,
    { hint: "Set encoding: utf-8", details: { row, column } },
  );
}
