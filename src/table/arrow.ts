/**
 * Batches as flechette tables and back, over the same buffers: for code that
 * works on Arrow in JavaScript, such as `aq.fromArrow`.
 *
 * @module
 */
import {
  type ArrowBatch,
  ArrowColumn,
  ArrowTable,
  type ArrowType,
  ArrowTypeId,
  batchType,
  type ExtractionOptions,
} from "../deps/flechette.ts";
import { OsirisError } from "../error.ts";
import { type ArrowField, arrowField, fieldOf } from "./arrow_type.ts";
import {
  type Batch,
  type Column,
  type ColumnData,
  dataArray,
  dataLength,
  emptyBatch,
  hasOffsets,
} from "./batch.ts";
import { columnBuilder } from "./builder.ts";
import {
  decimalBits,
  type Field,
  type LogicalType,
  type Schema,
} from "./type.ts";

/** Values as they are: 64-bit integers and microseconds as bigint, decimals unscaled. */
const EXACT: ExtractionOptions = {
  useBigInt: true,
  useBigIntTimestamp: true,
  useDecimalInt: true,
};

/**
 * A flechette table over the buffers of these batches; nothing is copied, so
 * the batches must be kept and not given away meanwhile.
 *
 * @param batches At least one, all with the same schema.
 * @param options How the table gives values; exactly, unless told otherwise.
 */
export function toArrow(
  batches: readonly Batch[],
  options: ExtractionOptions = EXACT,
): ArrowTable {
  const fields = batches[0].schema.fields.map(arrowField);
  const columns = fields.map(({ type }, index) =>
    new ArrowColumn(
      batches.map(({ columns }) => arrowBatch(columns[index], type, options)),
      type as never,
    )
  );
  const schema = { version: 4, endianness: 0, fields, metadata: null };
  return new ArrowTable(schema as never, columns as never);
}

function arrowBatch(
  { type, length, nullCount, validity, data, offsets }: Column,
  arrow: ArrowType,
  options: ExtractionOptions,
): ArrowBatch<unknown> {
  const BatchOf = batchType(arrow, options) as unknown as new (
    parts: Record<string, unknown>,
  ) => ArrowBatch<unknown>;
  const values = type.kind === "null" || hasOffsets(type)
    ? data
    : data.subarray(0, dataLength(type, length));
  return new BatchOf({
    length,
    nullCount: type.kind === "null" ? length : nullCount,
    type: arrow,
    validity: nullCount > 0 ? validity : new Uint8Array(0),
    values,
    ...(offsets !== null && { offsets: offsets.subarray(0, length + 1) }),
  });
}

/**
 * The batches of a flechette table, at least one. Buffers are shared where the
 * layout is ours; other units of time, dictionaries of text and decimals of
 * other widths are converted, exactly.
 *
 * @throws {OsirisError} `data/type` for a column of a type that we don't have,
 * `data/lossy` for nanoseconds that are no whole microseconds.
 */
export function fromArrow(table: ArrowTable): Batch[] {
  const fields = (table.schema.fields as unknown as ArrowField[]).map(
    (field) => {
      const ours = fieldOf(field);
      if (ours === null) throw unsupported(field.name);
      return ours;
    },
  );
  const schema: Schema = { fields };
  const columns = table.children as unknown as ArrowColumn<unknown>[];
  const count = columns[0]?.data.length ?? 0;
  if (count === 0) return [emptyBatch(schema)];
  return Array.from({ length: count }, (_, index) => ({
    schema,
    length: columns[0].data[index].length,
    columns: fields.map((field, i) =>
      columnOf(field, columns[i].data[index] as ArrowBatch<unknown>)
    ),
  }));
}

function columnOf(field: Field, batch: ArrowBatch<unknown>): Column {
  const { type } = field;
  const { length, values, offsets } = batch;
  if (batch.type.typeId === ArrowTypeId.Dictionary) {
    return rebuilt(type, batch);
  }
  const isNull = type.kind === "null";
  const nullCount = isNull ? length : batch.nullCount;
  const validity = isNull || nullCount === 0
    ? null
    : batch.validity as Uint8Array<ArrayBuffer>;
  const base = { type, length, nullCount, validity };
  if (isNull) return { ...base, data: new Uint8Array(0), offsets: null };
  if (hasOffsets(type)) {
    const data = values as Uint8Array<ArrayBuffer>;
    // A column without rows may have no offsets at all.
    const own = (offsets as Int32Array<ArrayBuffer>).subarray(0, length + 1);
    return { ...base, data, offsets: length === 0 ? new Int32Array(1) : own };
  }
  return { ...base, data: dataOf(field, batch), offsets: null };
}

function dataOf(field: Field, batch: ArrowBatch<unknown>): ColumnData {
  const { type } = field;
  const { values, length } = batch;
  const { bitWidth, unit } = batch.type as ArrowType & {
    bitWidth?: number;
    unit?: number;
  };
  if (type.kind === "decimal" && bitWidth !== decimalBits(type.precision)) {
    return resized(type, values as BigUint64Array, bitWidth! / 64, length);
  }
  if (type.kind === "date" && values instanceof BigInt64Array) {
    return Int32Array.from(
      values.subarray(0, length),
      (ms) => Number(ms / 86_400_000n),
    ) as Int32Array<ArrayBuffer>;
  }
  if ((type.kind === "time" || type.kind === "timestamp") && unit !== 2) {
    return microseconds(field, batch, unit!);
  }
  const data = values as ColumnData;
  if (!(data instanceof dataArray(type))) throw unsupported(field.name);
  return data.subarray(0, dataLength(type, length)) as ColumnData;
}

/** Decimals in more or fewer words: the value is the same, its sign extended. */
function resized(
  type: LogicalType & { readonly kind: "decimal" },
  values: BigUint64Array | Int32Array,
  words: number,
  length: number,
): BigUint64Array<ArrayBuffer> {
  const own = decimalBits(type.precision) / 64;
  const data = new BigUint64Array(length * own);
  for (let row = 0; row < length; row++) {
    for (let word = 0; word < own; word++) {
      const sign = BigInt(values[(row + 1) * Math.max(1, words) - 1]) >>
        (words < 1 ? 31n : 63n);
      const isHeld = words < 1 ? word === 0 : word < words;
      data[row * own + word] = isHeld
        ? BigInt.asUintN(64, BigInt(values[row * Math.max(1, words) + word]))
        : sign === 0n
        ? 0n
        : 0xffff_ffff_ffff_ffffn;
    }
  }
  return data;
}

/** Seconds, milliseconds or nanoseconds as microseconds. */
function microseconds(
  { name }: Field,
  { values, length, validity, nullCount }: ArrowBatch<unknown>,
  unit: number,
): BigInt64Array<ArrayBuffer> {
  const factor = [1_000_000n, 1000n, 1n][unit];
  const data = new BigInt64Array(length);
  for (let row = 0; row < length; row++) {
    // What lies under a NULL means nothing.
    if (nullCount > 0 && (validity[row >> 3] >> (row & 7) & 1) === 0) continue;
    const value = BigInt((values as BigInt64Array)[row]);
    if (factor === undefined && value % 1000n !== 0n) throw tooFine(name);
    data[row] = factor === undefined ? value / 1000n : value * factor;
  }
  return data;
}

function rebuilt(type: LogicalType, batch: ArrowBatch<unknown>): Column {
  const builder = columnBuilder(type, batch.length);
  for (let row = 0; row < batch.length; row++) {
    const value = batch.at(row) as string | null;
    if (value === null) builder.appendNull();
    else builder.appendValue(value);
  }
  return builder.finish();
}

function unsupported(column: string): OsirisError {
  return new OsirisError(
    "data/type",
    `Cannot take an Arrow table: column "${column}": its type is not supported`,
    { hint: "Cast the column first", details: { column } },
  );
}

function tooFine(column: string): OsirisError {
  return new OsirisError(
    "data/lossy",
    `Cannot take an Arrow table: column "${column}": nanoseconds that are no whole microseconds`,
    { hint: "Cast the column to microseconds first", details: { column } },
  );
}
