// deno-lint-ignore-file camelcase -- verbs have Arquero's names
/**
 * The verbs by name.
 *
 * @module
 */
import type { RowReason } from "../../../src/driver/driver.ts";
import { derive, impute, relocate, rename, select } from "./columns.ts";
import { count, groupby, pivot, rollup, ungroup } from "./groups.ts";
import {
  antijoin,
  cross,
  join,
  joinFull,
  joinLeft,
  joinRight,
  lookup,
  semijoin,
} from "./joins.ts";
import {
  dedupe,
  filter,
  orderby,
  reify,
  sample,
  slice,
  unorder,
} from "./rows.ts";
import { concat, except, intersect, union } from "./sets.ts";
import { fold, spread, unroll } from "./shape.ts";
import type { Verb } from "./verb.ts";

/** Every verb by its name in the config. */
export const VERBS: Readonly<Record<string, Verb>> = {
  filter,
  derive,
  select,
  rename,
  relocate,
  orderby,
  unorder,
  groupby,
  rollup,
  ungroup,
  count,
  slice,
  sample,
  dedupe,
  join,
  join_left: joinLeft,
  join_right: joinRight,
  join_full: joinFull,
  lookup,
  semijoin,
  antijoin,
  cross,
  concat,
  union,
  except,
  intersect,
  fold,
  pivot,
  spread,
  unroll,
  impute,
  reify,
};

/** Verbs whose columns depend on the data: what follows them can't be checked beforehand. */
export const OPEN_VERBS: ReadonlySet<string> = new Set(["pivot", "spread"]);

/** Verbs that leave rows out and change nothing else about them, with the reason. */
export const DROPS: Readonly<Record<string, RowReason>> = {
  filter: "filtered",
  semijoin: "filtered",
  antijoin: "filtered",
  slice: "limited",
  sample: "limited",
  dedupe: "deduplicated",
};

/** Verbs that keep every row. */
export const KEEPS: ReadonlySet<string> = new Set([
  "derive",
  "select",
  "rename",
  "relocate",
  "orderby",
  "unorder",
  "groupby",
  "ungroup",
  "lookup",
  "spread",
  "reify",
]);
