// deno-lint-ignore-file camelcase -- config keys are snake_case
/**
 * `filesystem.json_writer`: writes a table as JSON Lines.
 *
 * @module
 */
import type { CompressionOption } from "../../src/csv/compression.ts";
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
  type StepReport,
} from "../../src/driver/driver.ts";
import { writeJson } from "../../src/json/write_json.ts";
import { spec } from "./json_writer.spec.ts";
import { onlyInput } from "./only_input.ts";

/** Config of `filesystem.json_writer`, defaults filled in. */
export type JsonWriterConfig = {
  readonly path: string;
  readonly decimals: "number" | "string";
  readonly compression: CompressionOption;
  readonly sort_columns: boolean;
  readonly create_dirs: boolean;
};

async function write(
  { config, inputs, targets }: StepInput<JsonWriterConfig>,
  context: StepContext,
): Promise<StepReport> {
  const { rows, bytes } = await writeJson(onlyInput(inputs), targets.target, {
    decimals: config.decimals,
    compression: config.compression,
    sortColumns: config.sort_columns,
  }, (written) => {
    context.signal.throwIfAborted();
    context.progress(written);
  });
  return { rowsWritten: rows, bytesWritten: bytes };
}

/** The driver. */
const driver: Driver<JsonWriterConfig> = defineDriver({ spec, run: write });
export default driver;
