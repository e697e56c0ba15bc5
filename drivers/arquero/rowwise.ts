/**
 * Transforms batch by batch: possible when each row is dealt with by itself,
 * and the schema is known before any row.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { formatType, sameType, type Schema } from "../../src/table/type.ts";
import { ComputedColumn } from "./column.ts";
import { batchesOf } from "./output.ts";
import type { Rehearsal } from "./run_verbs.ts";
import type { LazyTable } from "./table.ts";

/** The schema of a transform that can go batch by batch; null when it needs whole tables. */
export function rowwiseSchema(
  { table, isRowwise }: Rehearsal,
  inputs: ReadonlyMap<string, LazyTable>,
): Schema | null {
  if (!isRowwise || table === null || inputs.size > 1) return null;
  const isKnown = (table.columnNames() as string[]).every((name) => {
    const column = table.lazy(name);
    return !(column instanceof ComputedColumn) || column.type !== null;
  });
  if (!isKnown) return null;
  const [{ schema }] = batchesOf(table);
  return schema;
}

/**
 * The batches that have rows, checked for the schema that was promised.
 *
 * @throws {OsirisError} `data/type` when a value doesn't fit the type of its expression.
 */
export function* fitting(
  batches: Iterable<Batch>,
  schema: Schema,
): Generator<Batch> {
  for (const batch of batches) {
    batch.schema.fields.forEach(({ name, type }, i) => {
      const promised = schema.fields[i].type;
      if (!sameType(type, promised)) {
        throw misfit(name, formatType(promised), formatType(type));
      }
    });
    if (batch.length > 0) yield { ...batch, schema };
  }
}

function misfit(column: string, promised: string, given: string): OsirisError {
  return new OsirisError(
    "data/type",
    `Cannot give column "${column}" a type: its expression is ${promised}, a value of it ${given}`,
    {
      hint: "Round it, or multiply it by 1.0 to ask for float64",
      details: { column },
    },
  );
}
