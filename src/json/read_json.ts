/**
 * Reads a JSON file as batches of typed columns.
 *
 * As with CSV, columns and types are known before the first batch is out: the
 * file is gone through for them first, or its beginning, when it can be
 * opened only once.
 *
 * @module
 */
import { compressionOf, openPlain } from "../csv/compression.ts";
import { concatenated, readHead } from "../csv/head.ts";
import { blockRows } from "../csv/infer.ts";
import { firstRoom } from "../csv/read_csv.ts";
import type { InputFile } from "../driver/driver.ts";
import { type Batch, BATCH_BYTES } from "../table/batch.ts";
import { columnBuilder } from "../table/builder.ts";
import type { Schema } from "../table/type.ts";
import { JsonBlock } from "./block.ts";
import { inferJson, type JsonColumns } from "./infer.ts";
import type { ReadJsonOptions } from "./read_options.ts";
import { JsonRows } from "./rows.ts";

/** Bytes of the beginning that is held: small files are no more than that. */
const HEAD_BYTES = 4 << 20;

/**
 * Reads a file as batches, at least one.
 *
 * @throws {OsirisError} `data/…`, `file/…`
 */
export async function* readJson(
  file: InputFile,
  options: ReadJsonOptions,
): AsyncGenerator<Batch, void, void> {
  const { path } = file;
  const compression = compressionOf(options.compression, path);
  const open = (): AsyncIterable<Uint8Array> => openPlain(file, compression);
  const head = await readHead(open(), HEAD_BYTES);
  try {
    const isFull = options.infer === "full" && file.canReopen;
    const isWhole = head.isWhole || isFull;
    const isOnce = head.isWhole || !isFull;
    const looked = isOnce
      ? concatenated(head.chunks)
      : concatenated(head.chunks, head.rest());
    const found = await inferJson(looked, path, options, isWhole);
    if (!isOnce) head.forget();
    const text = isOnce ? concatenated(head.chunks, head.rest()) : open();
    const rows = new JsonRows(text, path, false);
    try {
      yield* readBatches(rows, found, options);
    } finally {
      await rows.close();
    }
  } finally {
    await head.close();
  }
}

async function* readBatches(
  rows: JsonRows,
  { keys, columns }: JsonColumns,
  options: ReadJsonOptions,
): AsyncGenerator<Batch, void, void> {
  const schema: Schema = {
    fields: columns.map(({ index: _, ...field }) => field),
  };
  const builders = columns.map(({ type }) =>
    columnBuilder(type, firstRoom(options.batchRows, columns.length))
  );
  const most = blockRows(columns.length);
  const block = new JsonBlock(rows, keys, columns, most);
  const finish = (length: number): Batch => ({
    schema,
    length,
    columns: builders.map((builder) => builder.finish()),
  });
  let length = 0, isFirst = true, left = options.limit;
  while (left > 0) {
    const room = Math.min(most, left, options.batchRows - length);
    block.clear();
    const count = await rows.next(room, block.take);
    if (count === 0) break;
    block.append(builders, count);
    length += count;
    left -= count;
    const size = builders.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (length === options.batchRows || size >= BATCH_BYTES) {
      yield finish(length);
      length = 0;
      isFirst = false;
    }
  }
  if (length > 0 || isFirst) yield finish(length);
}
