/**
 * Our types as flechette's and back.
 *
 * @module
 */
import {
  type ArrowType,
  ArrowTypeId,
  binary,
  bool,
  dateDay,
  decimal as arrowDecimal,
  duration,
  float32,
  float64,
  int,
  nullType,
  timestamp,
  TimeUnit,
  utf8,
} from "../deps/flechette.ts";
import { TYPE_KEY } from "./ipc_schema.ts";
import {
  decimal,
  decimalBits,
  type Field,
  type LogicalType,
  types,
} from "./type.ts";

/** A field as flechette has it. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly nullable: boolean;
  readonly metadata: Map<string, string> | null;
}

/** flechette's type for one of ours. */
export function arrowType(type: LogicalType): ArrowType {
  switch (type.kind) {
    case "null":
      return nullType();
    case "bool":
      return bool();
    case "int":
      return int(type.bits, type.signed);
    case "float":
      return type.bits === 32 ? float32() : float64();
    case "decimal":
      return arrowDecimal(
        type.precision,
        type.scale,
        decimalBits(type.precision),
      );
    case "date":
      return dateDay();
    case "time":
      return duration(TimeUnit.MICROSECOND);
    case "timestamp":
      return timestamp(TimeUnit.MICROSECOND, type.utc ? "UTC" : null);
    case "binary":
      return binary();
    default:
      return utf8();
  }
}

/** flechette's field for one of ours; what Arrow has no type for is in its metadata. */
export function arrowField(field: Field): ArrowField {
  const { kind } = field.type;
  const metadata = new Map(Object.entries(field.metadata ?? {}));
  if (kind === "json" || kind === "time") metadata.set(TYPE_KEY, kind);
  return {
    name: field.name,
    type: arrowType(field.type),
    nullable: field.nullable,
    metadata: metadata.size > 0 ? metadata : null,
  };
}

/** Our field for one of flechette's; null when we have no such type. */
export function fieldOf(
  { name, type, nullable, metadata }: ArrowField,
): Field | null {
  const plain = logicalType(type);
  if (plain === null) return null;
  const isJson = plain.kind === "utf8" && metadata?.get(TYPE_KEY) === "json";
  const rest = [...metadata ?? []].filter(([key]) => key !== TYPE_KEY);
  return {
    name,
    type: isJson ? types.json : plain,
    nullable,
    ...(rest.length > 0 && { metadata: Object.fromEntries(rest) }),
  };
}

/** Our type for one of flechette's, dictionaries taken for what they hold; null when we have none. */
function logicalType(type: ArrowType): LogicalType | null {
  switch (type.typeId) {
    case ArrowTypeId.Dictionary: {
      const { dictionary } = type as ArrowType & { dictionary: ArrowType };
      return dictionary.typeId === ArrowTypeId.Utf8 ? types.utf8 : null;
    }
    case ArrowTypeId.Null:
      return types.null;
    case ArrowTypeId.Bool:
      return types.bool;
    case ArrowTypeId.Int: {
      const { bitWidth: bits, signed } = type as ArrowType & {
        bitWidth: 8;
        signed: boolean;
      };
      return { kind: "int", bits, signed };
    }
    case ArrowTypeId.Float:
      return [null, types.float32, types.float64][
        (type as ArrowType & { precision: number }).precision
      ];
    case ArrowTypeId.Decimal:
      return decimalType(
        type as ArrowType & { precision: number; scale: number },
      );
    case ArrowTypeId.Date:
      return types.date;
    case ArrowTypeId.Time:
    case ArrowTypeId.Duration:
      return types.time;
    case ArrowTypeId.Timestamp: {
      const { timezone } = type as ArrowType & { timezone: string | null };
      return { kind: "timestamp", utc: Boolean(timezone) };
    }
    case ArrowTypeId.Utf8:
      return types.utf8;
    case ArrowTypeId.Binary:
      return types.binary;
    default:
      return null;
  }
}

function decimalType(
  { precision, scale }: { precision: number; scale: number },
): LogicalType | null {
  const isOurs = precision >= 1 && precision <= 76 && scale >= 0 &&
    scale <= precision;
  return isOurs ? decimal(precision, scale) : null;
}
