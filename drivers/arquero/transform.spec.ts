// deno-lint-ignore-file camelcase -- verbs have Arquero's names
/**
 * What `arquero.transform` is and takes.
 *
 * @module
 */
import type { DriverSpec, JsonSchema } from "../../src/driver/spec.ts";
import { ROWWISE } from "./rowwise_verbs.ts";

const any = (description: string): JsonSchema => ({ description });

const VERBS: Readonly<Record<string, JsonSchema>> = {
  filter: any('Keeps the rows for which an expression is true: "d.price > 0".'),
  derive: any('Adds columns: { total: "d.price * d.quantity" }.'),
  select: any(
    'Keeps columns in this order: [a, b], { old: new }, { not: [a] }, { range: [a, c] }, { matches: "^x" }, { startswith: x }, { endswith: x }.',
  ),
  rename: any("Gives columns new names: { old: new }."),
  relocate: any(
    "Moves columns: { columns: [a], before: b } or { columns: [a], after: b }.",
  ),
  orderby: any(
    "Puts rows in order: columns, expressions, { desc: column }, { asc: column, locale: cs }. NULL counts as less than any value. Text is ordered by code units, or as the locale has it.",
  ),
  unorder: any("Forgets the order: true."),
  groupby: any('Groups rows: columns, or { year: "op.year(d.day)" }.'),
  rollup: any(
    'One row for each group: { orders: "op.count()", revenue: "op.sum(d.amount)" }.',
  ),
  ungroup: any("Forgets the groups: true."),
  count: any("Counts the rows of each group: true, or { as: name }."),
  slice: any("Keeps some rows: 10, [start, end], or { start, end }."),
  sample: any(
    "Draws rows: 10, an expression, or { size, replace, shuffle, weight, seed }. The same seed draws the same rows.",
  ),
  dedupe: any(
    "Keeps the first row of each key: columns, expressions, or true for whole rows.",
  ),
  join: any(
    'Puts rows that match beside each other: { with: input, on, values, suffix }. on: a column of both, [left, right], [[a, b], [c, d]], { left: right }, or an expression "d1.a === d2.b"; left out, all columns of the same name. values: [left columns, right columns, { name: expression over d1 and d2 }].',
  ),
  join_left: any("As join; rows of the left table stay in any case."),
  join_right: any("As join; rows of the right table stay in any case."),
  join_full: any("As join; rows of both tables stay in any case."),
  lookup: any(
    "Adds columns of the last row that matches: { with: input, on, values: [columns] }.",
  ),
  semijoin: any("Keeps rows that match another input: { with: input, on }."),
  antijoin: any(
    "Keeps rows that match nothing in another input: { with: input, on }.",
  ),
  cross: any(
    "Puts every row beside every row: { with: input, values, suffix }.",
  ),
  concat: any(
    "Puts the rows of other inputs under these: an input or a list of them.",
  ),
  union: any("As concat, without repeated rows."),
  except: any("The distinct rows that other inputs don't have."),
  intersect: any("The distinct rows that other inputs have too."),
  fold: any(
    "Makes rows of columns: [a, b], or { columns: [a, b], as: [key, value] }.",
  ),
  pivot: any(
    'Makes columns of values: { on: column, values: { total: "op.sum(d.amount)" }, limit, sort, keySeparator, valueSeparator }.',
  ),
  spread: any(
    "Makes columns of lists: { columns: { part: \"op.split(d.name, ' ')\" }, as: [first, last], limit, drop }.",
  ),
  unroll: any(
    "Makes rows of lists: { columns: { tag: \"op.split(d.tags, ',')\" }, limit, index, drop }.",
  ),
  impute: any(
    'Fills in what is missing: { price: "op.mean(d.price)" }, or { values: {…}, expand: [columns] } to add missing combinations too.',
  ),
  reify: any("Makes filter and order final: true."),
};

/** The description of the driver. */
export const spec: DriverSpec = {
  name: "arquero.transform",
  version: "1.0.0",
  summary:
    "Transforms tables with Arquero's verbs and expressions; needs no permission at all.",
  mode: "transform",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["verbs"],
    properties: {
      from: {
        type: "string",
        description:
          "The input that the verbs start from. Needed only with several inputs; the others are for joins.",
      },
      verbs: {
        type: "array",
        description:
          "The verbs, one after another. In expressions d.name is a column, op.name(…) a function, $.name a literal input of the step.",
        items: {
          type: "object",
          additionalProperties: false,
          minProperties: 1,
          maxProperties: 1,
          properties: VERBS,
        },
      },
      allow_lossy: {
        type: "array",
        items: { type: "string" },
        uniqueItems: true,
        default: [],
        description:
          "Columns that expressions may take as rounded numbers although they have integers beyond 2^53, or decimals of more than 15 digits. How many rows it changed is reported. What is only moved stays exact in any case.",
      },
    },
  },
  inputs: { min: 1, max: null },
  output: true,
  capabilities: {
    // Reads batches as they come, unless a verb needs all rows.
    streaming: {
      properties: {
        verbs: { items: { propertyNames: { enum: [...ROWWISE] } } },
      },
    },
  },
};
