/**
 * Columns as what expressions see: numbers, strings, booleans, dates.
 *
 * A value has the same form wherever it comes from, so that keys of different
 * tables meet: an integer is a number as far as numbers are exact and a bigint
 * beyond, a decimal is a number up to 15 digits and an `ExactDecimal` beyond.
 * NULL is undefined, not null: it compares with nothing and spoils what is
 * calculated with it, where null would count as 0.
 *
 * @module
 */
import { type Column, isNull } from "../../src/table/batch.ts";
import { decimalBits, type LogicalType, types } from "../../src/table/type.ts";
import { ExactDecimal, FINE_MS, Instant, notExact } from "./cell.ts";
import { decodeText } from "./decode_text.ts";

/** Values by row. */
export type Cells = ArrayLike<unknown>;

/** How a column is decoded. */
export interface Decoding {
  readonly name: string;
  /** Whether what isn't exactly a number becomes the nearest one. */
  readonly lossy: boolean;
  /** Rows of a `lossy` column that were changed so far. */
  lossyRows: number;
}

/** Decodes the chunks of one column, one after another. */
export function decodeColumn(
  type: LogicalType,
  chunks: readonly Column[],
  decoding: Decoding,
): Cells {
  const hasNulls = chunks.some(({ nullCount }) => nullCount > 0);
  const isSmall = type.kind === "float" ||
    (type.kind === "int" && type.bits < 64);
  if (isSmall && !hasNulls) return typedCells(chunks);
  const length = chunks.reduce((rows, chunk) => rows + chunk.length, 0);
  const cells: unknown[] = new Array(length);
  const decode = decoder(type, decoding);
  let start = 0;
  for (const chunk of chunks) {
    decode(chunk, cells, start);
    if (chunk.validity !== null) {
      for (let row = 0; row < chunk.length; row++) {
        if (isNull(chunk, row)) cells[start + row] = undefined;
      }
    }
    start += chunk.length;
  }
  return cells;
}

/** Numbers without NULL stay where they are; several chunks are joined. */
function typedCells(chunks: readonly Column[]): Cells {
  type Numbers = Float64Array<ArrayBuffer>;
  const parts = chunks.map(({ data, length }) =>
    data.subarray(0, length) as Numbers
  );
  if (parts.length === 1) return parts[0];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new (parts[0].constructor as new (length: number) => Numbers)(
    length,
  );
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}

type Decode = (chunk: Column, cells: unknown[], start: number) => void;

function decoder(type: LogicalType, decoding: Decoding): Decode {
  switch (type.kind) {
    case "utf8":
    case "json":
      return decodeText;
    case "int":
      return type.bits === 64
        ? wide((value) => integer(value, decoding), type.signed)
        : decodePlain;
    case "float":
      return decodePlain;
    case "decimal":
      return decodeDecimal(type, decoding);
    case "time":
      return wide((micros) => Number(micros) / 1000, true);
    case "timestamp":
      return wide(timestamps(type, decoding), true);
    case "date":
      return decodeDate;
    case "bool":
      return ({ data, length }, cells, start) => {
        for (let row = 0; row < length; row++) {
          cells[start + row] =
            ((data[row >> 3] as number) >> (row & 7) & 1) === 1;
        }
      };
    case "binary":
      return ({ data, offsets, length }, cells, start) => {
        for (let row = 0; row < length; row++) {
          // A copy: the buffer may be given away before this value is written.
          cells[start + row] = data.slice(offsets![row], offsets![row + 1]);
        }
      };
    case "null":
      return ({ length }, cells, start) => {
        for (let row = 0; row < length; row++) cells[start + row] = undefined;
      };
  }
}

const decodePlain: Decode = ({ data, length }, cells, start) => {
  for (let row = 0; row < length; row++) cells[start + row] = data[row];
};

/**
 * Reads 64-bit integers as pairs of 32-bit ones: a number where it is safe, and
 * only beyond that a bigint, which costs an allocation.
 */
function wide(
  convert: (value: number | bigint) => unknown,
  signed: boolean,
): Decode {
  return ({ data, length }, cells, start) => {
    const low = new Uint32Array(data.buffer, data.byteOffset, length * 2);
    const high = signed
      ? new Int32Array(data.buffer, data.byteOffset, length * 2)
      : low;
    for (let row = 0; row < length; row++) {
      const value = high[row * 2 + 1] * 4294967296 + low[row * 2];
      cells[start + row] = convert(
        Number.isSafeInteger(value) ? value : data[row],
      );
    }
  };
}

function integer(value: number | bigint, decoding: Decoding): number | bigint {
  if (typeof value === "number" || !decoding.lossy) return value;
  decoding.lossyRows++;
  return Number(value);
}

const MAX_EXACT = 1e15;

function decodeDecimal(
  type: LogicalType & { readonly kind: "decimal" },
  decoding: Decoding,
): Decode {
  const unit = 10 ** type.scale;
  const divisor = 10n ** BigInt(type.scale);
  const beyond = (unscaled: bigint): unknown => {
    // A whole number is what an integer of the same value would be: their keys must meet.
    if (unscaled % divisor === 0n) {
      const whole = unscaled / divisor;
      const number = Number(whole);
      return Number.isSafeInteger(number) ? number : integer(whole, decoding);
    }
    const exact = new ExactDecimal(unscaled, type.scale, decoding.name);
    if (!decoding.lossy) return exact;
    decoding.lossyRows++;
    return Number(exact.text);
  };
  const convert = (value: number | bigint): unknown => {
    if (value > -MAX_EXACT && value < MAX_EXACT) {
      // Both are exact up to 10^22, so the quotient is the nearest number.
      return type.scale <= 22
        ? Number(value) / unit
        : Number(`${value}e-${type.scale}`);
    }
    return beyond(BigInt(value));
  };
  const bits = decimalBits(type.precision);
  if (bits === 64) return wide(convert, true);
  const words = bits / 64;
  return ({ data, length }, cells, start) => {
    for (let row = 0; row < length; row++) {
      let value = 0n;
      for (let word = words - 1; word >= 0; word--) {
        value = value << 64n | data[row * words + word] as bigint;
      }
      cells[start + row] = convert(BigInt.asIntN(bits, value));
    }
  };
}

/** Instants; far ones that differ but would compare as equal are refused. */
function timestamps(
  type: LogicalType,
  decoding: Decoding,
): (micros: number | bigint) => Instant {
  const far = new Map<number, number | bigint>();
  return (micros) => {
    const instant = new Instant(micros, type);
    const ms = instant.getTime();
    if (Number.isNaN(ms)) {
      throw notExact(decoding.name, "timestamps beyond the year 275760");
    }
    if (Math.abs(ms) >= FINE_MS && !decoding.lossy) {
      if ((far.get(ms) ?? micros) !== micros) {
        throw notExact(
          decoding.name,
          "timestamps after the year 2248 that differ in microseconds only",
        );
      }
      far.set(ms, micros);
    }
    return instant;
  };
}

const decodeDate: Decode = ({ data, length }, cells, start) => {
  // One object a day: there are few, and `===` works on them.
  const days = new Map<number, Instant>();
  for (let row = 0; row < length; row++) {
    const day = data[row] as number;
    let instant = days.get(day);
    if (instant === undefined) {
      const micros = day * 86_400_000_000;
      instant = new Instant(
        Number.isSafeInteger(micros) ? micros : BigInt(day) * 86_400_000_000n,
        types.date,
      );
      days.set(day, instant);
    }
    cells[start + row] = instant;
  }
};
