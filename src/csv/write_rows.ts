/**
 * Takes all batches of a table through a text writer into a file.
 *
 * @module
 */
import type { TableInput } from "../driver/driver.ts";
import type { Batch } from "../table/batch.ts";
import type { Encode } from "./from_utf8.ts";
import type { Sink } from "./sink.ts";
import type { TextWriter } from "./text_writer.ts";

/** What was written. */
export interface Written {
  readonly rows: number;
  /** Bytes in the file. */
  readonly bytes: number;
}

/** How rows are written. */
export interface RowsOptions {
  /** Rows that are formatted at a time. */
  readonly blockRows: number;
  /** Turns chunks of text into the file's encoding. */
  readonly encode: Encode;
  /** Looks at each batch before it is written; `rows` were before it. */
  readonly check?: (batch: Batch, rows: number) => void;
  /** Called after each batch with the rows so far; what it throws ends the writing. */
  readonly onBatch: (rows: number) => void;
}

/** Writes all batches, what waits in the writer included, and closes the sink. */
export async function writeRows(
  input: TableInput,
  writer: TextWriter,
  sink: Sink,
  { blockRows, encode, check, onBatch }: RowsOptions,
): Promise<Written> {
  let rows = 0;
  for await (const batch of input.batches({ reuse: true })) {
    check?.(batch, rows);
    writer.rowsBefore = rows;
    writer.bind(batch);
    for (let from = 0; from < batch.length; from += blockRows) {
      const to = Math.min(batch.length, from + blockRows);
      for (const full of writer.rows(from, to)) await sink.write(encode(full));
    }
    rows += batch.length;
    onBatch(rows);
  }
  if (writer.length > 0) await sink.write(encode(writer.take()));
  await sink.close();
  return { rows, bytes: sink.bytes };
}
