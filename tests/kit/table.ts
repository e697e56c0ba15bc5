/** Columns and batches from JavaScript values and back, written apart from the code under test. */
import type { Batch, Column, ColumnData } from "../../src/table/batch.ts";
import { dataArray } from "../../src/table/batch.ts";
import {
  decimalBits,
  type Field,
  type LogicalType,
} from "../../src/table/type.ts";

/** Values as `ColumnBuilder.appendValue` takes them: 64-bit and decimal as bigint, date as days, text as string. */
export type Cell = number | bigint | string | boolean | Uint8Array | null;

/** A column of these values. */
export function columnOf(type: LogicalType, cells: readonly Cell[]): Column {
  const length = cells.length;
  const nullCount = cells.filter((cell) => cell === null).length;
  const validity = nullCount === 0
    ? null
    : bitmap(cells.map((cell) => cell !== null));
  const base = { type, length, nullCount, validity };
  switch (type.kind) {
    case "null":
      return {
        ...base,
        validity: null,
        data: new Uint8Array(0),
        offsets: null,
      };
    case "bool":
      return {
        ...base,
        data: bitmap(cells.map((cell) => cell === true)),
        offsets: null,
      };
    case "utf8":
    case "json":
    case "binary":
      return { ...base, ...bytesOf(cells) };
    case "decimal": {
      const words = decimalBits(type.precision) / 64;
      const data = new BigUint64Array(length * words);
      cells.forEach((cell, row) => {
        for (let word = 0; word < words; word++) {
          data[row * words + word] = BigInt.asUintN(
            64,
            BigInt(cell as bigint ?? 0) >> BigInt(64 * word),
          );
        }
      });
      return { ...base, data, offsets: null };
    }
    default: {
      const data = new (dataArray(type))(length) as ColumnData;
      const isBig = data instanceof BigInt64Array ||
        data instanceof BigUint64Array;
      cells.forEach((cell, row) => {
        data[row] = (isBig ? BigInt(cell as bigint ?? 0) : cell ?? 0) as never;
      });
      return { ...base, data, offsets: null };
    }
  }
}

function bitmap(bits: boolean[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((bits.length + 7) >> 3);
  bits.forEach((bit, i) => bit && (bytes[i >> 3] |= 1 << (i & 7)));
  return bytes;
}

function bytesOf(cells: readonly Cell[]): {
  data: Uint8Array<ArrayBuffer>;
  offsets: Int32Array<ArrayBuffer>;
} {
  const parts = cells.map((cell) =>
    typeof cell === "string"
      ? new TextEncoder().encode(cell)
      : (cell ?? new Uint8Array(0)) as Uint8Array
  );
  const offsets = new Int32Array(cells.length + 1);
  parts.forEach((part, i) => offsets[i + 1] = offsets[i] + part.length);
  const data = new Uint8Array(offsets[cells.length]);
  parts.forEach((part, i) => data.set(part, offsets[i]));
  return { data, offsets };
}

/** The values of a column, as {@linkcode columnOf} takes them. */
export function cellsOf(column: Column): Cell[] {
  return Array.from({ length: column.length }, (_, row) => cellOf(column, row));
}

function cellOf(column: Column, row: number): Cell {
  const { type, validity, data, offsets } = column;
  if (type.kind === "null") return null;
  if (validity !== null && (validity[row >> 3] >> (row & 7) & 1) === 0) {
    return null;
  }
  switch (type.kind) {
    case "bool":
      return ((data[row >> 3] as number) >> (row & 7) & 1) === 1;
    case "utf8":
    case "json":
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        (data as Uint8Array).subarray(offsets![row], offsets![row + 1]),
      );
    case "binary":
      return (data as Uint8Array).slice(offsets![row], offsets![row + 1]);
    case "decimal": {
      const words = decimalBits(type.precision) / 64;
      let value = 0n;
      for (let word = words - 1; word >= 0; word--) {
        value = value << 64n | data[row * words + word] as bigint;
      }
      return BigInt.asIntN(64 * words, value);
    }
    default:
      return data[row];
  }
}

/** A column to be: name, type, values, and what else its field says. */
export type ColumnSpec = readonly [
  name: string,
  type: LogicalType,
  cells: readonly Cell[],
  more?: Partial<Field>,
];

/** A batch of these columns, all nullable unless said otherwise. */
export function batchOf(...columns: readonly ColumnSpec[]): Batch {
  return {
    schema: {
      fields: columns.map(([name, type, , more]) => ({
        name,
        type,
        nullable: true,
        ...more,
      })),
    },
    length: columns[0]?.[2].length ?? 0,
    columns: columns.map(([, type, cells]) => columnOf(type, cells)),
  };
}

/** The values of several batches by column name. */
export function tableOf(batches: readonly Batch[]): Record<string, Cell[]> {
  const table: Record<string, Cell[]> = Object.create(null);
  for (const { schema, columns } of batches) {
    schema.fields.forEach(({ name }, i) => {
      (table[name] ??= []).push(...cellsOf(columns[i]));
    });
  }
  return { ...table };
}
