// deno-lint-ignore-file camelcase -- config keys are in snake case
/**
 * `arquero.transform`: tables through Arquero's verbs.
 *
 * What the verbs only move (filter, order, join, …) goes from buffer to buffer
 * and stays exactly what it was, metadata of its field included. What
 * expressions calculate gets the type that can be told from the expression;
 * where that can't be, the one that its values have.
 *
 * Verbs that work row by row take their input batch by batch; all others need
 * whole tables in memory.
 *
 * @module
 */
import { requireColumns } from "../../src/driver/column_names.ts";
import {
  defineDriver,
  type Driver,
  type StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import { type Batch, emptyBatch } from "../../src/table/batch.ts";
import type { Schema } from "../../src/table/type.ts";
import { registerFunctions } from "./functions.ts";
import { batchesOf } from "./output.ts";
import { Report } from "./report.ts";
import { fitting, rowwiseSchema } from "./rowwise.ts";
import {
  readVerbs,
  rehearse,
  runVerbs,
  type VerbsResult,
} from "./run_verbs.ts";
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
    const { signal } = context;
    const params = new Set(Object.keys(step.values));
    const run = (tables: Tables): VerbsResult =>
      runVerbs(tables.get(from)!, verbs, { tables, params, signal });
    const empty = await readTables(step, true);
    requireColumns(
      "allow_lossy",
      step.config.allow_lossy ?? [],
      [...empty.values()].flatMap((table) => table.columnNames()),
    );
    const rehearsal = rehearse(empty.get(from)!, verbs, {
      tables: empty,
      params,
      signal,
    });
    const schema = rowwiseSchema(rehearsal, empty);
    const report = new Report();
    const parts = schema === null ? wholeTables(step) : batchTables(step, from);
    let isEmpty = true;
    for await (const tables of parts) {
      const { table, dropped } = run(tables);
      report.add(tables, dropped);
      const batches = batchesOf(table);
      for (const batch of schema ? fitting(batches, schema) : batches) {
        signal.throwIfAborted();
        isEmpty = false;
        yield batch;
      }
    }
    // A filter may have left nothing of any batch.
    if (isEmpty && schema !== null) yield emptyBatch(schema);
    report.give(context);
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

/** Inputs by name. */
type Tables = Map<string, LazyTable>;

/** The inputs as tables; `asEmpty` takes their schemas only. */
async function readTables(
  step: StepInput<TransformConfig>,
  asEmpty: boolean,
): Promise<Tables> {
  const entries = Object.entries(step.inputs);
  const tables = await Promise.all(entries.map(async ([name, input]) => {
    const schema = await input.schema();
    const batches = asEmpty ? [] : await input.gather();
    return [name, tableOf(step, schema, batches)] as const;
  }));
  return new Map(tables);
}

function tableOf(
  { config, values }: StepInput<TransformConfig>,
  schema: Schema,
  batches: readonly Batch[],
): LazyTable {
  const lossy = new Set(config.allow_lossy ?? []);
  return tableOfBatches(schema, batches, lossy, { ...values });
}

async function* wholeTables(
  step: StepInput<TransformConfig>,
): AsyncGenerator<Tables> {
  yield await readTables(step, false);
}

/** A table of each batch of the only input. */
async function* batchTables(
  step: StepInput<TransformConfig>,
  from: string,
): AsyncGenerator<Tables> {
  for await (const batch of step.inputs[from].batches()) {
    yield new Map([[from, tableOf(step, batch.schema, [batch])]]);
  }
}
