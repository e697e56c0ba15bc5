/**
 * The two ways in which a builder refuses a value.
 *
 * The messages tell kinds, never the value itself, which may be anybody's data.
 *
 * @module
 */
import { OsirisError } from "../../error.ts";
import { formatType, type LogicalType } from "../type.ts";

/** The error for a value of the wrong kind. */
export function wrongKind(type: LogicalType, value: unknown): OsirisError {
  const seen = value instanceof Uint8Array ? "bytes" : typeof value;
  return new OsirisError(
    "data/type",
    `Cannot take a value as ${formatType(type)}: it is a ${seen}`,
  );
}

/** The error for a value of the right kind that the type can't hold exactly. */
export function lossy(type: LogicalType): OsirisError {
  return new OsirisError(
    "data/lossy",
    `Cannot take a value as ${formatType(type)}: it does not fit exactly`,
  );
}

/** A whole number as bigint. @throws {OsirisError} `data/type`, `data/lossy` when it isn't one. */
export function wholeNumber(type: LogicalType, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number") throw wrongKind(type, value);
  if (!Number.isSafeInteger(value)) throw lossy(type);
  return BigInt(value);
}
