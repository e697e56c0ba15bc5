// deno-lint-ignore-file camelcase -- config keys are snake_case
/**
 * `filesystem.json_extractor`: reads JSON Lines, or an array of objects.
 *
 * @module
 */
import type { CompressionOption } from "../../src/csv/compression.ts";
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
} from "../../src/driver/driver.ts";
import { readJson } from "../../src/json/read_json.ts";
import type { Batch } from "../../src/table/batch.ts";
import { spec } from "./json_extractor.spec.ts";
import { typesOf } from "./type_config.ts";

/** Config of `filesystem.json_extractor`, defaults filled in. */
export type JsonExtractorConfig = {
  readonly path: string;
  readonly columns?: readonly string[];
  readonly dtype?: Readonly<Record<string, string>>;
  readonly limit?: number;
  readonly parse_dates: boolean | readonly string[];
  readonly infer: "full" | "sample";
  readonly compression: CompressionOption;
  readonly chunk_size: number;
};

async function* extract(
  { config, sources }: StepInput<JsonExtractorConfig>,
  context: StepContext,
): AsyncGenerator<Batch, void, void> {
  const dates = config.parse_dates;
  const batches = readJson(sources.source, {
    compression: config.compression,
    columns: config.columns ?? null,
    types: typesOf(config.dtype),
    dates: dates === true ? "iso" : "none",
    dateColumns: typeof dates === "object" ? dates : [],
    limit: Math.min(config.limit ?? Infinity, context.sampleRows ?? Infinity),
    batchRows: config.chunk_size,
    infer: config.infer,
  });
  let rows = 0;
  for await (const batch of batches) {
    context.signal.throwIfAborted();
    rows += batch.length;
    yield batch;
    context.progress(rows);
  }
}

/** The driver. */
const driver: Driver<JsonExtractorConfig> = defineDriver({
  spec,
  run: extract,
});
export default driver;
