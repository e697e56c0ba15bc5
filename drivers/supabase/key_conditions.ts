/**
 * Conditions for rows with one of many keys, in portions that an address holds.
 *
 * @module
 */
import { type Parameter, quotedName, quotedValue } from "./filter.ts";
import { textReader } from "./row_search.ts";
import type { Portion } from "./row_feed.ts";
import type { WritePlan } from "./write_plan.ts";

/** Characters of an address's condition: proxies refuse addresses of 8 kB. */
const MAX_CONDITION = 3000;

/** The condition for rows with one of `keys`, values in the order of `names`. */
export function conditionOf(
  names: readonly string[],
  keys: readonly (readonly string[])[],
): Parameter {
  const columns = names.map(quotedName);
  if (columns.length === 1) {
    const values = keys.map(([value]) => quotedValue(value)).join(",");
    return [columns[0], `in.(${values})`];
  }
  const rows = keys.map((values) =>
    `and(${
      values.map((value, i) => `${columns[i]}.eq.${quotedValue(value)}`)
        .join(",")
    })`
  );
  return ["or", `(${rows.join(",")})`];
}

/** Keys in groups, as many together as an address holds. */
export function* groupKeys(
  names: readonly string[],
  keys: Iterable<readonly string[]>,
): Generator<(readonly string[])[]> {
  const overhead = names.reduce((sum, name) => sum + name.length + 12, 0);
  let group: (readonly string[])[] = [];
  let length = 0;
  for (const key of keys) {
    const size = overhead + encodeURIComponent(key.join()).length;
    if (group.length > 0 && length + size > MAX_CONDITION) {
      yield group;
      [group, length] = [[], 0];
    }
    group.push(key);
    length += size;
  }
  if (group.length > 0) yield group;
}

/** Conditions that together hold for exactly the keys of a portion. */
export function* keyConditions(
  portion: Portion,
  plan: WritePlan,
): Generator<Parameter> {
  for (const group of groupKeys(plan.key, keysOf(portion, plan))) {
    yield conditionOf(plan.key, group);
  }
}

function* keysOf(
  { slices }: Portion,
  { key, columns }: WritePlan,
): Generator<string[]> {
  const indexes = key.map((name) =>
    columns.find(({ target }) => target.name === name)!.index
  );
  for (const { batch, from, to } of slices) {
    const read = indexes.map((index) => textReader(batch.columns[index]));
    for (let row = from; row < to; row++) {
      yield read.map((text) => text(row) ?? "");
    }
  }
}
