/**
 * Arquero for drivers: tables of a step as Arquero's, and back.
 *
 * @example A transform that keeps the ten largest
 * ```ts
 * import { defineDriver } from "@osiris/runtime/driver";
 * import { aq, readTable, writeTable } from "@osiris/runtime/arquero";
 *
 * export default defineDriver({
 *   spec: {
 *     name: "example.top",
 *     version: "1.0.0",
 *     summary: "Keeps the ten largest.",
 *     mode: "transform",
 *     config: { type: "object", additionalProperties: false, properties: {} },
 *     inputs: { min: 1, max: 1 },
 *     output: true,
 *   },
 *   async *run({ inputs }) {
 *     const orders = await readTable(inputs.df);
 *     yield* writeTable(orders.orderby(aq.desc("amount")).slice(0, 10));
 *   },
 * });
 * ```
 *
 * @module
 */
import { ComputedColumn } from "./drivers/arquero/column.ts";
import { decodeColumn } from "./drivers/arquero/decode.ts";
import { batchesOf } from "./drivers/arquero/output.ts";
import { tableOf } from "./drivers/arquero/table.ts";
/** Arquero itself: `aq.table`, `aq.op`, `aq.desc`, … */
// @ts-types="npm:arquero@8.0.3"
import * as aq from "./src/deps/arquero.ts";
import type { TableInput } from "./src/driver/driver.ts";
import type { Batch } from "./src/table/batch.ts";
import type { LogicalType } from "./src/table/type.ts";

export { aq };

/** What {@linkcode readTable} may be told. */
export interface ReadOptions {
  /** Columns whose numbers may be rounded, where they are too large or too long for a number. */
  readonly allowLossy?: readonly string[];
}

/**
 * Reads an input to its end.
 *
 * Values are what the expressions of `arquero.transform` see: numbers as far as
 * they are exact, else bigints and exact decimals; NULL is undefined.
 *
 * @throws {OsirisError} what the input broke off with; `data/lossy`
 */
export async function readTable(
  input: TableInput,
  { allowLossy = [] }: ReadOptions = {},
): Promise<aq.ColumnTable> {
  const { fields } = await input.schema();
  const batches = await input.gather();
  const columns = fields.map(({ name, type }, index) => {
    const chunks = batches.map((batch) => batch.columns[index]);
    const lossy = allowLossy.includes(name);
    const decoding = { name, lossy, lossyRows: 0 };
    return [name, decodeColumn(type, chunks, decoding)] as const;
  });
  const names = fields.map(({ name }) => name);
  return aq.table(Object.fromEntries(columns) as never, names);
}

/**
 * The batches of a table, at least one.
 *
 * @param types Types by column. Where none is given, or a value does not fit
 * it, the column gets the narrowest that holds all of its values.
 * @throws {OsirisError} `data/type` when no type holds a column's values
 */
export function* writeTable(
  table: aq.ColumnTable,
  types: Readonly<Record<string, LogicalType>> = {},
): Generator<Batch, void, void> {
  const columns = table.columnNames().map((name) => {
    const type = Object.hasOwn(types, name) ? types[name] : null;
    return [name, new ComputedColumn(table.array(name), type)] as const;
  });
  yield* batchesOf(tableOf(columns, {}));
}
