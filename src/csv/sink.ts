/**
 * Where finished text goes: encoded, compressed, and into the file.
 *
 * @module
 */
import type { Gzip } from "node:zlib";
import type { OutputFile } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { CompressionOption } from "./compression.ts";

/** Takes chunks of bytes one after another. */
export interface Sink {
  /** Bytes that went into the file so far. */
  readonly bytes: number;
  /** Takes a chunk, which is the sink's from then on. */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Waits until all is in the file, and closes it. */
  close(): Promise<void>;
}

/** A sink into a file. @throws {OsirisError} `config/invalid` for compressions that can't be written. */
export function openSink(target: OutputFile, option: CompressionOption): Sink {
  const lower = target.path.toLowerCase();
  const compression = option === "infer"
    ? lower.endsWith(".gz") ? "gzip" : endingOf(lower) ?? "none"
    : option;
  if (compression === "none") return new PlainSink(target);
  if (compression === "gzip") return new GzipSink(target);
  throw new OsirisError(
    "config/invalid",
    `Cannot write "${target.path}": compression ${compression} is not supported`,
    { hint: "Use gzip, or set compression: none to write plain text" },
  );
}

/** The ending of a path that names a compression other than gzip. */
function endingOf(path: string): string | undefined {
  return /\.(zip|bz2|xz|zst|lz4|7z|br)$/.exec(path)?.[1];
}

class PlainSink implements Sink {
  bytes = 0;
  readonly #target: OutputFile;

  constructor(target: OutputFile) {
    this.#target = target;
  }

  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.bytes += chunk.length;
    await this.#target.write(chunk);
  }

  async close(): Promise<void> {
    await this.#target.close();
  }
}

/**
 * Compresses on the way. The library is loaded with the first chunk, which
 * plain files are thus spared.
 */
class GzipSink implements Sink {
  readonly #plain: PlainSink;
  #gzip: Gzip | undefined;
  #drained: Promise<void> | undefined;

  constructor(target: OutputFile) {
    this.#plain = new PlainSink(target);
  }

  get bytes(): number {
    return this.#plain.bytes;
  }

  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    const gzip = await this.#open();
    const isTaken = new Promise<void>((resolve) =>
      gzip.write(chunk, () => resolve())
    );
    // When the file fails, that failure comes first.
    await Promise.race([this.#drained, isTaken]);
  }

  async close(): Promise<void> {
    const gzip = await this.#open();
    gzip.end();
    await this.#drained;
    await this.#plain.close();
  }

  async #open(): Promise<Gzip> {
    if (this.#gzip !== undefined) return this.#gzip;
    const { createGzip } = await import("node:zlib");
    const gzip = createGzip({ chunkSize: 1 << 20 });
    this.#drained = this.#drain(gzip);
    this.#drained.catch(() => gzip.destroy());
    return this.#gzip = gzip;
  }

  async #drain(gzip: Gzip): Promise<void> {
    for await (const chunk of gzip) {
      // Of its own, since the stream's memory isn't ours to give away.
      await this.#plain.write(new Uint8Array(chunk));
    }
  }
}
