/**
 * Writes a table as a CSV file.
 *
 * @module
 */
import type { OutputFile, TableInput } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { Schema } from "../table/type.ts";
import type { CompressionOption } from "./compression.ts";
import { checkEncodable, checkNames, encoderOf, markOf } from "./from_utf8.ts";
import { openSink } from "./sink.ts";
import { TextWriter } from "./text_writer.ts";
import type { WriteOptions } from "./write_options.ts";

/** What was written. */
export interface Written {
  readonly rows: number;
  /** Bytes in the file. */
  readonly bytes: number;
}

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
  const schema = await input.schema();
  const order = orderOf(schema, options.sortColumns, target.path);
  const sink = openSink(target, options.compression);
  const encode = encoderOf(options.encoding);
  const writer = new TextWriter(schema, order, options, target.spare);
  const mark = markOf(options.encoding);
  if (mark.length > 0) await sink.write(mark);
  if (options.header && order.length > 0) {
    checkNames(schema.fields.map(({ name }) => name), options.encoding);
    writer.header();
  }
  let rows = 0;
  for await (const batch of input.batches()) {
    checkEncodable(batch, options.encoding, rows);
    writer.rowsBefore = rows;
    for (let from = 0; from < batch.length; from += options.blockRows) {
      const to = Math.min(batch.length, from + options.blockRows);
      const full = writer.rows(batch, from, to);
      if (full !== undefined) await sink.write(encode(full));
    }
    rows += batch.length;
    onBatch(rows);
  }
  if (writer.length > 0) await sink.write(encode(writer.take()));
  await sink.close();
  return { rows, bytes: sink.bytes };
}

/** The places of the fields in the order in which they are written. */
function orderOf(
  { fields }: Schema,
  isSorted: boolean,
  path: string,
): number[] {
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new OsirisError(
      "data/duplicate-column",
      `Cannot write CSV "${path}": column "${twice}" is there twice`,
      { hint: "Rename one of them before", details: { path, column: twice } },
    );
  }
  const order = names.map((_, i) => i);
  if (isSorted) order.sort((a, b) => compare(names[a], names[b]));
  return order;
}

/** By code points, as the bytes of UTF-8 compare. */
function compare(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i].codePointAt(0)! - right[i].codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
