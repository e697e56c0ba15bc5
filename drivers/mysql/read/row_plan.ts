/**
 * How the rows of a result are read: a reader per column, and how wide the
 * columns' values lie in a row.
 *
 * @module
 */
import { columnBuilder } from "../../../src/table/builder.ts";
import type { Field, LogicalType, Schema } from "../../../src/table/type.ts";
import { FLAG, WIRE } from "../column_type.ts";
import type { ColumnDefinition } from "../raw.ts";
import { isDate, type ReadPolicy } from "../types.ts";
import {
  BinaryBoolReader,
  BinaryFloatReader,
  BinaryIntReader,
  BinaryWideReader,
  BitReader,
} from "./binary_number.ts";
import {
  BinaryDateReader,
  BinaryTimeReader,
  BinaryTimestampReader,
} from "./binary_time.ts";
import { BytesReader, DateTextReader, GeometryReader } from "./bytes_reader.ts";
import { type ColumnReader, ZeroFilledReader } from "./column_reader.ts";

/** Which of the server's two ways to send rows: of prepared statements, or as text. */
export type RowProtocol = "binary" | "text";

/** How the rows of a result are read. */
export interface RowPlan {
  readonly protocol: RowProtocol;
  readonly schema: Schema;
  readonly readers: readonly ColumnReader[];
  /** Bytes of each column's value; 0 where its length comes with it. */
  readonly widths: Uint8Array;
  /** Whether each column holds dates, which may be zero. */
  readonly dates: readonly boolean[];
  readonly policy: ReadPolicy;
}

/** Plans the reading of batches of at most `room` rows. */
export function planRows(
  columns: readonly ColumnDefinition[],
  fields: readonly Field[],
  protocol: RowProtocol,
  policy: ReadPolicy,
  room: number,
): RowPlan {
  const reader = protocol === "binary" ? binaryReader : textReader;
  return {
    protocol,
    schema: { fields },
    readers: columns.map((column, index) =>
      reader(column, fields[index].type, room, policy)
    ),
    widths: Uint8Array.from(
      columns,
      (column) => protocol === "binary" ? WIDTHS[column.columnType] ?? 0 : 0,
    ),
    dates: columns.map(isDate),
    policy,
  };
}

const WIDTHS: Readonly<Record<number, number>> = {
  [WIRE.tiny]: 1,
  [WIRE.short]: 2,
  [WIRE.year]: 2,
  [WIRE.int24]: 4,
  [WIRE.long]: 4,
  [WIRE.float]: 4,
  [WIRE.longlong]: 8,
  [WIRE.double]: 8,
};

function binaryReader(
  column: ColumnDefinition,
  type: LogicalType,
  room: number,
  policy: ReadPolicy,
): ColumnReader {
  const { columnType } = column;
  switch (type.kind) {
    case "bool":
      return new BinaryBoolReader(type, room, 0);
    case "int":
      if (columnType === WIRE.bit) return new BitReader(type, room);
      return type.bits === 64
        ? new BinaryWideReader(type, room)
        : new BinaryIntReader(type, WIDTHS[columnType] as 1 | 2 | 4, room);
    case "float":
      return type.bits === 32
        ? new BinaryFloatReader(type, room)
        : new BinaryWideReader(type, room);
    case "date":
      return new BinaryDateReader(type, room);
    case "time":
      return new BinaryTimeReader(type, room);
    case "timestamp":
      return new BinaryTimestampReader(
        type,
        room,
        type.utc ? policy.utcOffset ?? 0 : 0,
      );
    default:
      if (isDate(column)) {
        return new DateTextReader(
          type as LogicalType & { kind: "utf8" },
          column.decimals,
          columnType !== WIRE.date && columnType !== WIRE.newdate,
        );
      }
      return plainReader(column, type, room);
  }
}

function textReader(
  column: ColumnDefinition,
  type: LogicalType,
  room: number,
): ColumnReader {
  if (column.columnType === WIRE.bit) {
    return new BitReader(type as LogicalType & { kind: "int" }, room);
  }
  if (type.kind === "bool") return new BinaryBoolReader(type, room, 48);
  if (column.flags & FLAG.zerofill && type.kind !== "utf8") {
    return new ZeroFilledReader(columnBuilder(type, room));
  }
  return plainReader(column, type, room);
}

/** Readers of values that both protocols send alike. */
function plainReader(
  column: ColumnDefinition,
  type: LogicalType,
  room: number,
): ColumnReader {
  if (column.columnType === WIRE.geometry) {
    return new GeometryReader(type as LogicalType & { kind: "binary" });
  }
  // JSON is checked by the server when it is stored; utf8 takes spans as they are.
  if (type.kind === "binary" || type.kind === "json") {
    return new BytesReader(type);
  }
  if (column.flags & FLAG.zerofill) {
    return new ZeroFilledReader(columnBuilder(type, room));
  }
  return columnBuilder(type, room);
}
