/**
 * Reads integers and floats of the binary protocol: little-endian, unaligned.
 *
 * @module
 */
import { type ColumnData, dataArray } from "../../../src/table/batch.ts";
import type { LogicalType } from "../../../src/table/type.ts";
import { FixedReader } from "./column_reader.ts";

type IntType = LogicalType & { readonly kind: "int" };

/** Reads TINYINT, SMALLINT, MEDIUMINT, INT and YEAR of 1, 2 or 4 bytes. */
export class BinaryIntReader extends FixedReader<Int32Array<ArrayBuffer>> {
  readonly #width: number;

  constructor(type: IntType, width: 1 | 2 | 4, room: number) {
    // Stored through whichever array the type has; all of them take int32 bits.
    const array = dataArray(type) as unknown as Int32ArrayConstructor;
    super(type, room, () => new array(room));
    this.#width = width;
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    const data = this.data, width = this.#width;
    let length = this.length;
    for (let row = 0, at = first; row < rows; row++, at += step, length++) {
      const start = spans[at];
      if (start === spans[at + 1]) this.nulls.mark(length);
      else if (width === 4) {
        data[length] = bytes[start] | (bytes[start + 1] << 8) |
          (bytes[start + 2] << 16) | (bytes[start + 3] << 24);
      } else if (width === 2) {
        data[length] = bytes[start] | (bytes[start + 1] << 8);
      } else data[length] = bytes[start];
    }
    this.length = length;
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    return data.subarray(0, rows) as ColumnData;
  }
}

/** Reads BIGINT and DOUBLE: eight bytes as they are. */
export class BinaryWideReader extends FixedReader<Int32Array<ArrayBuffer>> {
  readonly #type: LogicalType;

  constructor(type: LogicalType, room: number) {
    super(type, room, () => new Int32Array(2 * room));
    this.#type = type;
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    const data = this.data;
    let length = this.length;
    for (let row = 0, at = first; row < rows; row++, at += step, length++) {
      const start = spans[at];
      if (start === spans[at + 1]) {
        this.nulls.mark(length);
        continue;
      }
      const to = 2 * length;
      data[to] = bytes[start] | (bytes[start + 1] << 8) |
        (bytes[start + 2] << 16) | (bytes[start + 3] << 24);
      data[to + 1] = bytes[start + 4] | (bytes[start + 5] << 8) |
        (bytes[start + 6] << 16) | (bytes[start + 7] << 24);
    }
    this.length = length;
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    const array = dataArray(this.#type) as unknown as BigInt64ArrayConstructor;
    return new array(data.buffer as ArrayBuffer, 0, rows);
  }
}

/** Reads FLOAT: four bytes as they are. */
export class BinaryFloatReader extends FixedReader<Int32Array<ArrayBuffer>> {
  constructor(type: LogicalType, room: number) {
    super(type, room, () => new Int32Array(room));
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    const data = this.data;
    let length = this.length;
    for (let row = 0, at = first; row < rows; row++, at += step, length++) {
      const start = spans[at];
      if (start === spans[at + 1]) this.nulls.mark(length);
      else {
        data[length] = bytes[start] | (bytes[start + 1] << 8) |
          (bytes[start + 2] << 16) | (bytes[start + 3] << 24);
      }
    }
    this.length = length;
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    return new Float32Array(data.buffer as ArrayBuffer, 0, rows);
  }
}

/** Reads BIT(n), whose bytes come high first, into the unsigned integer that has room for n bits. */
export class BitReader extends FixedReader<Int32Array<ArrayBuffer>> {
  readonly #isWide: boolean;

  constructor(type: IntType, room: number) {
    const array = dataArray(type) as unknown as Int32ArrayConstructor;
    const isWide = type.bits === 64;
    super(
      type,
      room,
      isWide ? () => new Int32Array(2 * room) : () => new array(room),
    );
    this.#isWide = isWide;
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    const data = this.data;
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], end = spans[at + 1];
      if (start === end) {
        this.appendNull();
        continue;
      }
      let low = 0, high = 0;
      for (let i = end - 1, shift = 0; i >= start; i--, shift += 8) {
        if (shift < 32) low |= bytes[i] << shift;
        else high |= bytes[i] << (shift - 32);
      }
      if (this.#isWide) {
        data[2 * this.length] = low;
        data[2 * this.length + 1] = high;
      } else data[this.length] = low;
      this.length++;
    }
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    return this.#isWide
      ? new BigUint64Array(data.buffer as ArrayBuffer, 0, rows)
      : data.subarray(0, rows) as ColumnData;
  }
}

/** Reads TINYINT(1) as bool: 0 or 1, nothing else. */
export class BinaryBoolReader extends FixedReader<Uint8Array<ArrayBuffer>> {
  readonly #zero: number;

  /** @param zero How 0 is sent: as itself (binary protocol) or as the digit (text protocol). */
  constructor(type: LogicalType, room: number, zero: 0 | 48) {
    super(type, room, () => new Uint8Array((room + 7) >> 3));
    this.#zero = zero;
  }

  override get byteLength(): number {
    return (this.length + 7) >> 3;
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at];
      if (start === spans[at + 1]) {
        this.appendNull();
        continue;
      }
      const value = bytes[start] - this.#zero;
      if ((value >>> 0) > 1 || spans[at + 1] - start > 1) return row;
      this.data[this.length >> 3] |= value << (this.length & 7);
      this.length++;
    }
    return rows;
  };

  protected override view(data: Uint8Array, rows: number): ColumnData {
    return data.subarray(0, (rows + 7) >> 3) as ColumnData;
  }
}
