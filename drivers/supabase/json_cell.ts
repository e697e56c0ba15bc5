/**
 * Writes values as members of JSON objects.
 *
 * @module
 */
import type { Field } from "../../src/table/type.ts";
import { Cell, copyHex, writeHex } from "./cell.ts";
import { isList } from "./list_literal.ts";
import type { Mapping } from "./mapping.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const HEX_START = encoder.encode('"\\\\x');
const QUOTE = 34, BACKSLASH = 92;

/** What follows the backslash for a byte; 0 where none is needed, 117 for `\u00XX`. */
const ESCAPE = new Uint8Array(256);
ESCAPE.fill(117, 0, 32);
for (
  const [byte, letter] of [[8, "b"], [9, "t"], [10, "n"], [12, "f"], [
    13,
    "r",
  ]] as const
) {
  ESCAPE[byte] = letter.charCodeAt(0);
}
ESCAPE[QUOTE] = QUOTE;
ESCAPE[BACKSLASH] = BACKSLASH;

/** Writes `"name":value`. */
export class JsonCell extends Cell {
  readonly #key: Uint8Array;
  protected override readonly wrap: number;
  protected override readonly growth: number;

  /** @param name The column's name in the target. */
  constructor(field: Field, mapping: Mapping, mayRound: boolean, name: string) {
    super(field, mapping, mayRound);
    this.#key = encoder.encode(`${JSON.stringify(name)}:`);
    this.wrap = this.#key.length + 8;
    this.growth = mapping.form === "text" || mapping.form === "list" ? 6 : 2;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    const key = this.#key;
    for (let i = 0; i < key.length; i++) out[at + i] = key[i];
    return super.write(row, out, at + key.length);
  }

  protected override writeNull(out: Uint8Array, at: number): number {
    out.set(NULL, at);
    return at + NULL.length;
  }

  protected override writeQuote(out: Uint8Array, at: number): number {
    out[at] = QUOTE;
    return at + 1;
  }

  protected override writeRaw(
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    switch (this.mapping.form) {
      case "bytes":
        out.set(HEX_START, at);
        at = writeHex(bytes, start, end, out, at + HEX_START.length);
        out[at] = QUOTE;
        return at + 1;
      case "hex":
        out.set(HEX_START, at);
        at = copyHex(bytes, start, end, out, at + HEX_START.length);
        out[at] = QUOTE;
        return at + 1;
      case "list":
        if (!isList(bytes, start, end)) {
          return writeString(bytes, start, end, out, at);
        }
        out.set(bytes.subarray(start, end), at);
        return at + end - start;
      case "json":
        out.set(bytes.subarray(start, end), at);
        return at + end - start;
      default:
        return writeString(bytes, start, end, out, at);
    }
  }
}

function writeString(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  out[at++] = QUOTE;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const escape = ESCAPE[byte];
    if (escape === 0) out[at++] = byte;
    else {
      out[at++] = BACKSLASH;
      out[at++] = escape;
      if (escape === 117) {
        out[at++] = 48;
        out[at++] = 48;
        at = writeHex(bytes, i, i + 1, out, at);
      }
    }
  }
  out[at++] = QUOTE;
  return at;
}
