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
    if ((bytes[start + i] | 32) !== word.charCodeAt(i)) return false;
  }
  return true;
}

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
