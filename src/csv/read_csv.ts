/**
 * Reads a CSV file as batches of typed columns.
 *
 * The types are known before the first batch is out: by default the file is
 * gone through once for them, and then once more for the values. A small file
 * is kept in memory in between; of one that can't be opened again only the
 * beginning is looked at.
 *
 * @module
 */
import type { InputFile } from "../driver/driver.ts";
import type { OsirisError } from "../error.ts";
import { type Batch, BATCH_BYTES } from "../table/batch.ts";
import { columnBuilder } from "../table/builder.ts";
import { formatType, type Schema } from "../table/type.ts";
import { compressionOf, openPlain } from "./compression.ts";
import { toUtf8 } from "./encoding.ts";
import { FastText } from "./fast_text.ts";
import { textFault } from "./fault.ts";
import { concatenated, readHead } from "./head.ts";
import { blockRows, inferColumns } from "./infer.ts";
import { NullTexts } from "./nulls.ts";
import type { ReadOptions } from "./read_options.ts";
import { Rows } from "./rows.ts";
import type { ReadColumn } from "./selection.ts";
import { MAX_WINDOW_BYTES, WINDOW_BYTES } from "./window.ts";

/** Bytes of the beginning that is held: small files are no more than that. */
const HEAD_BYTES = 4 << 20;

/** What reading a file came to. */
export interface ReadResult {
  /** Ragged rows that were left out. */
  skipped: number;
}

/**
 * Reads a file as batches, at least one.
 *
 * @param result Filled in as the reading goes on.
 * @throws {OsirisError} `data/…`, `file/…`
 */
export async function* readCsv(
  file: InputFile,
  options: ReadOptions,
  result: ReadResult = { skipped: 0 },
): AsyncGenerator<Batch, void, void> {
  const { path } = file;
  const compression = compressionOf(options.compression, path);
  const open = (): AsyncIterable<Uint8Array> =>
    toUtf8(openPlain(file, compression), options.encoding, path);
  const head = await readHead(open(), HEAD_BYTES);
  try {
    const isFull = options.infer === "full" && file.canReopen;
    const isWhole = head.isWhole || isFull;
    const isOnce = head.isWhole || !isFull;
    const looked = isOnce
      ? concatenated(head.chunks)
      : concatenated(head.chunks, head.rest());
    // Of little text there is nothing to be gained.
    const fast = head.isWhole
      ? undefined
      : FastText.create(WINDOW_BYTES, MAX_WINDOW_BYTES);
    const columns = await inferColumns(looked, path, options, isWhole, fast);
    if (!isOnce) head.forget();
    const text = isOnce ? concatenated(head.chunks, head.rest()) : open();
    const rows = new Rows(text, path, options, fast);
    try {
      yield* readBatches(rows, columns, options, isWhole);
    } finally {
      result.skipped = rows.skipped;
      await rows.close();
    }
  } finally {
    await head.close();
  }
}

async function* readBatches(
  rows: Rows,
  columns: readonly ReadColumn[],
  options: ReadOptions,
  isExact: boolean,
): AsyncGenerator<Batch, void, void> {
  const schema: Schema = {
    fields: columns.map(({ index: _, ...rest }) => rest),
  };
  const builders = columns.map(({ type }) =>
    columnBuilder(type, firstRoom(options.batchRows, columns.length))
  );
  const nulls = new NullTexts(options.nullTexts, options.dialect.quote);
  const finish = (length: number): Batch => ({
    schema,
    length,
    columns: builders.map((builder) => builder.finish()),
  });
  await rows.begin();
  const width = 2 * rows.names.length;
  const most = blockRows(rows.names.length);
  let length = 0, isFirst = true, left = options.limit;
  while (left > 0) {
    const room = Math.min(most, left, options.batchRows - length);
    const count = await rows.next(room);
    await options.settle?.();
    if (count === 0) break;
    const { bytes, spans, gather } = rows;
    let size = 0;
    for (let i = 0; i < builders.length; i++) {
      const builder = builders[i], first = 2 * columns[i].index;
      nulls.mark(bytes, spans, first, width, count);
      const done = builder.appendSpans(
        bytes,
        spans,
        first,
        width,
        count,
        gather,
      );
      if (done < count) throw refuse(rows, done, columns[i], isExact);
      size += builder.byteLength;
    }
    length += count;
    left -= count;
    if (length === options.batchRows || size >= BATCH_BYTES) {
      yield finish(length);
      length = 0;
      isFirst = false;
    }
  }
  if (length > 0 || isFirst) yield finish(length);
}

/**
 * Rows to make room for at first: a batch of them, but of a wide table fewer,
 * which closes its batches by their bytes long before.
 */
export function firstRoom(batchRows: number, columns: number): number {
  return Math.min(batchRows, Math.max(16, Math.floor(524_288 / columns)));
}

/** The error for a value that isn't of its column's type. */
function refuse(
  rows: Rows,
  row: number,
  { name, type, index }: ReadColumn,
  isExact: boolean,
): OsirisError {
  return textFault(
    "data/type",
    rows.place(row, index),
    `column "${name}": not exactly a value of type ${formatType(type)}`,
    isExact
      ? `Correct the value, or set dtype: { ${name}: utf8 }`
      : `Set dtype: { ${name}: utf8 }; the type was inferred from the beginning only, unless dtype names it`,
  );
}
