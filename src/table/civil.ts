/**
 * Dates of the proleptic Gregorian calendar as days since 1970-01-01 and back,
 * in 32-bit integer arithmetic.
 *
 * Years count from March here, so that the leap day is the last of its year
 * and no table of month lengths is needed: month lengths from March on are
 * `(153 m + 2) / 5` apart.
 *
 * @module
 */
import { writeTwo } from "./words.ts";

/** Days of 0001-01-01, the first date that has a text form. */
export const MIN_DAYS = -719_162;

/** Days of 9999-12-31, the last date that has a text form. */
export const MAX_DAYS = 2_932_896;

/** What a function that reads a date gives when the text is not one. */
export const NO_DATE = 0x7fff_ffff;

/** Days from 0000-03-01, where the eras of 400 years start, to 1970-01-01. */
const EPOCH = 719_468;

/** Days of a date; {@linkcode NO_DATE} when the calendar has no such day in the years 1 to 9999. */
export function daysFromCivil(
  year: number,
  month: number,
  day: number,
): number {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
    return NO_DATE;
  }
  if (day > 28 && day > daysInMonth(year, month)) return NO_DATE;
  const shifted = month > 2 ? year : year - 1;
  const era = (shifted / 400) | 0;
  const yearOfEra = shifted - era * 400;
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = (((153 * fromMarch + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) -
    ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - EPOCH;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return 30 + ((month + (month >> 3)) & 1);
  const isLeap = (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : 28;
}

/**
 * The date of `days` as one number, `year << 9 | month << 5 | day`, so that
 * nothing is allocated. `days` must be from {@linkcode MIN_DAYS} to {@linkcode MAX_DAYS}.
 */
export function civilFromDays(days: number): number {
  const shifted = (days + EPOCH) | 0;
  const era = (shifted / 146_097) | 0;
  const dayOfEra = (shifted - era * 146_097) | 0;
  const yearOfEra = ((dayOfEra - ((dayOfEra / 1460) | 0) +
    ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * fromMarch + 2) / 5) | 0) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return (year << 9) | (month << 5) | day;
}

/** Reads `YYYY-MM-DD` at `at`, where ten bytes are; {@linkcode NO_DATE} when it isn't one. */
export function readDate(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return NO_DATE;
  const century = readTwo(bytes, at), year = readTwo(bytes, at + 2);
  const month = readTwo(bytes, at + 5), day = readTwo(bytes, at + 8);
  // A pair that isn't two digits counts 100, which no part of a date can be.
  if (century > 99 || year > 99) return NO_DATE;
  return daysFromCivil(century * 100 + year, month, day);
}

/** Writes `YYYY-MM-DD` at `at`. @returns where it ended. */
export function writeDate(days: number, out: Uint8Array, at: number): number {
  const civil = civilFromDays(days);
  const year = civil >> 9, month = (civil >> 5) & 15;
  const century = (year / 100) | 0;
  writeTwo(century, out, at);
  writeTwo(year - century * 100, out, at + 2);
  out[at + 4] = 45;
  writeTwo(month, out, at + 5);
  out[at + 7] = 45;
  writeTwo(civil & 31, out, at + 8);
  return at + 10;
}

/** Reads two digits; 100 when they aren't. */
export function readTwo(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48, ones = bytes[at + 1] - 48;
  return (tens >>> 0) <= 9 && (ones >>> 0) <= 9 ? tens * 10 + ones : 100;
}
