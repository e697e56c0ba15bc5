/**
 * Our schema as Arrow's Schema message and back.
 *
 * What Arrow has no type for is told by field metadata: `osiris.type: "json"`
 * on a utf8 field, `osiris.type: "time"` on a duration (Arrow's own time of
 * day ends at 24 h and knows no sign).
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { FlatBuilder, FlatTable, Slot } from "./flatbuffer.ts";
import {
  decimal,
  decimalBits,
  type Field,
  type LogicalType,
  type Schema,
  types,
} from "./type.ts";

/** The metadata key under which a field's own type is kept where Arrow has none. */
export const TYPE_KEY = "osiris.type";

/** Numbers of Arrow's `Type` union that we write or read. */
const ARROW = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  duration: 18,
} as const;

/** Names of the other numbers, for messages. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  11: "interval",
  12: "list",
  13: "struct",
  14: "union",
  15: "fixed_size_binary",
  16: "fixed_size_list",
  17: "map",
  19: "large_binary",
  20: "large_utf8",
  21: "large_list",
  22: "run_end_encoded",
  23: "binary_view",
  24: "utf8_view",
  25: "list_view",
  26: "large_list_view",
};

const DAY = 0;
const MICROSECOND = 2;

/** How a field of a stream is held: its logical type, and how many bits a decimal of it takes there. */
export interface StreamField {
  readonly field: Field;
  /** For decimals the width in the stream, which may be wider than ours; 0 for others. */
  readonly decimalBits: number;
}

/** Adds a schema to `builder` and returns its reference. */
export function buildSchema(builder: FlatBuilder, schema: Schema): number {
  const fields = schema.fields.map((field) => buildField(builder, field));
  return builder.table([null, { ref: builder.vector(fields) }]);
}

function buildField(builder: FlatBuilder, field: Field): number {
  const { kind } = field.type;
  const metadata = Object.entries(field.metadata ?? {});
  if (kind === "json" || kind === "time") metadata.push([TYPE_KEY, kind]);
  const pairs = metadata.map(([key, value]) => {
    const [keyRef, valueRef] = [builder.string(key), builder.string(value)];
    return builder.table([{ ref: keyRef }, { ref: valueRef }]);
  });
  const metadataRef = pairs.length === 0 ? null : builder.vector(pairs);
  const name = builder.string(field.name);
  const children = builder.vector([]);
  const [typeId, type] = buildType(builder, field.type);
  return builder.table([
    { ref: name },
    { bytes: 1, value: field.nullable ? 1 : 0 },
    { bytes: 1, value: typeId },
    { ref: type },
    null,
    { ref: children },
    metadataRef === null ? null : { ref: metadataRef },
  ]);
}

function buildType(builder: FlatBuilder, type: LogicalType): [number, number] {
  switch (type.kind) {
    case "int":
      return [
        ARROW.int,
        builder.table([int32(type.bits), {
          bytes: 1,
          value: type.signed ? 1 : 0,
        }]),
      ];
    case "float":
      return [ARROW.float, builder.table([int16(type.bits === 32 ? 1 : 2)])];
    case "decimal": {
      const { precision, scale } = type;
      return [
        ARROW.decimal,
        builder.table([
          int32(precision),
          int32(scale),
          int32(decimalBits(precision)),
        ]),
      ];
    }
    case "date":
      return [ARROW.date, builder.table([int16(DAY)])];
    case "time":
      return [ARROW.duration, builder.table([int16(MICROSECOND)])];
    case "timestamp": {
      const zone = type.utc ? { ref: builder.string("UTC") } : null;
      return [ARROW.timestamp, builder.table([int16(MICROSECOND), zone])];
    }
    case "json":
      return [ARROW.utf8, builder.table([])];
    default:
      return [ARROW[type.kind], builder.table([])];
  }
}

const int16 = (value: number): Slot => ({ bytes: 2, value });
const int32 = (value: number): Slot => ({ bytes: 4, value });

/**
 * Reads the fields of a Schema message.
 *
 * @throws {OsirisError} `data/type` for a field whose type we don't have.
 */
export function readSchema(schema: FlatTable): StreamField[] {
  if (schema.int(0, 2) !== 0) {
    throw new OsirisError(
      "data/type",
      "Cannot read an Arrow stream: big-endian data",
      { hint: "Write it with little-endian byte order" },
    );
  }
  return schema.tables(1).map(readField);
}

function readField(table: FlatTable): StreamField {
  const name = table.string(0) ?? "";
  const entries = table.tables(6).map((pair) =>
    [pair.string(0) ?? "", pair.string(1) ?? ""] as const
  );
  const ours = entries.find(([key]) => key === TYPE_KEY)?.[1];
  const metadata = entries.filter(([key]) => key !== TYPE_KEY);
  const found = table.table(4) === null ? readType(table) : "dictionary";
  if (typeof found === "string") throw unsupported(name, found);
  const isJson = found.type.kind === "utf8" && ours === "json";
  return {
    field: {
      name,
      type: isJson ? types.json : found.type,
      nullable: table.int(1, 1) !== 0,
      ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
    },
    decimalBits: found.bits,
  };
}

type FoundType = { readonly type: LogicalType; readonly bits: number };

/** The type of a field, or the name of one that we don't have. */
function readType(field: FlatTable): FoundType | string {
  const typeId = field.int(2, 1);
  const table = field.table(3);
  if (table === null) return "none";
  switch (typeId) {
    case ARROW.int:
      return readInt(table);
    case ARROW.float:
      return [types.float32, types.float64].map(plain)[table.int(0, 2) - 1] ??
        "float16";
    case ARROW.decimal:
      return readDecimal(table);
    case ARROW.date:
      return table.int(0, 2, 1) === DAY ? plain(types.date) : "date64";
    case ARROW.time:
    case ARROW.duration:
      return table.int(0, 2, 1) === MICROSECOND
        ? plain(types.time)
        : "time not in microseconds";
    case ARROW.timestamp:
      if (table.int(0, 2) !== MICROSECOND) {
        return "timestamp not in microseconds";
      }
      return plain({ kind: "timestamp", utc: (table.string(1) ?? "") !== "" });
    default:
      return plainType(typeId) ?? OTHER_TYPES[typeId] ?? `type ${typeId}`;
  }
}

function readInt(table: FlatTable): FoundType | string {
  const [bits, signed] = [table.int(0, 4), table.int(1, 1) !== 0];
  return [8, 16, 32, 64].includes(bits)
    ? plain({ kind: "int", bits: bits as 8, signed })
    : `int${bits}`;
}

function readDecimal(table: FlatTable): FoundType | string {
  const [precision, scale] = [table.int(0, 4), table.int(1, 4)];
  const bits = table.int(2, 4, 128);
  const isOurs = precision >= 1 && precision <= 76 && scale >= 0 &&
    scale <= precision && bits >= decimalBits(precision) &&
    [64, 128, 256].includes(bits);
  return isOurs
    ? { type: decimal(precision, scale), bits }
    : `decimal${bits}(${precision},${scale})`;
}

function plainType(typeId: number): FoundType | undefined {
  const kind = (["null", "bool", "utf8", "binary"] as const).find((kind) =>
    ARROW[kind] === typeId
  );
  return kind && plain(types[kind]);
}

const plain = (type: LogicalType): FoundType => ({ type, bits: 0 });

function unsupported(name: string, type: string): OsirisError {
  return new OsirisError(
    "data/type",
    `Cannot read an Arrow stream: column "${name}": ${type} is not supported`,
    { hint: "Cast the column before writing it", details: { column: name } },
  );
}
