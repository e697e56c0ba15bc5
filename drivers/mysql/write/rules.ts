/**
 * What the server would change without a word, and is refused here instead:
 * fractions of seconds that a column has no room for, 1.5 in an integer, an
 * ENUM's number in place of its member, spaces at the end of CHAR, and so on.
 *
 * Whatever the server warns about is left to the server.
 *
 * @module
 */
import { type Column, isNull } from "../../../src/table/batch.ts";
import type { LogicalType } from "../../../src/table/type.ts";
import type { TargetColumn } from "./target.ts";

/** Says whether the text (or, for binary, the bytes) of a value is kept exactly. */
export interface Rule {
  /** What is wrong otherwise, after `column "a", row 7: `. */
  readonly state: string;
  accepts(bytes: Uint8Array, start: number, end: number): boolean;
  /** The first row at or after `from` whose value isn't kept, or -1: for types whose text needn't be made to tell. */
  findFault?(column: Column, from: number): number;
}

/** The rule for values of a type in a column; null where the server says all there is to say. */
export function ruleFor(type: LogicalType, column: TargetColumn): Rule | null {
  const fromText = type.kind === "utf8" || type.kind === "json";
  switch (column.base) {
    case "tinyint":
    case "smallint":
    case "mediumint":
    case "int":
    case "bigint":
      return isWhole(type) ? null : matching(WHOLE, "not a whole number");
    case "bit":
      return isWhole(type) ? null : matching(DIGITS, "not a whole number");
    case "year":
      return matching(YEAR, "not a year from 1901 to 2155, or 0");
    case "float":
    case "double":
      return floatRule(type, column);
    case "date":
      return type.kind === "date" ? null : DATE_ONLY;
    case "time":
    case "datetime":
    case "timestamp":
      return type.kind === "date" ? null : fractionRule(type, column);
    case "enum":
      return memberRule(column, false);
    case "set":
      return memberRule(column, true);
    case "char":
      return fromText ? NO_TRAILING_SPACE : null;
    case "binary":
      return lengthRule(column);
    default:
      return null;
  }
}

const WHOLE = /^\s*[+-]?\d+(\.0*)?$/;
const DIGITS = /^\d+$/;
const YEAR = /^(0|0000|19(0[1-9]|[1-9]\d)|20\d\d|21[0-4]\d|215[0-5])$/;

function isWhole(type: LogicalType): boolean {
  return type.kind === "int" || type.kind === "bool" ||
    (type.kind === "decimal" && type.scale === 0);
}

/** Values are short where this is used, and of one column at most of the time none. */
function matching(pattern: RegExp, state: string): Rule {
  return {
    state,
    accepts: (bytes, start, end) => pattern.test(ascii(bytes, start, end)),
  };
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

const DATE_ONLY: Rule = {
  state: "it has a time of day, or no four digits of a year",
  accepts(bytes, start, end) {
    const text = ascii(bytes, start, end);
    return /^\d{4}(\D|\d{4}$)/.test(text) && !/[T ].*[1-9]/.test(text);
  },
};

function fractionRule(type: LogicalType, column: TargetColumn): Rule | null {
  const digits = Number(/\((\d)\)/.exec(column.type)?.[1] ?? 0);
  const hasDate = column.base !== "time";
  const isTyped = type.kind === "timestamp" || type.kind === "time";
  if (isTyped && digits === 6) return null;
  return {
    ...isTyped && { findFault: fractionFault(10 ** (6 - digits)) },
    state: hasDate
      ? `it has more than ${digits} digits of a second, or no four digits of a year`
      : `it has more than ${digits} digits of a second`,
    accepts(bytes, start, end) {
      let point = start;
      while (point < end && bytes[point] !== 46) point++;
      for (let i = point + 1 + digits; i < end; i++) {
        if (bytes[i] > 48 && bytes[i] <= 57) return false;
      }
      if (!hasDate) return true;
      for (let i = start; i < start + 4; i++) {
        if (bytes[i] < 48 || bytes[i] > 57) return false;
      }
      return true;
    },
  };
}

/** Finds microseconds that are no multiple of `unit`. */
function fractionFault(unit: number): NonNullable<Rule["findFault"]> {
  return (column, from) => {
    const data = column.data as BigInt64Array;
    const halves = new Int32Array(
      data.buffer,
      data.byteOffset,
      2 * data.length,
    );
    for (let row = from; row < column.length; row++) {
      // high * 2^32 + low, both taken modulo the unit so that no digit is lost.
      const high = halves[2 * row + 1] % unit;
      const low = halves[2 * row] >>> 0;
      if ((high * (4_294_967_296 % unit) + low) % unit === 0) continue;
      if (!isNull(column, row)) return row;
    }
    return -1;
  };
}

/**
 * A number is kept when the nearest float, written with as many digits as the
 * text has, is the text's number again: `0.1` is, `16777217` as FLOAT isn't. For
 * a double its shortest text counts, so that 0.1 goes into FLOAT and 1/3 doesn't.
 */
function floatRule(type: LogicalType, column: TargetColumn): Rule | null {
  const isSingle = column.base === "float";
  if (type.kind === "float" && (type.bits === 32 || !isSingle)) return FINITE;
  const exactBits = isSingle ? 16 : 32;
  if (type.kind === "bool") return null;
  if (type.kind === "int" && type.bits <= exactBits) return null;
  return {
    state: `${isSingle ? "FLOAT" : "DOUBLE"} has no such number`,
    accepts(bytes, start, end) {
      const text = ascii(bytes, start, end).trim();
      const wanted = Number(text);
      if (text === "" || !Number.isFinite(wanted)) return text === "";
      const held = isSingle ? Math.fround(wanted) : wanted;
      if (!Number.isFinite(held)) return true; // out of range, says the server
      return sameDigits(text, held);
    },
  };
}

const FINITE: Rule = {
  state: "the column has no NaN and no infinity",
  accepts: (bytes, start, end) => {
    const last = bytes[end - 1];
    return start === end || (last >= 48 && last <= 57);
  },
};

function sameDigits(text: string, held: number): boolean {
  const digits = significant(text);
  if (digits === "") return held === 0;
  if (digits.length > 100) return false;
  return significant(held.toPrecision(digits.length)) === digits;
}

/** The digits of a number without sign, point, exponent and zeros around. */
function significant(text: string): string {
  return text.replace(/e.*$/i, "").replace(/[^0-9]/g, "").replace(/^0+/, "")
    .replace(/0+$/, "");
}

const NO_TRAILING_SPACE: Rule = {
  state: "CHAR drops the spaces at its end",
  accepts: (bytes, start, end) => end === start || bytes[end - 1] !== 32,
};

function lengthRule(column: TargetColumn): Rule {
  const length = Number(/\((\d+)\)/.exec(column.type)?.[1] ?? 1);
  return {
    state: `BINARY(${length}) takes ${length} bytes, no less`,
    // One that is too long is cut with a warning.
    accepts: (_bytes, start, end) => end - start >= length,
  };
}

/** Members of `enum('a','b')` or `set(…)`, as the catalogue writes them: escaped, whatever `sql_mode` says. */
export function membersOf(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, member]) =>
    member.replaceAll("''", "'").replaceAll(
      /\\(.)/gs,
      (_, letter: string) => ESCAPES[letter] ?? letter,
    )
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  n: "\n",
  r: "\r",
  Z: "\x1a",
};

function memberRule(column: TargetColumn, isSet: boolean): Rule {
  const members = membersOf(column.type).map((member) =>
    encoder.encode(member)
  );
  const isMember = (bytes: Uint8Array, start: number, end: number): boolean =>
    members.some((member) => isSame(member, bytes, start, end));
  if (!isSet) return { state: "no member of the enum", accepts: isMember };
  return {
    state: "not members of the set",
    accepts(bytes, start, end) {
      for (let from = start, i = start; from < end; from = ++i) {
        while (i < end && bytes[i] !== COMMA) i++;
        if (!isMember(bytes, from, i)) return false;
      }
      return true;
    },
  };
}

function isSame(
  member: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (member.length !== end - start) return false;
  for (let i = 0; i < member.length; i++) {
    if (member[i] !== bytes[start + i]) return false;
  }
  return true;
}

const COMMA = 44;
const encoder = new TextEncoder();
