/**
 * Writes a table as JSON Lines: an object a row.
 *
 * @module
 */
import type { CompressionOption } from "../csv/compression.ts";
import { orderedFields } from "../csv/ordered_fields.ts";
import { openSink } from "../csv/sink.ts";
import { TextWriter } from "../csv/text_writer.ts";
import { writeRows, type Written } from "../csv/write_rows.ts";
import type { OutputFile, TableInput } from "../driver/driver.ts";
import { memberCells, type ValueOptions } from "./cells.ts";

/** Rows that are formatted at a time. */
const BLOCK_ROWS = 1000;

/** How a JSON file is to be written. */
export interface WriteJsonOptions extends ValueOptions {
  readonly compression: CompressionOption;
  /** Whether members are put in the order of their names, by code points. */
  readonly sortColumns: boolean;
}

/**
 * Writes all batches of `input` to `target` and closes it.
 *
 * @param onBatch Called after each batch with the rows so far; what it throws ends the writing.
 * @throws {OsirisError} `data/duplicate-column`, `data/lossy`, `file/…`
 */
export async function writeJson(
  input: TableInput,
  target: OutputFile,
  options: WriteJsonOptions,
  onBatch: (rows: number) => void = () => {},
): Promise<Written> {
  const fields = orderedFields(
    await input.schema(),
    options.sortColumns,
    `JSON "${target.path}"`,
  );
  const writer = new TextWriter({
    format: "JSON",
    cells: fields.map((field, i) => ({
      index: field.index,
      name: field.name,
      cells: memberCells(field, i === 0 ? "{" : "", options),
    })),
    separator: 44,
    end: new TextEncoder().encode("}\n"),
  }, target.spare);
  return await writeRows(input, writer, openSink(target, options.compression), {
    blockRows: BLOCK_ROWS,
    encode: (chunk) => chunk,
    onBatch,
  });
}
