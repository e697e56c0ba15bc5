/**
 * Reads a text file of bounded size, from a path or a URL.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { formatSize } from "../units.ts";
import { OsirisError } from "../error.ts";
import { missingFlag } from "../permission.ts";

/** Largest document that is read, in bytes. */
export const MAX_BYTES = 16 * 2 ** 20;
const FETCH_TIMEOUT_MS = 30_000;

/** What is read, for messages and codes. */
export interface ReadSubject {
  /** Of the message: `read manifest`. */
  readonly action: string;
  /** What it is called in messages; else the location. */
  readonly name?: string;
  readonly code: "manifest/unreadable" | "connection/unreadable";
  readonly mayBeEmpty?: boolean;
}

/**
 * Reads a text.
 *
 * @param location A path or a `file:`, `https:` or `http:` URL.
 * @returns The text without a byte-order mark; undefined when it is not there.
 * @throws {OsirisError} the subject's code when it is no UTF-8 text or too big;
 * `permission/missing` with the flag to add
 */
export async function readText(
  location: string | URL,
  subject: ReadSubject,
): Promise<string | undefined> {
  const isRemote = location instanceof URL && location.protocol !== "file:";
  const path = isRemote ? location.href : pathOf(location);
  const where = subject.name ?? path;
  const fail = (state: string, hint?: string, cause?: unknown): never => {
    throw new OsirisError(
      subject.code,
      `Cannot ${subject.action}: ${where}: ${state}`,
      { ...(hint !== undefined && { hint }), cause },
    );
  };
  try {
    const stream = isRemote
      ? await fetchBody(location)
      : await openFile(location);
    if (stream === undefined) return undefined;
    const text = decode(await collect(stream), fail);
    if (text.trim() === "" && subject.mayBeEmpty !== true) fail("it is empty");
    return text;
  } catch (error) {
    if (error instanceof OsirisError) throw error;
    if (error instanceof Deno.errors.NotCapable) {
      const flag = isRemote
        ? missingFlag("net", location.host)
        : missingFlag("read", path);
      throw new OsirisError(
        "permission/missing",
        `Cannot ${subject.action}: ${where}: this process may not read it`,
        { cause: error, hint: `Add ${flag}` },
      );
    }
    if (error instanceof Refusal) return fail(error.message, error.hint);
    if (error instanceof Deno.errors.PermissionDenied) {
      return fail(
        "the operating system refuses it",
        "Check the owner and mode of the file and its folder",
        error,
      );
    }
    return fail(
      `it can't be read: ${(error as Error).message}`,
      undefined,
      error,
    );
  }
}

function pathOf(location: string | URL): string {
  return location instanceof URL ? fileURLToPath(location) : location;
}

/** A reason not to go on, worded for people. */
class Refusal extends Error {
  constructor(message: string, readonly hint?: string) {
    super(message);
  }
}

async function openFile(
  location: string | URL,
): Promise<ReadableStream<Uint8Array> | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(location);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
  const { isDirectory, isFile, size } = await file.stat();
  if (!isDirectory && !(isFile && size > MAX_BYTES)) return file.readable;
  file.close();
  if (isDirectory) throw new Refusal("it is a folder", "Name the file in it");
  throw tooLarge(formatSize(size));
}

async function fetchBody(
  url: URL,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (response.ok) return response.body ?? new Blob([]).stream();
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  throw new Refusal(`the server answered ${response.status}`);
}

/** All bytes, giving up once there are too many: a pipe has no size to ask for. */
async function collect(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function tooLarge(size?: string): Refusal {
  const most = formatSize(MAX_BYTES);
  return new Refusal(
    size === undefined
      ? `it has more than ${most}`
      : `it has ${size}, more than ${most}`,
    "Check that it is the right file",
  );
}

function decode(
  bytes: Uint8Array,
  fail: (state: string, hint?: string) => never,
): string {
  const [first, second] = bytes;
  if (
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  ) {
    fail("it is UTF-16", "Save it as UTF-8");
  }
  if (bytes.includes(0)) {
    fail("it is a binary file", "Name a YAML or JSON file");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("it is not UTF-8 text", "Save it as UTF-8");
  }
}
