/**
 * `filesystem.csv_extractor`: reads a CSV file.
 *
 * @module
 */
import type { CompressionOption } from "../../src/csv/compression.ts";
import type { Encoding } from "../../src/csv/encoding.ts";
import { readCsv } from "../../src/csv/read_csv.ts";
import type { Infer, ReadOptions } from "../../src/csv/read_options.ts";
import type { BadRow } from "../../src/csv/rows.ts";
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
} from "../../src/driver/driver.ts";
import type { Batch } from "../../src/table/batch.ts";
import { spec } from "./csv_extractor.spec.ts";
import { type DialectConfig, dialectOf } from "./dialect.ts";
import { typesOf } from "./type_config.ts";

/** Config of `filesystem.csv_extractor`, defaults filled in. */
export type CsvExtractorConfig = DialectConfig & {
  readonly path: string;
  readonly encoding: Encoding;
  readonly header: boolean | number;
  readonly columns?: readonly (string | number)[];
  readonly skip_rows: number;
  readonly limit?: number;
  readonly parse_dates?: boolean | readonly string[];
  readonly dtype?: Readonly<Record<string, string>>;
  readonly infer: Infer;
  readonly na_values: readonly string[];
  readonly compression: CompressionOption;
  readonly on_bad_lines: "error" | "skip" | "warn";
  readonly chunk_size: number;
};

async function* extract(
  { config, sources }: StepInput<CsvExtractorConfig>,
  context: StepContext,
): AsyncGenerator<Batch, void, void> {
  const bad: BadRow[] = [];
  const options = {
    ...readOptions(config, context),
    ...(context.canReject && collecting(bad, context)),
  };
  const result = { skipped: 0 };
  let rows = 0;
  for await (const batch of readCsv(sources.source, options, result)) {
    context.signal.throwIfAborted();
    rows += batch.length;
    yield batch;
    context.progress(rows);
  }
  if (result.skipped > 0) {
    // Those that are collected are accounted for as they are.
    if (!context.canReject) context.account("rejected", result.skipped);
    context.log(
      "warn",
      `Left out ${result.skipped} rows of "${config.path}" with too few or too many fields`,
    );
  }
}

/** Options that hand bad rows over in place of failing. */
function collecting(
  bad: BadRow[],
  context: StepContext,
): Pick<ReadOptions, "onBad" | "settle"> {
  return {
    onBad: (row) => void bad.push(row),
    async settle() {
      for (const { text, reason, line } of bad.splice(0)) {
        await context.reject({ row: text, reason, line });
      }
    },
  };
}

function readOptions(
  config: CsvExtractorConfig,
  context: StepContext,
): ReadOptions {
  const { header, parse_dates: dates } = config;
  return {
    dialect: dialectOf(config),
    encoding: config.encoding,
    compression: config.compression,
    skipRows: config.skip_rows,
    header: header === false ? null : Number(header === true ? 0 : header),
    onBadLines: context.canReject && config.on_bad_lines === "error"
      ? "skip"
      : config.on_bad_lines,
    onSkip: (message) => context.log("warn", message),
    columns: config.columns ?? null,
    types: typesOf(config.dtype),
    infer: config.infer,
    dates: dates === undefined ? "canonical" : dates === true ? "iso" : "none",
    dateColumns: typeof dates === "object" ? dates : [],
    nullTexts: config.na_values,
    limit: Math.min(
      config.limit ?? Infinity,
      context.sampleRows ?? Infinity,
    ),
    batchRows: config.chunk_size,
  };
}

/** The driver. */
const driver: Driver<CsvExtractorConfig> = defineDriver({ spec, run: extract });
export default driver;
