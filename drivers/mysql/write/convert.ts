/**
 * Conversions that are made before a column is written: hex text for binary
 * columns, the server's own form of geometries, words for booleans.
 *
 * @module
 */
import { type Column, isNull } from "../../../src/table/batch.ts";
import {
  type ColumnBuilder,
  columnBuilder,
} from "../../../src/table/builder.ts";
import { type LogicalType, types } from "../../../src/table/type.ts";

/** Makes a column of another type of one; says in which row it can't. */
export interface Conversion {
  readonly type: LogicalType;
  /** What is wrong with a value that can't be converted. */
  readonly state: string;
  /** @returns The column, or the first row that can't be converted. */
  convert(column: Column): Column | number;
}

/** Gives a column another type of the same layout. */
export function relabel(type: LogicalType): Conversion {
  return { type, state: "", convert: (column) => ({ ...column, type }) };
}

/** bool as 0 and 1. */
export const BOOL_AS_NUMBER: Conversion = {
  type: types.uint8,
  state: "",
  convert(column) {
    const data = new Uint8Array(column.length);
    for (let row = 0; row < column.length; row++) {
      data[row] = (column.data[row >> 3] as number >> (row & 7)) & 1;
    }
    return { ...column, type: types.uint8, data };
  },
};

/**
 * float32 as float64. The server reads a text as a double first, and the
 * shortest text of the greatest float is a double above it.
 */
export const SINGLE_AS_DOUBLE: Conversion = {
  type: types.float64,
  state: "",
  convert: (column) => ({
    ...column,
    type: types.float64,
    data: Float64Array.from(column.data as Float32Array),
  }),
};

/** The greatest float, and the server's bound for what goes into FLOAT. */
const MAX_SINGLE = 3.4028234663852886e38;

/** Doubles for FLOAT: those that round to the greatest float are that float. */
export const DOUBLE_FOR_SINGLE: Conversion = {
  type: types.float64,
  state: "",
  convert: (column) => ({
    ...column,
    data: (column.data as Float64Array<ArrayBuffer>).map(boundSingle),
  }),
};

/** Text for FLOAT, as {@linkcode DOUBLE_FOR_SINGLE}. */
export const TEXT_FOR_SINGLE: Conversion = {
  type: types.utf8,
  state: "",
  convert: (column) => {
    const made = columnBuilder(types.utf8, column.length);
    return rebuild(column, made, (builder, bytes, start, end) => {
      if (!isHuge(bytes, start, end)) {
        return builder.appendText(bytes, start, end);
      }
      const text = decoder.decode(bytes.subarray(start, end));
      const value = Number(text), bound = boundSingle(value);
      builder.appendValue(bound === value ? text : String(bound));
      return true;
    });
  },
};

const decoder = new TextDecoder();

function boundSingle(value: number): number {
  return Math.abs(value) > MAX_SINGLE && Number.isFinite(value)
    // Infinity stays what it was, so that the server says that it is too much.
    ? Number.isFinite(Math.fround(value)) ? Math.fround(value) : value
    : value;
}

/** Whether a number's text may be near the greatest float: it ends in the exponent 38, or has that many digits. */
function isHuge(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 38 ||
    (end - start > 4 && bytes[end - 1] === 56 && bytes[end - 2] === 51);
}

/** Text of hex digits as the bytes that they stand for. */
export const HEX_AS_BINARY: Conversion = {
  type: types.binary,
  state: "the column holds bytes, and the text is no hex digits",
  convert: (column) =>
    rebuild(column, columnBuilder(types.binary, column.length), (
      builder,
      bytes,
      start,
      end,
    ) => builder.appendText(bytes, start, end)),
};

/** `true` and `false`, and whatever else, as text that numbers are read from. */
export const WORDS_AS_NUMBER: Conversion = {
  type: types.utf8,
  state: "",
  convert: (column) =>
    rebuild(column, columnBuilder(types.utf8, column.length), (
      builder,
      bytes,
      start,
      end,
    ) => {
      const first = bytes[start] | 32;
      if (end - start === 4 && first === 116 && isWord(bytes, start, "true")) {
        return builder.appendText(ONE, 0, 1);
      }
      if (end - start === 5 && first === 102 && isWord(bytes, start, "false")) {
        return builder.appendText(ZERO, 0, 1);
      }
      return builder.appendText(bytes, start, end);
    }),
};

const ONE = new Uint8Array([49]);
const ZERO = new Uint8Array([48]);

function isWord(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    if ((bytes[start + i] | 32) !== (word.charCodeAt(i) | 32)) return false;
  }
  return true;
}

/** Text of instants without the mark of UTC, which the server doesn't take and the session's clock says. */
export const TEXT_AS_INSTANT: Conversion = {
  type: types.utf8,
  state: "",
  convert: (column) =>
    rebuild(column, columnBuilder(types.utf8, column.length), (
      builder,
      bytes,
      start,
      end,
    ) => {
      if (end - start > 10 && (bytes[end - 1] | 32) === 122) {
        return builder.appendText(bytes, start, end - 1);
      }
      const isOffset = end - start > 16 && isWord(bytes, end - 6, "+00:00");
      return builder.appendText(bytes, start, isOffset ? end - 6 : end);
    }),
};

/** Marks a geometry's type number as one with a reference system behind it. */
const EWKB_SRID = 0x2000_0000;

/** WKB and EWKB as the server keeps geometries: the reference system's number, then WKB. */
export const WKB_AS_GEOMETRY: Conversion = {
  type: types.binary,
  state: "the column holds geometries, and the bytes are no WKB",
  convert: (column) => {
    const made = columnBuilder(types.binary, column.length);
    return rebuild(column, made, (_builder, bytes, start, end) => {
      const geometry = toGeometry(bytes.subarray(start, end));
      if (geometry === null) return false;
      made.appendBytes(geometry, 0, geometry.length);
      return true;
    });
  },
};

function toGeometry(wkb: Uint8Array): Uint8Array | null {
  if (wkb.length < 9 || wkb[0] !== 1) return null;
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.length);
  const type = view.getUint32(1, true);
  const hasSystem = (type & EWKB_SRID) !== 0;
  const rest = wkb.subarray(hasSystem ? 9 : 5);
  const made = new Uint8Array(9 + rest.length);
  const out = new DataView(made.buffer);
  if (hasSystem) out.setUint32(0, view.getUint32(5, true), true);
  made[4] = 1;
  out.setUint32(5, type & ~EWKB_SRID, true);
  made.set(rest, 9);
  return made;
}

type Append<B> = (
  builder: B,
  bytes: Uint8Array,
  start: number,
  end: number,
) => boolean;

function rebuild<B extends ColumnBuilder>(
  column: Column,
  builder: B,
  append: Append<B>,
): Column | number {
  const bytes = column.data as Uint8Array, offsets = column.offsets!;
  for (let row = 0; row < column.length; row++) {
    if (isNull(column, row)) builder.appendNull();
    else if (!append(builder, bytes, offsets[row], offsets[row + 1])) {
      return row;
    }
  }
  return builder.finish();
}
