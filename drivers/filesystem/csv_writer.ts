/**
 * `filesystem.csv_writer`: writes a table as a CSV file.
 *
 * @module
 */
import type { CompressionOption } from "../../src/csv/compression.ts";
import type { Encoding } from "../../src/csv/encoding.ts";
import { writeCsv } from "../../src/csv/write_csv.ts";
import {
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
  type StepReport,
} from "../../src/driver/driver.ts";
import { spec } from "./csv_writer.spec.ts";
import { type DialectConfig, dialectOf } from "./dialect.ts";
import { onlyInput } from "./only_input.ts";

/** Config of `filesystem.csv_writer`, defaults filled in. */
export type CsvWriterConfig = DialectConfig & {
  readonly path: string;
  readonly encoding: Encoding;
  readonly header: boolean;
  readonly newline: keyof typeof NEWLINES;
  readonly compression: CompressionOption;
  readonly binary: "hex" | "base64";
  readonly sort_columns: boolean;
  readonly create_dirs: boolean;
  readonly chunk_size: number;
};

const NEWLINES = { lf: "\n", crlf: "\r\n", cr: "\r" } as const;

async function write(
  { config, inputs, targets }: StepInput<CsvWriterConfig>,
  context: StepContext,
): Promise<StepReport> {
  const { rows, bytes } = await writeCsv(onlyInput(inputs), targets.target, {
    ...dialectOf(config),
    // Also where nothing is quoted, so that no other character can be it.
    quote: config.quote.charCodeAt(0),
    quoting: config.quoting,
    newline: new TextEncoder().encode(NEWLINES[config.newline]),
    binary: config.binary,
    header: config.header,
    encoding: config.encoding,
    sortColumns: config.sort_columns,
    blockRows: config.chunk_size,
    compression: config.compression,
  }, (written) => {
    context.signal.throwIfAborted();
    context.progress(written);
  });
  return { rowsWritten: rows, bytesWritten: bytes };
}

/** The driver. */
const driver: Driver<CsvWriterConfig> = defineDriver({ spec, run: write });
export default driver;
