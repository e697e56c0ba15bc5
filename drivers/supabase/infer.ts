/**
 * Infers the type of a column from its values, where its name in the database
 * tells too little: a `numeric` of unknown scale, a function's result.
 *
 * @module
 */
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import type { PageSpans } from "./scan.ts";

/** What the values seen so far have in common. */
export interface Sample {
  values: number;
  bools: number;
  texts: number;
  /** Lists and objects. */
  nested: number;
  /** Whole numbers that 64 bits hold. */
  ints: number;
  /** Numbers written without exponent. */
  decimals: number;
  /** Numbers written with one. */
  exponents: number;
  minScale: number;
  maxScale: number;
  maxWhole: number;
}

/** A sample of nothing yet. */
export function emptySample(): Sample {
  return {
    values: 0,
    bools: 0,
    texts: 0,
    nested: 0,
    ints: 0,
    decimals: 0,
    exponents: 0,
    minScale: Infinity,
    maxScale: 0,
    maxWhole: 0,
  };
}

/**
 * Adds the values of a column of a page.
 *
 * @param width Columns of the page; it was scanned with carriage `json`.
 */
export function addToSample(
  sample: Sample,
  bytes: Uint8Array,
  { rows, spans }: PageSpans,
  column: number,
  width: number,
): void {
  for (let row = 0; row < rows; row++) {
    const at = 2 * (row * width + column);
    if (spans[at] !== spans[at + 1]) {
      addValue(sample, bytes, spans[at], spans[at + 1]);
    }
  }
}

function addValue(
  sample: Sample,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  sample.values++;
  switch (bytes[start]) {
    case 0x22:
      sample.texts++;
      return;
    case 0x7b:
    case 0x5b:
      sample.nested++;
      return;
    case 0x74:
    case 0x66:
      sample.bools++;
      return;
  }
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  const found = /^-?(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) {
    sample.exponents++;
    return;
  }
  const scale = found[2]?.length ?? 0;
  sample.decimals++;
  sample.minScale = Math.min(sample.minScale, scale);
  sample.maxScale = Math.max(sample.maxScale, scale);
  sample.maxWhole = Math.max(sample.maxWhole, found[1].length);
  if (scale === 0 && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) {
    sample.ints++;
  }
}

/**
 * The type of a `numeric` column. With a declared scale PostgreSQL writes
 * every value with exactly that many digits, so a scale that all values share
 * is the column's; values of several scales are kept as text, every digit.
 *
 * Undefined when there was no value.
 */
export function numericFrom(sample: Sample): LogicalType | undefined {
  if (sample.values === 0) return undefined;
  const { minScale, maxScale, maxWhole, decimals, values } = sample;
  if (decimals !== values || minScale !== maxScale) return types.utf8;
  if (maxWhole + maxScale <= 38) return decimal(38, maxScale);
  return maxWhole + maxScale <= 76 ? decimal(76, maxScale) : types.utf8;
}

/** The type of a column that nothing is known of; undefined when there was no value. */
export function typeFrom(sample: Sample): LogicalType | undefined {
  const { values, bools, texts, nested, ints, decimals } = sample;
  if (values === 0) return undefined;
  if (bools === values) return types.bool;
  if (texts === values) return types.utf8;
  if (nested > 0) return types.json;
  if (ints === values) return types.int64;
  return decimals === values ? numericFrom(sample) : types.utf8;
}
