// deno-lint-ignore-file camelcase -- config keys are in snake case
/**
 * `arquero.transform`: tables through Arquero's verbs.
 *
 * What the verbs only move (filter, order, join, …) goes from buffer to buffer
 * and stays exactly what it was, metadata of its field included. What
 * expressions calculate gets the type that can be told from the expression;
 * where that can't be, the one that its values have.
 *
 * @module
 */
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { Batch } from "../../src/table/batch.ts";
import { SourceColumn } from "./column.ts";
import { registerFunctions } from "./functions.ts";
import { batchesOf } from "./output.ts";
import { readVerbs, rehearse, runVerbs, type VerbsInput } from "./run_verbs.ts";
import { type LazyTable, tableOfBatches } from "./table.ts";
import { spec } from "./transform.spec.ts";

/** The step's config. */
export type TransformConfig = {
  readonly from?: string;
  readonly verbs: readonly unknown[];
  readonly allow_lossy?: readonly string[];
};

const driver: Driver<TransformConfig> = defineDriver<TransformConfig>({
  spec,
  async *run(step, context) {
    registerFunctions();
    const verbs = readVerbs(step.config.verbs);
    const from = startingInput(step);
    const params = new Set(Object.keys(step.values));
    const input = (tables: Map<string, LazyTable>): VerbsInput => ({
      tables,
      params,
      signal: context.signal,
    });
    const empty = await readTables(step, true);
    rehearse(empty.get(from)!, verbs, input(empty));
    const tables = await readTables(step, false);
    const { table, dropped } = runVerbs(
      tables.get(from)!,
      verbs,
      input(tables),
    );
    for (const batch of batchesOf(table)) {
      context.signal.throwIfAborted();
      yield batch;
    }
    for (const [reason, rows] of dropped ?? []) {
      if (rows > 0) context.account(reason, rows);
    }
    reportLossy(tables, context);
  },
});

/** The driver. */
export default driver;

/** The name of the input that the verbs start from. */
function startingInput(
  { config, inputs }: StepInput<TransformConfig>,
): string {
  const names = Object.keys(inputs);
  const { from } = config;
  if (from !== undefined && names.includes(from)) return from;
  if (from === undefined && names.length === 1) return names[0];
  // Compiled manifests give a single producer's table as `df_name` and as `df`.
  if (from === undefined && names.includes("df")) return "df";
  throw new OsirisError(
    "config/invalid",
    from === undefined
      ? `Cannot read the transform: from: missing, there are ${names.length} inputs`
      : `Cannot read the transform: from: no input is named "${from}"`,
    { hint: didYouMean(from ?? "", names), details: { path: "from" } },
  );
}

/** The inputs as tables; `asEmpty` takes their schemas only. */
async function readTables(
  { config, inputs, values }: StepInput<TransformConfig>,
  asEmpty: boolean,
): Promise<Map<string, LazyTable>> {
  const lossy = new Set(config.allow_lossy ?? []);
  const entries = Object.entries(inputs);
  const tables = await Promise.all(entries.map(async ([name, input]) => {
    const schema = await input.schema();
    const batches: Batch[] = asEmpty
      ? []
      : await Array.fromAsync(input.batches());
    return [
      name,
      tableOfBatches(schema, batches, lossy, { ...values }),
    ] as const;
  }));
  return new Map(tables);
}

function reportLossy(
  tables: ReadonlyMap<string, LazyTable>,
  context: StepContext,
): void {
  for (const table of tables.values()) {
    for (const name of table.columnNames() as string[]) {
      const column = table.lazy(name);
      const rows = column instanceof SourceColumn
        ? column.decoding.lossyRows
        : 0;
      if (rows > 0) context.emit("lossy_conversion", { column: name, rows });
    }
  }
}
