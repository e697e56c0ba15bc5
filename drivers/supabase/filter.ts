/**
 * The filters of a config as parameters of a request.
 *
 * @module
 */
import { type Fault, OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";

/** Every operator of PostgREST. */
const OPERATORS = new Set([
  ...["eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match"],
  ...["imatch", "in", "is", "isdistinct", "fts", "plfts", "phfts", "wfts"],
  ...["cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"],
]);

/** `column: "op.value"`, several such under one name, or a list of either. */
export type FilterConfig =
  | Readonly<Record<string, FilterValue>>
  | readonly (string | Readonly<Record<string, FilterValue>>)[];

/** A test, or several that must all hold. */
export type FilterValue = string | readonly string[];

/** A parameter of a request: name and value. */
export type Parameter = readonly [name: string, value: string];

/**
 * Reads filters.
 *
 * Forms: `{status: "eq.new", total: ["gte.10", "lt.20"], or: "(a.eq.1,b.is.null)"}`
 * and `["status=eq.new", {total: "gte.10"}]`.
 *
 * @throws {OsirisError} `config/invalid` with every filter that is none.
 */
export function readFilters(config: FilterConfig | undefined): Parameter[] {
  const faults: Fault[] = [];
  const parameters = pairs(config ?? {}, faults);
  for (const [name, value] of parameters) {
    const fault = faultOf(name, value);
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length > 0) {
    throw new OsirisError(
      "config/invalid",
      `Cannot use filter: ${faults[0].path}: ${faults[0].message}`,
      { faults, ...(faults[0].hint !== undefined && { hint: faults[0].hint }) },
    );
  }
  return parameters;
}

function pairs(config: FilterConfig, faults: Fault[]): Parameter[] {
  if (!Array.isArray(config)) {
    return Object.entries(config as Record<string, FilterValue>).flatMap((
      [name, value],
    ) => [value].flat().map((one) => [name, one] as const));
  }
  return (config as readonly (string | Record<string, FilterValue>)[])
    .flatMap((item, index) => {
      if (typeof item !== "string") return pairs(item, faults);
      const split = item.indexOf("=");
      if (split > 0) {
        return [[item.slice(0, split), item.slice(split + 1)] as const];
      }
      faults.push({
        path: `filter[${index}]`,
        message: `"${item}" has no "="`,
        hint: 'Write it as "column=operator.value"',
      });
      return [];
    });
}

function faultOf(name: string, value: string): Fault | undefined {
  const path = `filter.${name}`;
  if (/(^|\.)(and|or)$/.test(name)) {
    if (/^\(.*\)$/s.test(value)) return undefined;
    return {
      path,
      message: "the conditions are not in brackets",
      hint: `Write it as ${name}: "(a.eq.1,b.gt.2)"`,
    };
  }
  const operator = /^(?:not\.)?([A-Za-z]+)(?:\([^)]*\))?\./.exec(value)?.[1];
  if (operator === undefined) {
    return {
      path,
      message: "it does not begin with an operator",
      hint: 'Write it as "operator.value", such as "eq.5"',
    };
  }
  if (OPERATORS.has(operator)) return undefined;
  return {
    path,
    message: `there is no operator "${operator}"`,
    hint: didYouMean(operator, OPERATORS),
  };
}

/** A value inside a logic tree or a list: in quotes, so that no character of it has a meaning. */
export function quotedValue(value: string): string {
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A column's name inside a logic tree or an order: in quotes where it needs them. */
export function quotedName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : quotedValue(name);
}
