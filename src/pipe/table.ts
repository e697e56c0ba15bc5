/**
 * Batches in a pipe: the messages of an Arrow IPC stream, one a frame. Head and
 * body of the frames put together are such a stream.
 *
 * @module
 */
import { checkSchema } from "../channel/batches.ts";
import { type Batch, checkBatch } from "../table/batch.ts";
import { FlatTable } from "../table/flatbuffer.ts";
import { ipcWriter } from "../table/ipc.ts";
import { readBatch } from "../table/ipc_batch.ts";
import { MESSAGE } from "../table/ipc_reader.ts";
import { readSchema, type StreamField } from "../table/ipc_schema.ts";
import type { Schema } from "../table/type.ts";

/** A batch in two parts, and its schema when it is the first. */
export interface EncodedBatch {
  readonly schema: Uint8Array<ArrayBuffer> | null;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly body: readonly Uint8Array<ArrayBuffer>[];
  readonly bodyBytes: number;
}

/** Encodes the batches of one stream. */
export class BatchEncoder {
  #schema: Schema | undefined;

  /**
   * Encodes a batch that came in a message, as whoever sent it says.
   *
   * @throws {OsirisError} `driver/protocol` when it is none.
   */
  encode(value: unknown): EncodedBatch {
    const isFirst = this.#schema === undefined;
    this.#schema ??= checkSchema((value as { schema?: unknown }).schema);
    const batch = checkBatch(value, this.#schema, true);
    const writer = ipcWriter(this.#schema);
    const [head, ...body] = writer.batch(batch);
    return {
      schema: isFirst ? writer.header() : null,
      head,
      body,
      bodyBytes: body.reduce((sum, { byteLength }) => sum + byteLength, 0),
    };
  }
}

/** Decodes the batches of one stream. What it reads is untrusted. */
export class BatchDecoder {
  #fields: readonly StreamField[] | undefined;
  #isFirst = true;

  /** Takes the schema. @throws {RangeError} when it is none. */
  schema(head: Uint8Array<ArrayBuffer>): void {
    this.#fields = readSchema(message(head, MESSAGE.schema));
  }

  /** The message that {@linkcode BatchEncoder} was given, and its one buffer. @throws {RangeError} */
  batch(
    head: Uint8Array<ArrayBuffer>,
    body: ArrayBuffer,
  ): Partial<Batch> {
    const fields = this.#fields;
    if (fields === undefined) throw new RangeError("a batch before its schema");
    const { length, columns } = readBatch(
      message(head, MESSAGE.recordBatch),
      fields,
      body,
    );
    if (!this.#isFirst) return { length, columns };
    this.#isFirst = false;
    const schema = { fields: fields.map(({ field }) => field) };
    return { schema, length, columns };
  }
}

/** The table of a framed IPC message: continuation mark, size, metadata. */
function message(head: Uint8Array<ArrayBuffer>, kind: number): FlatTable {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const size = view.getInt32(4, true);
  if (view.getInt32(0, true) !== -1 || size !== head.byteLength - 8) {
    throw new RangeError("not a message");
  }
  const root = FlatTable.root(head.subarray(8));
  const table = root.table(2);
  if (root.int(1, 1) !== kind || table === null) {
    throw new RangeError("a message of another kind");
  }
  return table;
}
