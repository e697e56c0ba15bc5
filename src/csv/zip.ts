/**
 * Reads the one file in a zip archive.
 *
 * The sizes of what is in an archive stand at its end, so it is held in memory
 * as a whole, compressed as it is, up to a limit.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { inflate } from "./inflate.ts";

/** Most bytes of an archive. */
export const MAX_ZIP_BYTES = 256 << 20;

const END_OF_DIRECTORY = 0x0605_4b50;
const DIRECTORY_ENTRY = 0x0201_4b50;
const STORED = 0, DEFLATED = 8;

/**
 * The bytes of the only file in the archive.
 *
 * @throws {OsirisError} `data/syntax` when it is none, or holds several files; `data/too-large`
 */
export async function* unzip(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const bytes = await readAll(chunks, path);
  const view = new DataView(bytes.buffer, 0, bytes.length);
  const entry = onlyEntry(view, path);
  const data = bytes.subarray(entry.start, entry.start + entry.size);
  if (entry.method === STORED) yield data;
  else yield* inflate(one(data), "deflate-raw", path);
}

interface Entry {
  readonly method: number;
  readonly start: number;
  readonly size: number;
}

function onlyEntry(view: DataView, path: string): Entry {
  const end = endOfDirectory(view);
  if (end === undefined) throw fault(path, "it is no zip archive");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const files: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw fault(path, "its directory is damaged");
    }
    const [name, extra, comment] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true)
    );
    // A name that ends in a slash is a folder.
    if (view.getUint8(at + 45 + name) !== 0x2f) {
      files.push(entryAt(view, at, path));
    }
    at += 46 + name + extra + comment;
  }
  if (files.length === 1) return files[0];
  throw fault(path, `it holds ${files.length} files where one belongs`);
}

/** The entry whose place in the directory is `at`. */
function entryAt(view: DataView, at: number, path: string): Entry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 20, true);
  const header = view.getUint32(at + 42, true);
  if ((flags & 1) !== 0) throw fault(path, "it is encrypted");
  if (method !== STORED && method !== DEFLATED) {
    throw fault(path, `its compression method ${method} is not supported`);
  }
  if (header + 30 > view.byteLength) throw fault(path, "it is cut short");
  const start = header + 30 + view.getUint16(header + 26, true) +
    view.getUint16(header + 28, true);
  if (start + size > view.byteLength) throw fault(path, "it is cut short");
  return { method, start, size };
}

/** The record at the archive's end, before which a comment of up to 64 KiB may stand. */
function endOfDirectory(view: DataView): number | undefined {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  return undefined;
}

async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let all = new Uint8Array(1 << 20), size = 0;
  for await (const chunk of chunks) {
    if (size + chunk.length > MAX_ZIP_BYTES) {
      throw new OsirisError(
        "data/too-large",
        `Cannot read zip "${path}": more than ${MAX_ZIP_BYTES >> 20} MiB`,
        { hint: "Use gzip, which is read as it comes" },
      );
    }
    if (size + chunk.length > all.length) {
      const grown = new Uint8Array(2 * (size + chunk.length));
      grown.set(all.subarray(0, size));
      all = grown;
    }
    all.set(chunk, size);
    size += chunk.length;
  }
  return all.subarray(0, size);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function fault(path: string, state: string): OsirisError {
  return new OsirisError("data/syntax", `Cannot read zip "${path}": ${state}`);
}
