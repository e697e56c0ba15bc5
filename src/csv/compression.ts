/**
 * Files that hold a compressed text.
 *
 * @module
 */
import type { InputFile } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { inflate } from "./inflate.ts";
import { unzip } from "./zip.ts";

/** How a file is compressed. */
export type Compression = "none" | "gzip" | "zip";

/** What `compression` may be set to. */
export type CompressionOption = Compression | "infer";

const BY_ENDING: readonly (readonly [string, Compression])[] = [
  [".gz", "gzip"],
  [".zip", "zip"],
];

/** Endings of what can't be read here; without a word they'd be taken for text. */
const UNKNOWN = [".bz2", ".xz", ".zst", ".lz4", ".7z", ".br"];

/**
 * The compression of a file, by the ending of its path when it is to be inferred.
 *
 * @throws {OsirisError} `config/invalid` for endings of formats that aren't known here.
 */
export function compressionOf(
  option: CompressionOption,
  path: string,
): Compression {
  if (option !== "infer") return option;
  const lower = path.toLowerCase();
  const unknown = UNKNOWN.find((ending) => lower.endsWith(ending));
  if (unknown !== undefined) {
    throw new OsirisError(
      "config/invalid",
      `Cannot tell how "${path}" is compressed: ${unknown} is not supported`,
      { hint: "Use gzip, or set compression: none if it is plain text" },
    );
  }
  return BY_ENDING.find(([ending]) => lower.endsWith(ending))?.[1] ?? "none";
}

/** The bytes of a file, decompressed. @throws {OsirisError} `data/syntax` while reading damaged ones. */
export function openPlain(
  file: InputFile,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case "none":
      return file.open({ reuse: true });
    case "gzip":
      return inflate(file.open(), "gzip", file.path);
    case "zip":
      return unzip(file.open(), file.path);
  }
}
