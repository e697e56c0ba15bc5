/**
 * The type of one column of JSON values, from all of them.
 *
 * A number is a double only if the double is that very number; what no type
 * holds exactly stays JSON, byte for byte.
 *
 * @module
 */
import {
  BOOL,
  DATE,
  type DateForms,
  FLOAT,
  INT,
  kindsOf,
  TIMESTAMP,
  TIMESTAMP_UTC,
  UINT,
} from "../csv/kinds.ts";
import { type LogicalType, types } from "../table/type.ts";
import { hasEscape } from "./unescape.ts";

/** A string. Beside the kinds of CSV texts, of which numbers are the same. */
const STRING = 1 << 20;

/** Finds the type of a column. */
export class JsonGuess {
  /** Values that were not NULL. */
  values = 0;
  readonly #dates: DateForms;
  #kinds = -1;

  constructor(dates: DateForms) {
    this.#dates = dates;
  }

  /** Takes the value `bytes[start, end)`, which is not `null`, into account. */
  observe(bytes: Uint8Array, start: number, end: number): void {
    this.values++;
    if (this.#kinds !== 0) {
      this.#kinds &= valueKinds(bytes, start, end, this.#dates);
    }
  }

  /** The type that all values have; text when there is none. */
  type(): LogicalType {
    if (this.values === 0) return types.utf8;
    const kinds = this.#kinds;
    if (kinds & INT) return types.int64;
    if (kinds & UINT) return types.uint64;
    if (kinds & FLOAT) return types.float64;
    if (kinds & BOOL) return types.bool;
    if (kinds & DATE) return types.date;
    if (kinds & TIMESTAMP) return types.timestamp;
    if (kinds & TIMESTAMP_UTC) return types.timestampUtc;
    return kinds & STRING ? types.utf8 : types.json;
  }
}

function valueKinds(
  bytes: Uint8Array,
  start: number,
  end: number,
  dates: DateForms,
): number {
  switch (bytes[start]) {
    case 34: {
      const isDate = dates !== "none" && end - start > 11 &&
        !hasEscape(bytes, start, end);
      const kinds = isDate ? kindsOf(bytes, start + 1, end - 1, dates) : 0;
      return STRING | (kinds & (DATE | TIMESTAMP | TIMESTAMP_UTC));
    }
    case 116:
    case 102:
      return BOOL;
    case 123:
    case 91:
      return 0;
    default:
      return numberKinds(bytes, start, end);
  }
}

function numberKinds(bytes: Uint8Array, start: number, end: number): number {
  const ints = kindsOf(bytes, start, end, "none") & (INT | UINT);
  if (end - start <= 16 && !hasExponent(bytes, start, end)) return ints | FLOAT;
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  const value = Number(text);
  const isExact = Number.isFinite(value) &&
    sameNumber(text, String(value));
  return isExact ? ints | FLOAT : ints;
}

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] | 32) === 101) return true;
  return false;
}

/** Whether two decimal texts are the same number, zeros at the ends aside. */
function sameNumber(a: string, b: string): boolean {
  const [left, right] = [plainForm(a), plainForm(b)];
  return left === right;
}

/** `digits e power` without zeros at either end of the digits. */
function plainForm(text: string): string {
  const [, sign, whole, fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text)!;
  const all = whole + fraction;
  const digits = all.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + all.length - digits.length;
  const plain = digits.replace(/^0+/, "");
  return plain === "" ? `${sign}0` : `${sign}${plain}e${exponent}`;
}
