/**
 * Reads Arrow IPC streams from bytes that come bit by bit.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { type Batch, emptyBatch } from "./batch.ts";
import { FlatTable } from "./flatbuffer.ts";
import { readBatch } from "./ipc_batch.ts";
import { readSchema, type StreamField } from "./ipc_schema.ts";
import type { Schema } from "./type.ts";

/** Kinds of messages by Arrow's numbers. */
export const MESSAGE = { schema: 1, dictionary: 2, recordBatch: 3 } as const;

/** The number of the metadata version that we write. */
export const VERSION_5 = 4;

const MAX_METADATA_BYTES = 64 << 20;
const MAX_BODY_BYTES = 2 ** 33;
const FILE_MAGIC = 0x4f525241; // "ARRO", how the random-access format begins

/** A source that fills a buffer, as an open `Deno.FsFile` does; null at the end. */
export interface ByteReader {
  read(into: Uint8Array): Promise<number | null>;
}

/**
 * Reads one Arrow IPC stream, batch by batch; at least one batch comes (of no
 * rows, if the stream has none). The columns of a batch are views of one
 * buffer of their own.
 *
 * From a {@linkcode ByteReader} bytes go straight to their place, and nothing
 * past the stream's end is read.
 *
 * @throws {OsirisError} `data/syntax` when the stream is cut short, damaged or
 * compressed; `data/type` when it has a type that we don't.
 */
export async function* readIpc(
  source: AsyncIterable<Uint8Array> | ByteReader,
): AsyncGenerator<Batch, void, void> {
  const bytes = Symbol.asyncIterator in source
    ? chunkReader(source)
    : { reader: source, close: () => Promise.resolve() };
  try {
    yield* readMessages(bytes.reader);
  } finally {
    await bytes.close();
  }
}

async function* readMessages(source: ByteReader): AsyncGenerator<Batch> {
  let fields: StreamField[] | undefined;
  let schema: Schema = { fields: [] };
  let batches = 0;
  for (;;) {
    const found = await readMessage(source);
    if (found === null) break;
    const { kind, table, body } = found;
    if (kind === MESSAGE.schema && fields === undefined) {
      fields = guarded(() => readSchema(table));
      schema = { fields: fields.map(({ field }) => field) };
    } else if (kind === MESSAGE.recordBatch && fields !== undefined) {
      const known = fields;
      const { length, columns } = guarded(() => readBatch(table, known, body));
      batches++;
      yield { schema, length, columns };
    } else {
      throw damaged(
        kind === MESSAGE.dictionary
          ? "dictionaries are not supported"
          : "wrong order",
      );
    }
  }
  if (fields === undefined) throw damaged("it has no schema");
  if (batches === 0) yield emptyBatch(schema);
}

interface Message {
  readonly kind: number;
  readonly table: FlatTable;
  readonly body: ArrayBuffer;
}

/** The next message, or null at the end of the stream. */
async function readMessage(source: ByteReader): Promise<Message | null> {
  const size = await readSize(source);
  if (size === 0) return null;
  const metadata = await readBytes(source, size);
  const { kind, table, bodyBytes } = guarded(() => {
    const root = FlatTable.root(metadata);
    const version = root.int(0, 2);
    if (version < 3 || version > VERSION_5) throw new RangeError("version");
    const [kind, table, bodyBytes] = [
      root.int(1, 1),
      root.table(2),
      root.int64(3),
    ];
    if (table === null || bodyBytes < 0 || bodyBytes > MAX_BODY_BYTES) {
      throw new RangeError("message header");
    }
    return { kind, table, bodyBytes };
  });
  const body = (await readBytes(source, bodyBytes)).buffer;
  return { kind, table, body };
}

/** Size of the next message's metadata; 0 at the end of the stream. */
async function readSize(source: ByteReader): Promise<number> {
  let mark = await readInt32(source);
  if (mark === FILE_MAGIC) {
    // A file is "ARROW1", two bytes, a stream and an index, which we don't need.
    await readInt32(source);
    mark = await readInt32(source);
  }
  const size = mark === -1 ? await readInt32(source) : mark;
  if (size < 0 || size > MAX_METADATA_BYTES) throw damaged("no message found");
  return size;
}

async function readInt32(source: ByteReader): Promise<number> {
  const bytes = await readBytes(source, 4);
  return new DataView(bytes.buffer).getInt32(0, true);
}

async function readBytes(
  source: ByteReader,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = guarded(() => new Uint8Array(length));
  for (let at = 0; at < length;) {
    const read = await source.read(at === 0 ? bytes : bytes.subarray(at));
    if (read === null) throw damaged("it is cut short");
    at += read;
  }
  return bytes;
}

/** Reads from chunks of any size. */
function chunkReader(
  chunks: AsyncIterable<Uint8Array>,
): { reader: ByteReader; close: () => Promise<void> } {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk = new Uint8Array(0) as Uint8Array;
  const read = async (into: Uint8Array): Promise<number | null> => {
    while (chunk.byteLength === 0) {
      const next = await iterator.next();
      if (next.done) return null;
      chunk = next.value;
    }
    const part = chunk.subarray(0, into.byteLength);
    into.set(part);
    chunk = chunk.subarray(part.byteLength);
    return part.byteLength;
  };
  const close = async (): Promise<void> => void await iterator.return?.();
  return { reader: { read }, close };
}

/** Runs what reads a message's metadata; what it finds wrong becomes our error. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw damaged(error.message, error);
    throw error;
  }
}

function damaged(state: string, cause?: unknown): OsirisError {
  return new OsirisError(
    "data/syntax",
    `Cannot read an Arrow stream: ${state}`,
    {
      cause,
      hint:
        "Write it anew: it is damaged or not an uncompressed Arrow IPC stream",
    },
  );
}
