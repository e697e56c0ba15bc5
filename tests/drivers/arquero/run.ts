/** Runs `arquero.transform` in the thread of the test. */
import driver from "../../../drivers/arquero/transform.ts";
import type { Json } from "../../../src/driver/driver.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { formatType } from "../../../src/table/type.ts";
import { drive, type Driven } from "../../kit/drive.ts";
import { type Cell, tableOf } from "../../kit/table.ts";

/** What a run gave. */
export interface Result extends Driven {
  /** Values by column. */
  readonly table: Record<string, Cell[]>;
  /** Types by column. */
  readonly types: Record<string, string>;
}

/** What a run may be given besides inputs and verbs. */
export interface More {
  readonly from?: string;
  readonly values?: Record<string, Json>;
  readonly allowLossy?: string[];
}

/** Runs verbs over one batch, or over several inputs by name, of which the first is what they start from. */
export async function transform(
  inputs: Batch | Record<string, Batch | Batch[]>,
  verbs: unknown[],
  { from, values = {}, allowLossy = [] }: More = {},
): Promise<Result> {
  const given = "columns" in inputs && "schema" in inputs
    ? { orders: inputs as Batch }
    : inputs as Record<string, Batch | Batch[]>;
  const names = Object.keys(given);
  const start = from ?? (names.length > 1 ? names[0] : undefined);
  const driven = await drive(driver, {
    config: {
      verbs,
      ...(allowLossy.length > 0 && { allow_lossy: allowLossy }),
      ...(start !== undefined && { from: start }),
    },
    inputs: Object.fromEntries(
      Object.entries(given).map(([name, batches]) => [name, [batches].flat()]),
    ),
    values,
  });
  const { fields } = driven.batches[0].schema;
  return {
    ...driven,
    table: tableOf(driven.batches),
    types: Object.fromEntries(
      fields.map(({ name, type }) => [name, formatType(type)]),
    ),
  };
}
