/**
 * Writes a table as a CSV file.
 *
 * @module
 */
import type { OutputFile, TableInput } from "../driver/driver.ts";
import type { CompressionOption } from "./compression.ts";
import { checkEncodable, checkNames, encoderOf, markOf } from "./from_utf8.ts";
import { openSink } from "./sink.ts";
import { csvLayout, headerText } from "./header.ts";
import { TextWriter } from "./text_writer.ts";
import { orderedFields } from "./ordered_fields.ts";
import { writeRows, type Written } from "./write_rows.ts";
import type { WriteOptions } from "./write_options.ts";

/**
 * Writes all batches of `input` to `target` and closes it.
 *
 * @param onBatch Called after each batch with the rows so far; what it throws ends the writing.
 * @throws {OsirisError} `data/duplicate-column`, `data/lossy`, `data/encoding`, `file/…`
 */
export async function writeCsv(
  input: TableInput,
  target: OutputFile,
  options: WriteOptions & { readonly compression: CompressionOption },
  onBatch: (rows: number) => void = () => {},
): Promise<Written> {
  const { encoding } = options;
  const fields = orderedFields(
    await input.schema(),
    options.sortColumns,
    `CSV "${target.path}"`,
  );
  const sink = openSink(target, options.compression);
  const writer = new TextWriter(csvLayout(fields, options), target.spare);
  const mark = markOf(encoding);
  if (mark.length > 0) await sink.write(mark);
  if (options.header && fields.length > 0) {
    const names = fields.map(({ name }) => name);
    checkNames(names, encoding);
    writer.put(headerText(names, options));
  }
  return await writeRows(input, writer, sink, {
    blockRows: options.blockRows,
    encode: encoderOf(encoding),
    check: (batch, rows) => checkEncodable(batch, encoding, rows),
    onBatch,
  });
}
