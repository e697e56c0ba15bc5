/**
 * Reads dates and times of the binary protocol: parts as numbers, a fraction
 * or a clock of zeros left out.
 *
 * @module
 */
import type { ColumnData } from "../../../src/table/batch.ts";
import { putMicros } from "../../../src/table/build/clock.ts";
import { daysFromCivil, NO_DATE } from "../../../src/table/civil.ts";
import type { LogicalType } from "../../../src/table/type.ts";
import { FixedReader } from "./column_reader.ts";

const DAY = 86_400;

/** Days of the date at `at`, where `width` bytes are; NO_DATE for zero dates. */
function readDays(bytes: Uint8Array, at: number, width: number): number {
  if (width < 4) return NO_DATE;
  const year = bytes[at] | (bytes[at + 1] << 8);
  return daysFromCivil(year, bytes[at + 2], bytes[at + 3]);
}

function readMicros(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) |
    (bytes[at + 3] << 24)) >>> 0;
}

/** Reads DATE. Stops at a zero date. */
export class BinaryDateReader extends FixedReader<Int32Array<ArrayBuffer>> {
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
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], width = spans[at + 1] - start;
      if (width === 0) this.nulls.mark(this.length++);
      else {
        const days = readDays(bytes, start, width);
        if (days === NO_DATE) return row;
        this.data[this.length++] = days;
      }
    }
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    return data.subarray(0, rows) as ColumnData;
  }
}

/** Reads DATETIME and TIMESTAMP. Stops at a zero date. */
export class BinaryTimestampReader
  extends FixedReader<Int32Array<ArrayBuffer>> {
  readonly #offset: number;
  // Neighbouring rows tend to be of the same day.
  #dateBits = -1;
  #days = 0;

  /** @param offset Seconds by which the session's clock is ahead of the one wanted. */
  constructor(type: LogicalType, room: number, offset: number) {
    super(type, room, () => new Int32Array(2 * room));
    this.#offset = offset;
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    const data = this.data, offset = this.#offset;
    let length = this.length;
    for (let row = 0, at = first; row < rows; row++, at += step, length++) {
      const start = spans[at], width = spans[at + 1] - start;
      if (width === 0) {
        this.nulls.mark(length);
        continue;
      }
      const dateBits = width < 4 ? 0 : bytes[start] | (bytes[start + 1] << 8) |
        (bytes[start + 2] << 16) | (bytes[start + 3] << 24);
      if (dateBits !== this.#dateBits) {
        const days = readDays(bytes, start, width);
        if (days === NO_DATE) {
          this.length = length;
          return row;
        }
        this.#dateBits = dateBits;
        this.#days = days;
      }
      let seconds = this.#days * DAY - offset;
      if (width > 4) {
        seconds += bytes[start + 4] * 3600 + bytes[start + 5] * 60 +
          bytes[start + 6];
      }
      putMicros(
        data,
        length,
        seconds,
        width > 7 ? readMicros(bytes, start + 7) : 0,
      );
    }
    this.length = length;
    return rows;
  };

  protected override view(data: Int32Array, rows: number): ColumnData {
    return new BigInt64Array(data.buffer as ArrayBuffer, 0, rows);
  }
}

/** Reads TIME: of either sign, up to 838 hours. */
export class BinaryTimeReader extends FixedReader<Int32Array<ArrayBuffer>> {
  constructor(type: LogicalType, room: number) {
    super(type, room, () => new Int32Array(2 * room));
  }

  override appendSpans = (
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): number => {
    for (let row = 0, at = first; row < rows; row++, at += step) {
      const start = spans[at], width = spans[at + 1] - start;
      if (width === 0) this.appendNull();
      else this.#append(bytes, start, width);
    }
    return rows;
  };

  #append(bytes: Uint8Array, start: number, width: number): void {
    // A time of zero has no bytes at all, and an end before its start.
    if (width < 8) return putMicros(this.data, this.length++, 0, 0);
    const days = bytes[start + 1] | (bytes[start + 2] << 8) |
      (bytes[start + 3] << 16) | (bytes[start + 4] << 24);
    const seconds = days * DAY + bytes[start + 5] * 3600 +
      bytes[start + 6] * 60 + bytes[start + 7];
    const micros = width > 8 ? readMicros(bytes, start + 8) : 0;
    if (bytes[start] === 0) putMicros(this.data, this.length, seconds, micros);
    else if (micros === 0) putMicros(this.data, this.length, -seconds, 0);
    // putMicros counts the fraction upwards from whole seconds.
    else {putMicros(
        this.data,
        this.length,
        -seconds - 1,
        1_000_000 - micros,
      );}
    this.length++;
  }

  protected override view(data: Int32Array, rows: number): ColumnData {
    return new BigInt64Array(data.buffer as ArrayBuffer, 0, rows);
  }
}
