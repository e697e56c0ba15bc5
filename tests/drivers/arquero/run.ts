/** Runs `arquero.transform` in the thread of the test. */
import driver from "../../../drivers/arquero/transform.ts";
import type {
  Json,
  RowReason,
  StepContext,
  TableInput,
} from "../../../src/driver/driver.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { type Cell, tableOf } from "../../kit/table.ts";

/** What a run gave. */
export interface Result {
  readonly batches: Batch[];
  /** Values by column. */
  readonly table: Record<string, Cell[]>;
  readonly accounted: Partial<Record<RowReason, number>>;
  readonly events: [string, unknown][];
}

/** What a run may be given besides inputs and verbs. */
export interface More {
  readonly from?: string;
  readonly values?: Record<string, Json>;
  readonly allowLossy?: string[];
}

/** Runs verbs over a batch named `orders`, or over several inputs. */
export async function transform(
  inputs: Batch | Record<string, Batch | Batch[]>,
  verbs: unknown[],
  { from, values = {}, allowLossy = [] }: More = {},
): Promise<Result> {
  const given = "columns" in inputs && "schema" in inputs
    ? { orders: inputs as Batch }
    : inputs as Record<string, Batch | Batch[]>;
  const tables = Object.entries(given).map(([name, batches]) =>
    [name, input([batches].flat())] as const
  );
  const accounted: Result["accounted"] = {};
  const events: Result["events"] = [];
  const context = {
    step: "test",
    signal: new AbortController().signal,
    account: (reason: RowReason, rows: number) => void (accounted[reason] = rows),
    emit: (name: string, facts: unknown) => void events.push([name, facts]),
  } as unknown as StepContext;
  const output = driver.run({
    config: { verbs, allow_lossy: allowLossy, ...(from && { from }) },
    connection: null,
    inputs: Object.fromEntries(tables),
    values,
    sources: {},
    targets: {},
  }, context) as AsyncIterable<Batch>;
  const batches = await Array.fromAsync(output);
  return { batches, table: tableOf(batches), accounted, events };
}

function input(batches: Batch[]): TableInput {
  return {
    schema: () => Promise.resolve(batches[0].schema),
    async *batches() {
      yield* batches;
    },
  };
}

/** Columns and types of a result, as `name type`. */
export { formatType } from "../../../src/table/type.ts";
