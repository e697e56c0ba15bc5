/**
 * Writes one column of the input as the fields of LOAD DATA or as literals of
 * INSERT, after its conversions and checks.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { type Column, isNull } from "../../../src/table/batch.ts";
import {
  type ColumnFormatter,
  columnFormatter,
} from "../../../src/table/formatter.ts";
import { types } from "../../../src/table/type.ts";
import type { ColumnPlan } from "./column_plan.ts";

/** Ends a field, ends a line, and escapes the three: bytes that text hardly ever has. */
export const FIELD_END = 0x1f;
export const LINE_END = 0x1e;
export const ESCAPE = 0x1b;

/** What stands for NULL after {@linkcode ESCAPE}. */
const NULL_MARK = 78;

/** Counts a value of a column that was written although it isn't kept exactly. */
export type LossyCounter = (column: string) => void;

/** Writes the values of one column after another. */
export class FieldWriter {
  readonly plan: ColumnPlan;
  /** Whether values are bytes that may hold any of the special bytes. */
  readonly isBytes: boolean;
  readonly #formatter: ColumnFormatter;
  readonly #countLossy: LossyCounter;
  #column!: Column;
  #isDirty = false;
  #scratch = new Uint8Array(64);

  constructor(plan: ColumnPlan, countLossy: LossyCounter) {
    this.plan = plan;
    this.#countLossy = countLossy;
    const { kind } = plan.type;
    this.isBytes = kind === "utf8" || kind === "json" || kind === "binary";
    // Bytes go as they are; as text they would become hex.
    this.#formatter = columnFormatter(
      kind === "binary" ? types.utf8 : plan.type,
    );
  }

  /**
   * Takes a column and checks its values.
   *
   * @param firstRow Rows of the input before it, for messages.
   * @throws {OsirisError} `data/type`, `data/lossy`, `data/null-key`, `sql/constraint`
   */
  bind(column: Column, firstRow: number): void {
    let made = column;
    for (const conversion of this.plan.conversions) {
      const next = conversion.convert(made);
      if (typeof next === "number") {
        throw this.#fault("data/type", firstRow + next, conversion.state);
      }
      made = next;
    }
    this.#column = made;
    this.#refuseNull(firstRow);
    this.#formatter.bind(made);
    this.#isDirty = this.isBytes && hasSpecial(made);
    if (this.plan.rule !== null) this.#applyRule(firstRow);
  }

  /** Adds the bytes of the fields of rows `from` to `to` to `sizes[0…]`. */
  addSizes(from: number, to: number, sizes: Int32Array): void {
    this.#formatter.addSizes(from, to, sizes);
    if (this.#column.nullCount > 0) {
      for (let row = from; row < to; row++) {
        if (isNull(this.#column, row)) sizes[row - from] += 2;
      }
    }
    if (!this.#isDirty) return;
    const data = this.#column.data as Uint8Array;
    const offsets = this.#column.offsets!;
    for (let row = from; row < to; row++) {
      for (let i = offsets[row]; i < offsets[row + 1]; i++) {
        if (isSpecial(data[i])) sizes[row - from]++;
      }
    }
  }

  /** Writes the fields of rows `from` to `to`, each with `end` behind it, at `at[0…]`, and moves those on. */
  writeRows(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
    end: number,
  ): void {
    if (this.#isDirty) this.#writeEscaped(from, to, out, at);
    else this.#formatter.writeRows(from, to, out, at);
    const hasNulls = this.#column.nullCount > 0;
    for (let row = from, i = 0; row < to; row++, i++) {
      if (hasNulls && isNull(this.#column, row)) {
        out[at[i]++] = ESCAPE;
        out[at[i]++] = NULL_MARK;
      }
      out[at[i]++] = end;
    }
  }

  /** Most bytes of the literal of the value in `row`. */
  literalSize(row: number): number {
    if (isNull(this.#column, row)) return 4;
    // Each byte may need two, in hex or with one that escapes it; and quotes.
    return 2 * this.#formatter.size(row) + 3;
  }

  /** Writes the value in `row` as SQL. @returns where it ended. */
  writeLiteral(row: number, out: Uint8Array, at: number): number {
    if (isNull(this.#column, row)) return putAscii("NULL", out, at);
    const { kind } = this.plan.type;
    const { base } = this.plan.column;
    // In quotes the digits would be bits of characters (BIT), and 0 the year 2000.
    const isBare = kind === "int" || kind === "decimal" || kind === "float" ||
      base === "bit" || base === "year";
    if (isBare) {
      return this.#formatter.write(row, out, at);
    }
    if (kind === "binary") return this.#writeHex(row, out, at);
    const size = this.#formatter.size(row);
    if (this.#scratch.length < size) this.#scratch = new Uint8Array(2 * size);
    const end = this.#formatter.write(row, this.#scratch, 0);
    return putQuoted(this.#scratch, end, out, at);
  }

  #writeEscaped(
    from: number,
    to: number,
    out: Uint8Array,
    at: Int32Array,
  ): void {
    const data = this.#column.data as Uint8Array;
    const offsets = this.#column.offsets!;
    for (let row = from; row < to; row++) {
      let end = at[row - from];
      for (let i = offsets[row]; i < offsets[row + 1]; i++) {
        const byte = data[i];
        if (isSpecial(byte)) out[end++] = ESCAPE;
        out[end++] = byte;
      }
      at[row - from] = end;
    }
  }

  #writeHex(row: number, out: Uint8Array, at: number): number {
    const data = this.#column.data as Uint8Array;
    const offsets = this.#column.offsets!;
    let end = putAscii("x'", out, at);
    for (let i = offsets[row]; i < offsets[row + 1]; i++) {
      out[end++] = HEX.charCodeAt(data[i] >> 4);
      out[end++] = HEX.charCodeAt(data[i] & 15);
    }
    out[end++] = QUOTE;
    return end;
  }

  #refuseNull(firstRow: number): void {
    const column = this.#column;
    if (!this.plan.refusesNull || column.nullCount === 0) return;
    let row = 0;
    while (!isNull(column, row)) row++;
    if (this.plan.isKey) {
      throw this.#fault("data/null-key", firstRow + row, "NULL in a key");
    }
    throw this.#fault(
      "sql/constraint",
      firstRow + row,
      "NULL, which the column doesn't take",
    );
  }

  #applyRule(firstRow: number): void {
    for (let from = 0;;) {
      const row = this.#findFault(from);
      if (row < 0) return;
      if (!this.plan.isLossy) {
        throw this.#fault("data/lossy", firstRow + row, this.plan.rule!.state);
      }
      this.#countLossy(this.plan.name);
      from = row + 1;
    }
  }

  /** The first row at or after `from` whose value the column doesn't keep, or -1. */
  #findFault(from: number): number {
    const column = this.#column, rule = this.plan.rule!;
    if (rule.findFault !== undefined) return rule.findFault(column, from);
    const data = column.data as Uint8Array, offsets = column.offsets;
    for (let row = from; row < column.length; row++) {
      if (isNull(column, row)) continue;
      const isKept = offsets === null
        ? this.#acceptsText(row)
        : rule.accepts(data, offsets[row], offsets[row + 1]);
      if (!isKept) return row;
    }
    return -1;
  }

  #acceptsText(row: number): boolean {
    const size = this.#formatter.size(row);
    if (this.#scratch.length < size) this.#scratch = new Uint8Array(2 * size);
    const end = this.#formatter.write(row, this.#scratch, 0);
    return this.plan.rule!.accepts(this.#scratch, 0, end);
  }

  #fault(
    code: "data/type" | "data/lossy" | "data/null-key" | "sql/constraint",
    index: number,
    state: string,
  ): OsirisError {
    const column = this.plan.column.name;
    return new OsirisError(
      code,
      `Cannot write: column "${column}", row ${index + 1}: ${state}`,
      { hint: HINTS[code], details: { column, row: index + 1 } },
    );
  }
}

const HINTS = {
  "data/type": "Convert the column before it is written",
  "data/lossy":
    "Convert the column before it is written, or name it in allow_lossy",
  "data/null-key": "Fill the column, or take these rows out",
  "sql/constraint": "Fill the column, or leave it out by columns",
} as const;

const HEX = "0123456789abcdef";
const QUOTE = 39;
const BACKSLASH = 92;

function isSpecial(byte: number): boolean {
  return byte === FIELD_END || byte === LINE_END || byte === ESCAPE;
}

/** Whether any value holds a byte that has to be escaped. */
function hasSpecial(column: Column): boolean {
  const data = (column.data as Uint8Array)
    .subarray(column.offsets![0], column.offsets![column.length]);
  return data.includes(FIELD_END) || data.includes(LINE_END) ||
    data.includes(ESCAPE);
}

function putAscii(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes `bytes[0, length)` in quotes; quotes and backslashes inside are doubled. */
function putQuoted(
  bytes: Uint8Array,
  length: number,
  out: Uint8Array,
  at: number,
): number {
  let end = at;
  out[end++] = QUOTE;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE || byte === BACKSLASH) out[end++] = byte;
    out[end++] = byte;
  }
  out[end++] = QUOTE;
  return end;
}
