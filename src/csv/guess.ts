/**
 * The type of one column, from all of its values.
 *
 * Each value rules kinds out; what is left in the end fits every value. The
 * loops for whole and for decimal numbers only make sure that nothing changes.
 *
 * @module
 */
import { decimal, type Field, type LogicalType, types } from "../table/type.ts";
import {
  BOOL,
  DATE,
  type DateForms,
  DECIMAL,
  FLOAT,
  INT,
  kindsOf,
  MAX_DIGITS,
  PYTHON_FLOAT,
  scaleOf,
  TIMESTAMP,
  TIMESTAMP_UTC,
  UINT,
} from "./kinds.ts";
import { passDates, passDecimals, passFloats, passInts } from "./pass.ts";
import { FLOAT_STYLE, PYTHON } from "./python_float.ts";

/** Finds the type of a column. */
export class Guess {
  /** Whether a NULL was seen. */
  hasNull = false;
  readonly #dates: DateForms;
  /** Kinds of which all values so far are. */
  #kinds = -1;
  #hasValue = false;
  /** Digits after the point, the same for all values as long as {@linkcode DECIMAL} is left. */
  #scale = -1;
  /** Most digits before the point. */
  #whole = 0;

  constructor(dates: DateForms) {
    this.#dates = dates;
  }

  /** Takes a column of a block into account; spans as `ColumnBuilder.appendSpans`. */
  observe(
    bytes: Uint8Array,
    spans: Int32Array,
    first: number,
    step: number,
    rows: number,
  ): void {
    const end = first + rows * step;
    let at = first;
    while (at < end && this.#kinds !== 0) {
      const from = spans[at], to = spans[at + 1];
      if (from === to) this.hasNull = true;
      else this.#observeOne(bytes, from, to);
      at += step;
      // Before the first value there is nothing to go by.
      if (this.#hasValue) at = this.#pass(bytes, spans, at, step, end);
    }
    // Text for good: all that is left to know is whether there is a NULL.
    for (; at < end && !this.hasNull; at += step) {
      this.hasNull = spans[at] === spans[at + 1];
    }
  }

  /** Which field the values make up; text when there is no value, or no kind left. */
  field(name: string): Field {
    const kinds = this.#hasValue ? this.#kinds : 0;
    const isPython = (kinds & (INT | UINT | DECIMAL | FLOAT)) === 0 &&
      (kinds & PYTHON_FLOAT) !== 0;
    return {
      name,
      type: this.#type(kinds),
      nullable: this.hasNull,
      ...(isPython && { metadata: { [FLOAT_STYLE]: PYTHON } }),
    };
  }

  #type(kinds: number): LogicalType {
    if (kinds & INT) return types.int64;
    if (kinds & UINT) return types.uint64;
    if (kinds & DECIMAL) {
      // Of two sizes only, so that the type doesn't depend on the largest value of the day.
      return decimal(
        this.#whole + this.#scale <= 18 ? 18 : MAX_DIGITS,
        this.#scale,
      );
    }
    if (kinds & (FLOAT | PYTHON_FLOAT)) return types.float64;
    if (kinds & BOOL) return types.bool;
    if (kinds & DATE) return types.date;
    if (kinds & TIMESTAMP) return types.timestamp;
    if (kinds & TIMESTAMP_UTC) return types.timestampUtc;
    return types.utf8;
  }

  #observeOne(bytes: Uint8Array, start: number, end: number): void {
    this.#hasValue = true;
    if (end < start) {
      this.#kinds = 0;
      return;
    }
    let kinds = this.#kinds & kindsOf(bytes, start, end, this.#dates);
    if (kinds & DECIMAL) {
      const scale = scaleOf(bytes, start, end);
      if (this.#scale < 0) this.#scale = scale;
      const sign = bytes[start] === 45 ? 1 : 0;
      this.#whole = Math.max(this.#whole, end - start - scale - 1 - sign);
      if (scale !== this.#scale || this.#whole + scale > MAX_DIGITS) {
        kinds &= ~DECIMAL;
      }
    }
    this.#kinds = kinds;
  }

  /** Passes values over that change nothing. @returns the place of the first that may. */
  #pass(
    bytes: Uint8Array,
    spans: Int32Array,
    at: number,
    step: number,
    end: number,
  ): number {
    const kinds = this.#kinds, range = { at, step, end, nulls: this.hasNull };
    if (kinds & INT) {
      // Once a negative number came, UINT is gone, and only then do signs change nothing.
      return passInts(bytes, spans, range, (kinds & UINT) === 0);
    }
    if (kinds & DECIMAL) {
      const isFloat = (kinds & (FLOAT | PYTHON_FLOAT)) !== 0;
      return passDecimals(
        bytes,
        spans,
        range,
        this.#scale,
        this.#whole,
        isFloat,
      );
    }
    if (kinds & (FLOAT | PYTHON_FLOAT)) {
      const isPython = (kinds & FLOAT) === 0;
      const takesWhole = (kinds & PYTHON_FLOAT) === 0;
      return passFloats(bytes, spans, range, isPython, takesWhole);
    }
    if (kinds & (DATE | TIMESTAMP | TIMESTAMP_UTC)) {
      const hasTime = (kinds & DATE) === 0;
      const zone = (kinds & TIMESTAMP_UTC) === 0 ? 0 : 1;
      return passDates(bytes, spans, range, hasTime, zone);
    }
    return at;
  }
}
