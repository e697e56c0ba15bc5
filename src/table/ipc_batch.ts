/**
 * One batch as the RecordBatch message of Arrow IPC and back: metadata, and a
 * body in which every buffer starts at a multiple of eight bytes.
 *
 * @module
 */
import {
  type Batch,
  type Column,
  type ColumnData,
  dataArray,
  type DataArrayConstructor,
  dataLength,
  hasOffsets,
} from "./batch.ts";
import type { FlatBuilder, FlatTable } from "./flatbuffer.ts";
import type { StreamField } from "./ipc_schema.ts";
import { decimalBits, type LogicalType } from "./type.ts";

/** The buffers of a batch in the order of Arrow, each exactly as long as its rows need; views, not copies. */
export function batchBody(batch: Batch): Uint8Array<ArrayBuffer>[] {
  return batch.columns.flatMap((column) => {
    const { type, length, validity, nullCount } = column;
    if (type.kind === "null") return [];
    const bits = nullCount === 0 || validity === null
      ? EMPTY
      : validity.subarray(0, (length + 7) >> 3);
    if (!hasOffsets(type)) {
      return [bits, bytesOf(column.data, 0, dataLength(type, length))];
    }
    const [from, to] = [column.offsets![0], column.offsets![length]];
    // A stretch of a longer column: its bytes are cut out, so offsets start at 0.
    const offsets = from === 0
      ? column.offsets!.subarray(0, length + 1)
      : column.offsets!.subarray(0, length + 1).map((offset) => offset - from);
    return [
      bits,
      bytesOf(offsets, 0, length + 1),
      bytesOf(column.data, from, to),
    ];
  });
}

const EMPTY = new Uint8Array(0);

function bytesOf(
  array: ColumnData,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const size = array.BYTES_PER_ELEMENT;
  return new Uint8Array(
    array.buffer,
    array.byteOffset + from * size,
    (to - from) * size,
  );
}

/** Adds the RecordBatch table for `batch`, whose body is `buffers`, and returns its reference. */
export function buildBatch(
  builder: FlatBuilder,
  batch: Batch,
  buffers: readonly Uint8Array[],
): number {
  const nodes = batch.columns.map(({ length, nullCount, type }) =>
    [length, type.kind === "null" ? length : nullCount] as const
  );
  let offset = 0;
  const regions = buffers.map(({ byteLength }) => {
    const region = [offset, byteLength] as const;
    offset += align8(byteLength);
    return region;
  });
  const [nodesRef, regionsRef] = [
    builder.pairs(nodes),
    builder.pairs(regions),
  ];
  return builder.table([
    { bytes: 8, value: batch.length },
    { ref: nodesRef },
    { ref: regionsRef },
  ]);
}

/** The next multiple of eight. */
export function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/**
 * Reads the columns of a RecordBatch table as views of `body`. Everything is
 * checked, offsets included: what comes out can be read without going astray.
 *
 * @throws {RangeError} when the message contradicts itself or the fields.
 */
export function readBatch(
  table: FlatTable,
  fields: readonly StreamField[],
  body: ArrayBuffer,
): { length: number; columns: Column[] } {
  const length = table.int64(0);
  if (length < 0 || length > 0x7fff_ffff) throw new RangeError("row count");
  if (table.table(3) !== null) throw new RangeError("compressed body");
  const [nodes, regions] = [table.pairs(1), table.pairs(2)];
  if (nodes.length !== fields.length) throw new RangeError("column count");
  let next = 0;
  const buffer = (): Uint8Array<ArrayBuffer> => {
    const [offset, bytes] = regions[next++] ?? [-1, 0];
    if (offset < 0 || bytes < 0 || offset + bytes > body.byteLength) {
      throw new RangeError("buffer outside the body");
    }
    return new Uint8Array(body, offset, bytes);
  };
  const columns = fields.map((field, index) => {
    const [rows, nullCount] = nodes[index];
    if (rows !== length || nullCount < 0 || nullCount > length) {
      throw new RangeError("row count of a column");
    }
    return readColumn(field, length, nullCount, buffer);
  });
  if (next !== regions.length) throw new RangeError("buffer count");
  return { length, columns };
}

function readColumn(
  { field: { type }, decimalBits: bits }: StreamField,
  length: number,
  nullCount: number,
  buffer: () => Uint8Array<ArrayBuffer>,
): Column {
  if (type.kind === "null") {
    const data = new Uint8Array(0);
    return {
      type,
      length,
      nullCount: length,
      validity: null,
      data,
      offsets: null,
    };
  }
  const bitmap = buffer();
  const validity = nullCount === 0 ? null : bitmap;
  // Without NULLs the bitmap may be there all the same, but must agree.
  if (bitmap.length > 0 || nullCount > 0) {
    if (length - countBits(bitmap, length) !== nullCount) {
      throw new RangeError("NULL count");
    }
  }
  if (!hasOffsets(type)) {
    const data = readData(type, length, bits, buffer());
    return { type, length, nullCount, validity, data, offsets: null };
  }
  const offsets = readOffsets(buffer(), length);
  const data = buffer();
  if (offsets[0] < 0 || offsets[length] > data.length) {
    throw new RangeError("offset outside the values");
  }
  return { type, length, nullCount, validity, data, offsets };
}

function readOffsets(
  bytes: Uint8Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  if (bytes.length === 0 && length === 0) return new Int32Array(1); // allowed by Arrow
  const offsets = viewOf(Int32Array, bytes, length + 1) as Int32Array<
    ArrayBuffer
  >;
  for (let i = 0; i < length; i++) {
    if (offsets[i] > offsets[i + 1]) throw new RangeError("falling offsets");
  }
  return offsets;
}

function readData(
  type: LogicalType,
  length: number,
  bits: number,
  bytes: Uint8Array<ArrayBuffer>,
): ColumnData {
  if (type.kind !== "decimal") {
    return viewOf(dataArray(type), bytes, dataLength(type, length));
  }
  const [words, ours] = [bits / 64, decimalBits(type.precision) / 64];
  const wide = viewOf(BigUint64Array, bytes, length * words) as BigUint64Array<
    ArrayBuffer
  >;
  return words === ours ? wide : narrow(wide, length, words, ours);
}

/** Keeps the low words of decimals that another writer held wider than their precision asks for. */
function narrow(
  wide: BigUint64Array<ArrayBuffer>,
  length: number,
  words: number,
  ours: number,
): BigUint64Array<ArrayBuffer> {
  const narrowed = new BigUint64Array(length * ours);
  for (let row = 0; row < length; row++) {
    for (let word = 0; word < ours; word++) {
      narrowed[row * ours + word] = wide[row * words + word];
    }
  }
  return narrowed;
}

function viewOf(
  Type: DataArrayConstructor,
  bytes: Uint8Array<ArrayBuffer>,
  elements: number,
): ColumnData {
  const size = Type.BYTES_PER_ELEMENT;
  if (bytes.length < elements * size) throw new RangeError("short buffer");
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Type(aligned.buffer, aligned.byteOffset, elements) as ColumnData;
}

/** How many of the first `length` bits are set. @throws {RangeError} when the bitmap is shorter. */
function countBits(bitmap: Uint8Array, length: number): number {
  const whole = length >> 3;
  if (bitmap.length < (length + 7) >> 3) throw new RangeError("short bitmap");
  let count = 0;
  for (let i = 0; i < whole; i++) count += ONES[bitmap[i]];
  const rest = length & 7;
  return rest === 0 ? count : count + ONES[bitmap[whole] & ((1 << rest) - 1)];
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let bits = byte; bits > 0; bits >>= 1) ones += bits & 1;
  return ones;
});
