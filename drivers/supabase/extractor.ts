/**
 * Reads a table, view or function of a Supabase project.
 *
 * @module
 */
import {
  defineDriver,
  type Json,
  type StepContext,
  type StepInput,
} from "../../src/driver/driver.ts";
import type { Batch } from "../../src/table/batch.ts";
import { betterError } from "./better_error.ts";
import { Api } from "./client.ts";
import { describe } from "./description.ts";
import { spec } from "./extractor.spec.ts";
import type { ExtractorConfig } from "./extractor_config.ts";
import { projectOf, type SupabaseConnection } from "./options.ts";
import { discover } from "./discover.ts";
import { probe } from "./probe.ts";
import { planRead } from "./read_plan.ts";
import { Reader } from "./reader.ts";
import { waitsOf } from "./waits.ts";
import { whatsNew } from "./whats_new.ts";

/** The driver `supabase.extractor`. */
const driver = defineDriver<ExtractorConfig>({ spec, run, probe, discover });
export default driver;

async function* run(
  step: StepInput<ExtractorConfig>,
  context: StepContext,
): AsyncGenerator<Batch> {
  const { config } = step;
  const project = projectOf(step.connection as SupabaseConnection);
  const schema = config.schema || project.schema;
  const waits = waitsOf(config.timeout, context.deadlines);
  const api = new Api(project, { context, waits });
  const patience = { context, retries: config.retries };
  const description = await describe(api, schema, patience);
  const name = config.table ?? config.view ?? config.rpc!;
  const facts = config.rpc === undefined
    ? description?.tables.get(name)
    : undefined;
  if (facts === undefined && config.rpc === undefined) {
    context.log(
      "warn",
      `the API does not describe "${name}": types are inferred from the first rows`,
    );
  }
  try {
    const since = config.cursor === undefined ? null : await whatsNew(
      { api, schema, name, config, patience },
      config.cursor,
      context.state,
    );
    const plan = planRead({
      api,
      config,
      schema,
      name,
      facts,
      description,
      patience,
      since,
    });
    yield* new Reader(plan, context).batches();
    const state = since?.state() ?? null;
    if (state !== null) context.saveState({ ...state } as unknown as Json);
  } catch (thrown) {
    throw betterError(thrown, { table: name, facts, description });
  }
}
