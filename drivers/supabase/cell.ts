/**
 * Writes the values of one column, checked, as part of a row of text: what the
 * JSON of a request and the text of a COPY have in common.
 *
 * @module
 */
import type { Column } from "../../src/table/batch.ts";
import { isNull } from "../../src/table/batch.ts";
import { columnFormatter } from "../../src/table/formatter.ts";
import type { Field } from "../../src/table/type.ts";
import { fractionDigits, hexStart } from "./checks.ts";
import type { Mapping } from "./mapping.ts";

/** A value that its column in the target can't hold exactly. */
export class Misfit extends Error {
  constructor(readonly column: string) {
    super("a value does not fit");
  }
}

const encoder = new TextEncoder();

/** Writes the values of one column after another. */
export abstract class Cell {
  readonly field: Field;
  readonly mapping: Mapping;
  /** Most digits of a fraction written since this was last set to 0; of unproven columns only. */
  digits = 0;
  /** Values that the target rounds, as the user allows. */
  rounded = 0;
  readonly #mayRound: boolean;
  readonly #suffix: Uint8Array;
  readonly #formatter;
  #column: Column | null = null;
  /** Raw bytes of utf8, json and binary. */
  #data: Uint8Array = new Uint8Array(0);
  #offsets: Int32Array = new Int32Array(1);
  readonly #isRaw: boolean;

  /** @param mayRound Whether the user allows what the check refuses, where the target then rounds. */
  constructor(field: Field, mapping: Mapping, mayRound: boolean) {
    this.field = field;
    this.mapping = mapping;
    this.#mayRound = mayRound && mapping.isRounding === true;
    this.#suffix = encoder.encode(mapping.suffix ?? "");
    this.#formatter = columnFormatter(field.type);
    const { kind } = field.type;
    this.#isRaw = kind === "utf8" || kind === "json" || kind === "binary";
  }

  /** Sets the column that is read from. */
  bind(column: Column): void {
    this.#column = column;
    if (!this.#isRaw) return this.#formatter.bind(column);
    this.#data = column.data as Uint8Array;
    this.#offsets = column.offsets!;
  }

  /** Most bytes that the value in `row` takes. */
  size(row: number): number {
    const length = this.#isRaw
      ? this.#offsets[row + 1] - this.#offsets[row]
      : this.#formatter.size(row);
    return this.wrap + (this.#isRaw ? this.growth * length : length) +
      this.#suffix.length;
  }

  /** Writes the value in `row`. @returns where it ended. @throws {Misfit} */
  write(row: number, out: Uint8Array, at: number): number {
    if (
      isNull(this.#column!, row) || this.field.type.kind === "null"
    ) return this.writeNull(out, at);
    const { check, form } = this.mapping;
    if (this.#isRaw) {
      const start = this.#offsets[row], end = this.#offsets[row + 1];
      if (check && !check(this.#data, start, end)) this.#refuse();
      return this.writeRaw(this.#data, start, end, out, at);
    }
    const quote = form === "quoted" || form === "text";
    if (quote) at = this.writeQuote(out, at);
    const start = at;
    at = this.#formatter.write(row, out, at);
    if (check && !check(out, start, at)) this.#refuse();
    if (this.mapping.isUnproven) {
      const digits = fractionDigits(out, start, at);
      if (digits > this.digits) this.digits = digits;
    }
    if (this.mapping.isWhole) at = this.#wholePart(out, start, at);
    out.set(this.#suffix, at);
    at += this.#suffix.length;
    return quote ? this.writeQuote(out, at) : at;
  }

  #refuse(): void {
    if (!this.#mayRound) throw new Misfit(this.field.name);
    this.rounded++;
  }

  /** Cuts a fraction, which the check has seen to be zero; an exponent is written out. */
  #wholePart(out: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      if (out[at] === 46) return at;
      if (out[at] === 101) {
        const text = new TextDecoder().decode(out.subarray(start, end));
        const whole = encoder.encode(String(BigInt(Number(text))));
        out.set(whole, start);
        return start + whole.length;
      }
    }
    return end;
  }

  /** Bytes that stand around any value. */
  protected abstract readonly wrap: number;
  /** Most bytes that a byte of text can become. */
  protected abstract readonly growth: number;
  protected abstract writeNull(out: Uint8Array, at: number): number;
  protected abstract writeQuote(out: Uint8Array, at: number): number;
  /** Writes `bytes[start, end)` of a utf8, json or binary column in the mapping's form. */
  protected abstract writeRaw(
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number;
}

const HEX = encoder.encode("0123456789abcdef");

/** Writes bytes as hex digits. @returns where they ended. */
export function writeHex(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  for (let i = start; i < end; i++) {
    out[at++] = HEX[bytes[i] >> 4];
    out[at++] = HEX[bytes[i] & 15];
  }
  return at;
}

/** Copies hex digits without the `\x` before them. @returns where they ended. */
export function copyHex(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  const from = hexStart(bytes, start, end);
  out.set(bytes.subarray(from, end), at);
  return at + end - from;
}
