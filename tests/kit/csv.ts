/** Reads and writes CSV through the drivers, texts in and out. */
import csvExtractor from "../../drivers/filesystem/csv_extractor.ts";
import csvWriter from "../../drivers/filesystem/csv_writer.ts";
import type { Batch } from "../../src/table/batch.ts";
import { drive, type Driven, type DriveOptions } from "./drive.ts";

type Config = Readonly<Record<string, unknown>>;

/** Reads a CSV text (or file content) with a config. */
export function readCsvText(
  content: string | Uint8Array,
  config: Config = {},
  options: DriveOptions = {},
): Promise<Driven> {
  const source = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return drive(csvExtractor, {
    ...options,
    config: { path: "in.csv", ...config },
    sources: { source },
  });
}

/** Writes batches as CSV with a config, and returns the file's content. */
export async function writeCsvBytes(
  batches: readonly Batch[],
  config: Config = {},
): Promise<Uint8Array> {
  const { written } = await drive(csvWriter, {
    config: { path: "out.csv", ...config },
    inputs: { df: batches },
    targets: { target: null },
  });
  return written.target;
}

/** The same as text. */
export async function writeCsvText(
  batches: readonly Batch[],
  config: Config = {},
): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    await writeCsvBytes(batches, config),
  );
}
