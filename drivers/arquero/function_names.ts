// deno-lint-ignore-file camelcase -- operations have Arquero's names
/**
 * The names of operations and constants in expressions, and what stands for
 * them.
 *
 * @module
 */
import { op } from "../../src/deps/arquero.ts";
import { didYouMean } from "../../src/suggest.ts";
import { types } from "../../src/table/type.ts";
import type { StaticType } from "./static_type.ts";

/** Constants by name, with their types. */
export const CONSTANTS: Readonly<Record<string, StaticType>> = {
  undefined: types.null,
  NaN: types.float64,
  Infinity: types.float64,
  E: types.float64,
  PI: types.float64,
  LN2: types.float64,
  LN10: types.float64,
  LOG2E: types.float64,
  LOG10E: types.float64,
  SQRT2: types.float64,
  SQRT1_2: types.float64,
};

/** Functions that we give instead of Arquero's: exact, safe, or of UTC. */
export const INSTEAD: Readonly<Record<string, string>> = {
  sum: "osiris_sum",
  pluck: "osiris_pluck",
  parse_date: "osiris_parse_date",
  datetime: "utcdatetime",
  format_date: "osiris_format_date",
  format_utcdate: "osiris_format_date",
  to_json: "osiris_to_json",
  ...Object.fromEntries(
    [
      "year",
      "quarter",
      "month",
      "week",
      "date",
      "dayofyear",
      "dayofweek",
      "hours",
      "minutes",
      "seconds",
      "milliseconds",
    ].map((name) => [name, `utc${name}`]),
  ),
};

/** Aggregates and windows: their value depends on other rows. */
export const OVER_ROWS: ReadonlySet<string> = new Set(
  ("count any valid invalid distinct mode sum product mean average variance variancep stdev stdevp min max " +
    "quantile median covariance covariancep corr bins array_agg array_agg_distinct object_agg map_agg entries_agg " +
    "row_number rank avg_rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value " +
    "fill_down fill_up").split(" "),
);

/** Functions of `Math` that Arquero calls otherwise. */
export const MATH: Readonly<Record<string, string>> = {
  max: "greatest",
  min: "least",
};

/** Whether an expression may call it. */
export function isFunction(name: string): boolean {
  return Object.hasOwn(op, name) && !name.startsWith("osiris_");
}

/** What to write instead of a function that there isn't. */
export function suggestFunction(name: string): string {
  const known = Object.keys(op).filter(isFunction);
  const near = didYouMean(METHODS[name] ?? name, known);
  return METHODS[name] !== undefined
    ? `Write op.${METHODS[name]}(…)`
    : near?.startsWith("Did")
    ? near
    : "Functions are written as op.name(…); see Arquero's list of operations";
}

/** What people write out of habit, and what Arquero calls it. */
const METHODS: Readonly<Record<string, string>> = {
  toUpperCase: "upper",
  toLowerCase: "lower",
  indexOf: "indexof",
  lastIndexOf: "lastindexof",
  startsWith: "startswith",
  endsWith: "endswith",
  padStart: "padstart",
  padEnd: "padend",
  avg: "mean",
  parseInt: "parse_int",
  parseFloat: "parse_float",
  getFullYear: "year",
};
