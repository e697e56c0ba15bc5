/**
 * Tables as Arrow IPC streams (format 1.5, uncompressed), one batch at a time:
 * the form on disk and between processes. Any Arrow reader understands them.
 *
 * A stream is header, batches, end. Nothing but one batch is ever in memory.
 *
 * @module
 */
import type { Batch } from "./batch.ts";
import { FlatBuilder } from "./flatbuffer.ts";
import { align8, batchBody, buildBatch } from "./ipc_batch.ts";
import { MESSAGE, VERSION_5 } from "./ipc_reader.ts";
import { buildSchema } from "./ipc_schema.ts";
import type { Schema } from "./type.ts";

export { type ByteReader, readIpc } from "./ipc_reader.ts";

/** Writes one Arrow IPC stream: header first, then batches, end last. */
export interface IpcWriter {
  /** What opens the stream. */
  header(): Uint8Array<ArrayBuffer>;
  /** A batch, as pieces to write one after another: views of its own buffers, valid until it is given away. */
  batch(batch: Batch): Uint8Array<ArrayBuffer>[];
  /** What closes the stream; a stream without it is read as cut short. */
  end(): Uint8Array<ArrayBuffer>;
}

/**
 * A writer for tables of `schema`.
 *
 * @example There and back
 * ```ts
 * import { ipcWriter, readIpc } from "./ipc.ts";
 * import { emptyBatch } from "./batch.ts";
 * import { types } from "./type.ts";
 * import assert from "node:assert/strict";
 *
 * const schema = { fields: [{ name: "n", type: types.int32, nullable: true }] };
 * const writer = ipcWriter(schema);
 * const bytes = [writer.header(), ...writer.batch(emptyBatch(schema)), writer.end()];
 * for await (const batch of readIpc((async function* () { yield* bytes; })())) {
 *   assert.deepEqual(batch.schema, schema);
 * }
 * ```
 */
export function ipcWriter(schema: Schema): IpcWriter {
  return {
    header() {
      const builder = new FlatBuilder();
      return message(builder, MESSAGE.schema, buildSchema(builder, schema), 0);
    },
    batch(batch) {
      const body = batchBody(batch);
      const bytes = body.reduce((sum, b) => sum + align8(b.byteLength), 0);
      const builder = new FlatBuilder();
      const table = buildBatch(builder, batch, body);
      const head = message(builder, MESSAGE.recordBatch, table, bytes);
      return [head, ...body.flatMap(padded)];
    },
    end() {
      return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
    },
  };
}

const PADDING = new Uint8Array(8);

function padded(piece: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const pad = align8(piece.byteLength) - piece.byteLength;
  if (piece.byteLength === 0) return [];
  return pad === 0 ? [piece] : [piece, PADDING.slice(0, pad)];
}

/** Frames a message: continuation mark, size of the metadata, metadata. */
function message(
  builder: FlatBuilder,
  kind: number,
  table: number,
  bodyBytes: number,
): Uint8Array<ArrayBuffer> {
  const metadata = builder.finish(builder.table([
    { bytes: 2, value: VERSION_5 },
    { bytes: 1, value: kind },
    { ref: table },
    { bytes: 8, value: bodyBytes },
  ]));
  const framed = new Uint8Array(8 + metadata.byteLength);
  const view = new DataView(framed.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, metadata.byteLength, true);
  framed.set(metadata, 8);
  return framed;
}
