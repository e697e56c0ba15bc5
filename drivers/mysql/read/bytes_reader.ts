/**
 * Reads values that are kept as bytes: text and JSON as the server sends them,
 * binary, geometries, and dates that are wanted as text.
 *
 * @module
 */
import type { Column } from "../../../src/table/batch.ts";
import {
  type BytesColumnBuilder,
  columnBuilder,
} from "../../../src/table/builder.ts";
import type { LogicalType } from "../../../src/table/type.ts";
import type { ColumnReader } from "./column_reader.ts";

type BytesType = LogicalType & { readonly kind: "utf8" | "binary" | "json" };

/** Takes each value's bytes as they are. */
export class BytesReader implements ColumnReader {
  protected readonly builder: BytesColumnBuilder;

  constructor(type: BytesType) {
    this.builder = columnBuilder(type, 1024);
  }

  get byteLength(): number {
    return this.builder.byteLength;
  }

  appendSpans(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number {
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) this.builder.appendNull();
      else if (!this.append(bytes, start, Math.max(start, end))) return row;
    }
    return rows;
  }

  appendNull(): void {
    this.builder.appendNull();
  }

  finish(): Column {
    return this.builder.finish();
  }

  /** @returns false when the column can't hold the value. */
  protected append(bytes: Uint8Array, start: number, end: number): boolean {
    this.builder.appendBytes(bytes, start, end);
    return true;
  }
}

/** Marks a geometry's type number as one with a reference system behind it. */
const EWKB_SRID = 0x20;

/**
 * Reads GEOMETRY, which the server keeps as the number of its reference system
 * and WKB. Number 0 gives plain WKB, others the extended form (EWKB), which
 * holds the number too.
 */
export class GeometryReader extends BytesReader {
  protected override append(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (end - start < 9 || bytes[start + 4] !== 1) return false;
    const hasSystem = (bytes[start] | bytes[start + 1] | bytes[start + 2] |
      bytes[start + 3]) !== 0;
    if (!hasSystem) {
      this.builder.appendBytes(bytes, start + 4, end);
      return true;
    }
    const extended = new Uint8Array(end - start);
    extended.set(bytes.subarray(start + 4, start + 9), 0);
    extended[4] |= EWKB_SRID;
    extended.set(bytes.subarray(start, start + 4), 5);
    extended.set(bytes.subarray(start + 9, end), 9);
    this.builder.appendBytes(extended, 0, extended.length);
    return true;
  }
}

/** Reads DATE, DATETIME and TIMESTAMP of the binary protocol as the text that the server would show. */
export class DateTextReader extends BytesReader {
  readonly #scale: number;
  readonly #hasClock: boolean;

  constructor(type: BytesType, scale: number, hasClock: boolean) {
    super(type);
    this.#scale = scale;
    this.#hasClock = hasClock;
  }

  protected override append(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const width = end - start;
    const part = (at: number): number => at < width ? bytes[start + at] : 0;
    const two = (value: number): string => String(value).padStart(2, "0");
    const year = part(0) | (part(1) << 8);
    let text = `${String(year).padStart(4, "0")}-${two(part(2))}-${
      two(part(3))
    }`;
    if (this.#hasClock) {
      text += ` ${two(part(4))}:${two(part(5))}:${two(part(6))}`;
      const micros = part(7) | (part(8) << 8) | (part(9) << 16) |
        (part(10) << 24);
      if (this.#scale > 0) {
        text += `.${String(micros).padStart(6, "0").slice(0, this.#scale)}`;
      }
    }
    this.builder.appendValue(text);
    return true;
  }
}
