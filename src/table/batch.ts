/**
 * Batches: the unit in which data moves. Typed columns in Arrow layout whose
 * ArrayBuffers are transferred, never copied, between threads.
 *
 * Layout, all little-endian, as in the Arrow columnar format 1.5:
 * - `validity`: one bit a row, least significant first, 1 = value, 0 = NULL; null when there is no NULL
 * - bool: `data` Uint8Array, one bit a row
 * - int, float: `data` the typed array of that width (64-bit ints as BigInt64Array/BigUint64Array)
 * - decimal: `data` BigUint64Array, 1, 2 or 4 words a row (two's complement, low word first), see `decimalBits`
 * - date: `data` Int32Array; time, timestamp: `data` BigInt64Array
 * - utf8, binary, json: `offsets` Int32Array of rows + 1, `data` Uint8Array
 * - null: `data` is empty
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { decimalBits, type LogicalType, type Schema } from "./type.ts";

/** The typed arrays a column's values can lie in. */
export type ColumnData =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** One column of a batch. Its field (name, type) is in the batch's schema at the same index. */
export interface Column {
  /** What the values mean, and with that the kind of `data`. */
  readonly type: LogicalType;
  /** Rows. */
  readonly length: number;
  /** Rows that are NULL. */
  readonly nullCount: number;
  /** At least ⌈length / 8⌉ bytes, or null when `nullCount` is 0. */
  readonly validity: Uint8Array<ArrayBuffer> | null;
  /** The values of all rows; what stands where a row is NULL means nothing. */
  readonly data: ColumnData;
  /** `length + 1` offsets into `data` for utf8, binary and json; null for others. */
  readonly offsets: Int32Array<ArrayBuffer> | null;
}

/**
 * A slice of a table. Whoever hands a batch on gives it away: its buffers are
 * transferred and must not be touched again. All batches of one table have the
 * same schema; a table without rows is one batch of length 0.
 */
export interface Batch {
  /** Names and types of the columns. */
  readonly schema: Schema;
  /** Rows. */
  readonly length: number;
  /** One column per field of the schema, in its order, each of `length` rows. */
  readonly columns: readonly Column[];
}

/** Rows a producer should put in a batch, unless {@linkcode BATCH_BYTES} comes first. */
export const BATCH_ROWS = 16_384;

/** Bytes after which a producer should close a batch. */
export const BATCH_BYTES = 4 << 20;

/** Whether row `row` of `column` is NULL. */
export function isNull(column: Column, row: number): boolean {
  return column.validity !== null &&
    (column.validity[row >> 3] & (1 << (row & 7))) === 0;
}

/** Bytes held by the batch's buffers, each buffer once. */
export function batchBytes(batch: Batch): number {
  let bytes = 0;
  for (const buffer of batchBuffers(batch)) bytes += buffer.byteLength;
  return bytes;
}

/** The distinct ArrayBuffers of a batch: the transfer list of its message. */
export function batchBuffers(batch: Batch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { validity, data, offsets } of batch.columns) {
    if (validity !== null) buffers.add(validity.buffer);
    buffers.add(data.buffer);
    if (offsets !== null) buffers.add(offsets.buffer);
  }
  return [...buffers];
}

/** A batch with its own copy of every buffer. */
export function copyBatch(batch: Batch): Batch {
  return {
    schema: batch.schema,
    length: batch.length,
    columns: batch.columns.map((column) => ({
      ...column,
      validity: column.validity?.slice() ?? null,
      data: column.data.slice() as ColumnData,
      offsets: column.offsets?.slice() ?? null,
    })),
  };
}

/** A batch of no rows with this schema. */
export function emptyBatch(schema: Schema): Batch {
  return {
    schema,
    length: 0,
    columns: schema.fields.map(({ type }) => ({
      type,
      length: 0,
      nullCount: 0,
      validity: null,
      data: new (dataArray(type))(0) as ColumnData,
      offsets: hasOffsets(type) ? new Int32Array(1) : null,
    })),
  };
}

/** Whether columns of this type have offsets: utf8, binary, json. */
export function hasOffsets(type: LogicalType): boolean {
  return type.kind === "utf8" || type.kind === "binary" || type.kind === "json";
}

/** The typed array in which values of a type lie. */
export function dataArray(type: LogicalType): DataArrayConstructor {
  switch (type.kind) {
    case "int":
      return INT_ARRAYS[`${type.signed ? "i" : "u"}${type.bits}`];
    case "float":
      return type.bits === 32 ? Float32Array : Float64Array;
    case "decimal":
      return BigUint64Array;
    case "date":
      return Int32Array;
    case "time":
    case "timestamp":
      return BigInt64Array;
    default:
      return Uint8Array;
  }
}

/** A constructor of one of {@linkcode ColumnData}. */
export type DataArrayConstructor =
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

const INT_ARRAYS: Record<string, DataArrayConstructor> = {
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
};

/**
 * Checks that a value that came in a message is a batch whose columns have the
 * shape that its schema says, so that reading it can't run out of its arrays.
 *
 * With `deep`, offsets are walked as well (for producers that are not ours).
 *
 * @throws {OsirisError} `driver/protocol` with the column at fault.
 */
export function checkBatch(
  value: unknown,
  schema: Schema,
  deep = false,
): Batch {
  const { length, columns } = (value ?? {}) as Partial<Batch>;
  if (
    !Number.isSafeInteger(length) || length! < 0 || length! > 0x7fff_ffff ||
    !Array.isArray(columns)
  ) {
    throw malformed("not a batch");
  }
  if (columns.length !== schema.fields.length) {
    throw malformed("wrong number of columns");
  }
  schema.fields.forEach((field, index) =>
    checkColumn(columns[index], field.type, length!, field.name, deep)
  );
  const checked = columns.map((column: Column, index) => ({
    ...column,
    type: schema.fields[index].type,
  }));
  return { schema, length: length!, columns: checked };
}

function checkColumn(
  column: Column,
  type: LogicalType,
  length: number,
  name: string,
  deep: boolean,
): void {
  if (
    typeof column !== "object" || column === null || column.length !== length
  ) throw malformed(name);
  const { nullCount, validity, data, offsets } = column;
  if (!Number.isInteger(nullCount) || nullCount < 0 || nullCount > length) {
    throw malformed(name);
  }
  if (
    validity === null
      ? nullCount > 0 && type.kind !== "null"
      : !isBytes(validity, (length + 7) >> 3)
  ) {
    throw malformed(name);
  }
  if (!(data instanceof dataArray(type))) throw malformed(name);
  if (!hasOffsets(type)) {
    if (offsets !== null || data.length < dataLength(type, length)) {
      throw malformed(name);
    }
    return;
  }
  if (!(offsets instanceof Int32Array) || offsets.length < length + 1) {
    throw malformed(name);
  }
  if (offsets[length] > data.length || offsets[0] < 0) throw malformed(name);
  if (deep) {
    for (let i = 0; i < length; i++) {
      if (offsets[i] > offsets[i + 1]) throw malformed(name);
    }
  }
}

function isBytes(value: unknown, atLeast: number): boolean {
  return value instanceof Uint8Array && value.length >= atLeast;
}

/** Elements of `data` that `length` rows of a fixed-width type take. */
export function dataLength(type: LogicalType, length: number): number {
  switch (type.kind) {
    case "null":
      return 0;
    case "bool":
      return (length + 7) >> 3;
    case "decimal":
      return length * (decimalBits(type.precision) / 64);
    default:
      return length;
  }
}

function malformed(where: string): OsirisError {
  return new OsirisError(
    "driver/protocol",
    `Cannot take a batch of the driver: "${where}": malformed column`,
  );
}
