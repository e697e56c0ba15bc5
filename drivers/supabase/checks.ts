/**
 * Tells from a value's text whether a type of the target holds it exactly. The
 * database itself would round, cut or wrap without a word.
 *
 * @module
 */
import { isJson } from "../../src/table/json_text.ts";

/** Whether the value written as `bytes[start, end)` is held exactly. */
export type TextCheck = (
  bytes: Uint8Array,
  start: number,
  end: number,
) => boolean;

const POINT = 46, ZERO = 48, NINE = 57, E = 101;

/** Digits after the point up to the last that isn't zero; of floats with exponent too. */
export function fractionDigits(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let point = -1, last = -1, exponent = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT) point = last = at;
    else if (byte > ZERO && byte <= NINE) {
      if (point >= 0) last = at;
    } else if (byte === E) {
      exponent = Number(asciiText(bytes, at + 1, end));
      break;
    } else if (point >= 0 && byte !== ZERO) break; // a zone after the fraction
  }
  const digits = point < 0 ? 0 : last - point;
  return Math.max(0, digits - exponent);
}

/** At most `most` digits after the point. */
export function maxFraction(most: number): TextCheck {
  return (bytes, start, end) => fractionDigits(bytes, start, end) <= most;
}

/** A whole number from `low` to `high`. */
export function wholeBetween(low: bigint, high: bigint): TextCheck {
  return (bytes, start, end) => {
    if (fractionDigits(bytes, start, end) > 0) return false;
    const text = asciiText(bytes, start, end);
    const value = /^-?\d+$/.test(text)
      ? BigInt(text)
      : /^-?\d+\.0*$/.test(text)
      ? BigInt(text.slice(0, text.indexOf(".")))
      : Number.isFinite(Number(text))
      ? BigInt(Number(text))
      : undefined;
    return value !== undefined && value >= low && value <= high;
  };
}

/** A number that a float of so many bits gives back the same. */
export function fitsFloat(bits: 32 | 64): TextCheck {
  const most = bits === 32 ? 6 : 15;
  return (bytes, start, end) => {
    const text = asciiText(bytes, start, end);
    const number = Number(text);
    const stored = bits === 32 ? Math.fround(number) : number;
    if (Number.isNaN(number)) return text === "NaN";
    if (!Number.isFinite(stored)) return stored === number && /Inf/.test(text);
    if (/^-?\d+$/.test(text) && BigInt(stored) === BigInt(text)) return true;
    // A decimal of so few digits comes back from its nearest float.
    return significantDigits(text) <= most;
  };
}

/** A double that a real holds: no decimal that would come back, but the very number. */
export const fitsReal: TextCheck = (bytes, start, end) => {
  const number = Number(asciiText(bytes, start, end));
  return Number.isNaN(number) || Math.fround(number) === number;
};

/** A time of day: neither negative nor over 24 hours. */
export const isTimeOfDay: TextCheck = (bytes, start, end) => {
  const text = asciiText(bytes, start, end);
  return /^([01]\d|2[0-3]):|^24:00:00(\.0+)?$/.test(text);
};

/** A timestamp at midnight. */
export const isMidnight: TextCheck = (bytes, start, end) =>
  / 00:00:00(\.0+)?Z?$/.test(asciiText(bytes, start, end));

/** 0 or 1. */
export const isBit: TextCheck = (bytes, start, end) =>
  end - start === 1 && (bytes[start] | 1) === 49;

/** One JSON value. */
export const isJsonText: TextCheck = isJson;

/** Bytes as hex digits, with or without `\x` before them. */
export const isHexText: TextCheck = (bytes, start, end) => {
  const from = hexStart(bytes, start, end);
  if ((end - from) % 2 !== 0) return false;
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    const isHex = ((byte - 48) >>> 0) <= 9 || (((byte | 32) - 97) >>> 0) <= 5;
    if (!isHex) return false;
  }
  return true;
};

/** Where the digits begin. */
export function hexStart(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const isMarked = end - start >= 2 && bytes[start] === 92 &&
    bytes[start + 1] === 120;
  return isMarked ? start + 2 : start;
}

/** A JSON list. */
export const isJsonList: TextCheck = (bytes, start, end) => {
  let at = start;
  while (at < end && bytes[at] <= 32) at++;
  return bytes[at] === 91;
};

/** At most `most` characters. */
export function maxCharacters(most: number): TextCheck {
  return (bytes, start, end) => {
    if (end - start <= most) return true;
    let characters = 0;
    for (let at = start; at < end; at++) {
      if ((bytes[at] & 0xc0) !== 0x80) characters++;
    }
    return characters <= most;
  };
}

/** All of `checks`. */
export function all(...checks: readonly TextCheck[]): TextCheck {
  return (bytes, start, end) =>
    checks.every((check) => check(bytes, start, end));
}

function significantDigits(text: string): number {
  const digits = text.replace(/e.*$/i, "").replace(/[-.]/g, "")
    .replace(/^0+/, "");
  return digits.replace(/0+$/, "").length;
}

/** ASCII bytes as a string. */
export function asciiText(
  bytes: Uint8Array,
  start: number,
  end: number,
): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
