/**
 * Values of columns that JavaScript has no exact primitive for: points in time
 * with microseconds, and decimals of more digits than a number holds.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { LogicalType } from "../../src/table/type.ts";

/** Beyond this many milliseconds from 1970 a double has no room for microseconds (year 2248). */
export const FINE_MS = 2 ** 43;

/**
 * A date or timestamp. It is a `Date`, so that Arquero's functions take it, but
 * its value keeps the microseconds: comparing, grouping and joining are exact.
 */
export class Instant extends Date {
  readonly #micros: number | bigint;
  readonly #type: LogicalType;

  /** @param micros Since 1970; a number wherever it is a safe integer. */
  constructor(micros: number | bigint, type: LogicalType) {
    super(floorMs(micros));
    this.#micros = micros;
    this.#type = type;
  }

  /** Microseconds since 1970. */
  get micros(): bigint {
    return BigInt(this.#micros);
  }

  /** The type of the column it came from: date or timestamp. */
  get type(): LogicalType {
    return this.#type;
  }

  /** Milliseconds since 1970 with microseconds as a fraction, where they fit. */
  override valueOf(): number {
    const ms = super.valueOf();
    return typeof this.#micros === "number" && Math.abs(ms) < FINE_MS
      ? this.#micros / 1000
      : ms;
  }

  /** As a CSV would have it: what a pivoted column is named by. */
  override toString(): string {
    const text = this.toISOString();
    return this.#type.kind === "date" ? text.slice(0, 10) : text;
  }
}

function floorMs(micros: number | bigint): number {
  if (typeof micros === "number") return Math.floor(micros / 1000);
  const ms = micros / 1000n;
  return Number(micros < 0n && ms * 1000n !== micros ? ms - 1n : ms);
}

/**
 * A decimal that is not exactly a number. It can be moved, grouped by, joined
 * on and compared for equality; calculating with it is refused.
 */
export class ExactDecimal {
  /** Digits without needless zeros: equal values have equal texts. Arquero's keys are made of it. */
  readonly text: string;
  readonly #column: string;

  constructor(unscaled: bigint, scale: number, column: string) {
    this.text = decimalText(unscaled, scale);
    this.#column = column;
  }

  /** @throws {OsirisError} `data/lossy` always: this is what arithmetic asks for. */
  valueOf(): never {
    throw notExact(this.#column, "decimals of more than 15 digits");
  }

  toString(): string {
    return this.text;
  }
}

/** Writes a decimal without trailing zeros after the point. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
    .padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${unscaled < 0n ? "-" : ""}${whole}${fraction && `.${fraction}`}`;
}

/** Reads plain decimal text; the unscaled value at `scale`, or null when it doesn't fit exactly. */
export function decimalOf(text: string, scale: number): bigint | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
  if (parts === null) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const shift = scale - fraction.length + Number(exponent);
  if (Math.abs(shift) > 400) return null;
  const digits = BigInt(whole + fraction);
  const unit = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % unit !== 0n) return null;
  const value = shift < 0 ? digits / unit : digits * unit;
  return sign === "-" ? -value : value;
}

/** The error for a calculation that would lose digits. */
export function notExact(column: string, state: string): OsirisError {
  return new OsirisError(
    "data/lossy",
    `Cannot calculate with column "${column}": ${state}`,
    {
      hint:
        `Add the column to "allow_lossy" to calculate with rounded numbers, or leave it out of expressions`,
      details: { column },
    },
  );
}
