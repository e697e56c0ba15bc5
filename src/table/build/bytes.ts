/**
 * Builds columns of variable width: utf8, json and binary.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import type {
  BytesColumnBuilder,
  GatheredText,
  GatherText,
  Value,
} from "../column_builder.ts";
import { isJson } from "../json_text.ts";
import type { LogicalType } from "../type.ts";
import { NullMask } from "./null_mask.ts";
import { lossy, wrongKind } from "./refuse.ts";

/** Most bytes of one column: what its 32-bit offsets reach. */
const MAX_BYTES = 0x7fff_ffff;

/** Up to this length a loop copies quicker than a call of the engine. */
const SHORT = 120;

/** Bytes after what is copied that a loop in steps of eight may touch. */
const SPARE = 8;

/** Builds columns of utf8, json (checked as text, kept byte for byte) and binary (hex as text). */
export class BytesBuilder implements BytesColumnBuilder {
  readonly type: LogicalType;
  length = 0;
  /** Bytes of values so far. */
  byteLength = 0;
  readonly #nulls = new NullMask();
  #room: number;
  #data: Uint8Array<ArrayBuffer>;
  #offsets: Int32Array<ArrayBuffer>;

  constructor(type: LogicalType, rows: number) {
    this.type = type;
    this.#room = Math.max(rows, 8);
    this.#data = new Uint8Array(this.#room * 16);
    this.#offsets = new Int32Array(this.#room + 1);
  }

  appendNull(): void {
    this.#nulls.mark(this.length);
    this.#close();
  }

  appendText(bytes: Uint8Array, start: number, end: number): boolean {
    const { kind } = this.type;
    if (kind === "binary") return this.#appendHex(bytes, start, end);
    if (kind === "json" && !isJson(bytes, start, end)) return false;
    this.appendBytes(bytes, start, end);
    return true;
  }

  appendBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#fit(end - start);
    copyBytes(bytes, start, end, this.#data, this.byteLength);
    this.byteLength += end - start;
    this.#close();
  }

  appendValue(value: Value): void {
    if (value === null) return this.appendNull();
    if (this.type.kind === "binary") {
      if (!(value instanceof Uint8Array)) throw wrongKind(this.type, value);
      return this.appendBytes(value, 0, value.length);
    }
    if (typeof value !== "string") throw wrongKind(this.type, value);
    if (!value.isWellFormed()) throw lossy(this.type);
    this.#fit(3 * value.length);
    const { written } = encoder.encodeInto(
      value,
      this.#data.subarray(this.byteLength),
    );
    const end = this.byteLength + written;
    if (
      this.type.kind === "json" && !isJson(this.#data, this.byteLength, end)
    ) {
      throw wrongKind(this.type, value);
    }
    this.byteLength = end;
    this.#close();
  }

  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
    gather?: GatherText,
  ): number {
    if (this.type.kind === "utf8") {
      const text = gather?.(first, step, rows, this.byteLength);
      if (text) this.#appendGathered(text, spans, first, step);
      else this.#appendPlain(bytes, spans, first, step, rows);
      return rows;
    }
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) this.appendNull();
      else if (!this.appendText(bytes, start, Math.max(start, end))) return row;
    }
    return rows;
  }

  finish(): Column {
    const { type, length } = this;
    const nullCount = this.#nulls.count;
    const used = this.byteLength;
    const isSparse = 2 * used < this.#data.length;
    const column: Column = {
      type,
      length,
      nullCount,
      validity: this.#nulls.take(length),
      data: isSparse ? this.#data.slice(0, used) : this.#data.subarray(0, used),
      offsets: this.#offsets.subarray(0, length + 1),
    };
    // The next column is likely to be as large as this one.
    if (!isSparse) this.#data = new Uint8Array(this.#data.length);
    this.#offsets = new Int32Array(this.#room + 1);
    this.length = 0;
    this.byteLength = 0;
    return column;
  }

  /** Appends texts that are gathered already, from spans that tell which are NULL. */
  #appendGathered(
    { data, ends, hasNull }: GatheredText,
    spans: Int32Array,
    first: number,
    step: number,
  ): void {
    const rows = ends.length;
    this.#fit(data.length);
    while (this.length + rows > this.#room) this.#growRows();
    this.#data.set(data, this.byteLength);
    this.#offsets.set(ends, this.length + 1);
    for (let row = 0, at = first; hasNull && row < rows; row++, at += step) {
      if (spans[at] === spans[at + 1]) this.#nulls.mark(this.length + row);
    }
    this.length += rows;
    this.byteLength += data.length;
  }

  /** The loop of `appendSpans` for text that needs no check. */
  #appendPlain(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): void {
    let total = 0;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const width = spans[at + 1] - spans[at];
      if (width > 0) total += width;
    }
    this.#fit(total + SPARE);
    while (this.length + rows > this.#room) this.#growRows();
    const data = this.#data, offsets = this.#offsets;
    const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const into = new DataView(data.buffer);
    const safeEnd = bytes.length - SPARE;
    let length = this.length, to = this.byteLength;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (end === start) this.#nulls.mark(length);
      else if (end - start > SHORT || end > safeEnd) {
        if (end > start) data.set(bytes.subarray(start, end), to);
      } else {
        // Eight bytes at a time; what is too much the next text overwrites.
        for (let i = start, j = to; i < end; i += 8, j += 8) {
          into.setBigInt64(j, from.getBigInt64(i, true), true);
        }
      }
      // An empty text has its end before its start, and no bytes.
      if (end > start) to += end - start;
      offsets[++length] = to;
    }
    this.length = length;
    this.byteLength = to;
  }

  #appendHex(bytes: Uint8Array, start: number, end: number): boolean {
    if (((end - start) & 1) === 1) return false;
    this.#fit((end - start) >> 1);
    let to = this.byteLength;
    for (let i = start; i < end; i += 2) {
      const high = hexDigit(bytes[i]), low = hexDigit(bytes[i + 1]);
      if ((high | low) > 15) return false;
      this.#data[to++] = high << 4 | low;
    }
    this.byteLength = to;
    this.#close();
    return true;
  }

  /** Ends the value of the present row. */
  #close(): void {
    if (this.length === this.#room) this.#growRows();
    this.#offsets[++this.length] = this.byteLength;
  }

  #growRows(): void {
    this.#room *= 2;
    const grown = new Int32Array(this.#room + 1);
    grown.set(this.#offsets);
    this.#offsets = grown;
  }

  /** Makes room for `more` bytes. */
  #fit(more: number): void {
    const needed = this.byteLength + more;
    if (needed <= this.#data.length) return;
    if (needed > MAX_BYTES) throw lossy(this.type);
    const grown = new Uint8Array(
      Math.min(MAX_BYTES, Math.max(needed, 2 * this.#data.length)),
    );
    grown.set(this.#data.subarray(0, this.byteLength));
    this.#data = grown;
  }
}

const encoder = new TextEncoder();

/** Copies `from[start, end)` to `to[at…]`. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): void {
  if (end - start > SHORT >> 1) to.set(from.subarray(start, end), at);
  else for (let i = start, j = at; i < end; i++, j++) to[j] = from[i];
}

/** The value of a hex digit; over 15 when it isn't one. */
function hexDigit(byte: number): number {
  const digit = byte - 48;
  if ((digit >>> 0) <= 9) return digit;
  const letter = (byte | 32) - 97;
  return (letter >>> 0) <= 5 ? letter + 10 : 256;
}
