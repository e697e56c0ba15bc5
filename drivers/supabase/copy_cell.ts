/**
 * Writes values as fields of COPY's text format.
 *
 * @module
 */
import { Cell, copyHex, writeHex } from "./cell.ts";
import { isList, listLiteral } from "./list_literal.ts";
import type { Field } from "../../src/table/type.ts";
import type { Mapping } from "./mapping.ts";
import type { PgType } from "./pg_type.ts";

const encoder = new TextEncoder();
const BACKSLASH = 92;

/** What follows the backslash for a byte; 0 where none is needed. */
const ESCAPE = new Uint8Array(256);
for (
  const [byte, letter] of [[9, "t"], [10, "n"], [13, "r"], [
    BACKSLASH,
    "\\",
  ]] as const
) {
  ESCAPE[byte] = letter.charCodeAt(0);
}

/** Writes a field and no tab. */
export class CopyCell extends Cell {
  protected override readonly wrap = 8;
  protected override readonly growth: number;
  readonly #type: PgType;

  /** @param type The type of the column in the target. */
  constructor(field: Field, mapping: Mapping, mayRound: boolean, type: PgType) {
    super(field, mapping, mayRound);
    this.#type = type;
    // Each character of a list's element may be escaped for the list, and that again for the field.
    this.growth = mapping.form === "list" ? 5 : 2;
  }

  protected override writeNull(out: Uint8Array, at: number): number {
    out[at] = BACKSLASH;
    out[at + 1] = 78;
    return at + 2;
  }

  protected override writeQuote(_out: Uint8Array, at: number): number {
    return at;
  }

  protected override writeRaw(
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    if (this.mapping.form === "bytes") {
      out[at] = out[at + 1] = BACKSLASH;
      out[at + 2] = 120;
      return writeHex(bytes, start, end, out, at + 3);
    }
    if (this.mapping.form === "hex") {
      out[at] = out[at + 1] = BACKSLASH;
      out[at + 2] = 120;
      return copyHex(bytes, start, end, out, at + 3);
    }
    if (this.mapping.form === "list" && isList(bytes, start, end)) {
      const literal = encoder.encode(listLiteral(
        new TextDecoder().decode(bytes.subarray(start, end)),
        this.#type,
      ));
      return writeEscaped(literal, 0, literal.length, out, at);
    }
    return writeEscaped(bytes, start, end, out, at);
  }
}

function writeEscaped(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const escape = ESCAPE[byte];
    if (escape !== 0) out[at++] = BACKSLASH;
    out[at++] = escape === 0 ? byte : escape;
  }
  return at;
}
