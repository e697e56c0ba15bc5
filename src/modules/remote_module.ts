/**
 * A driver module from a URL.
 *
 * The bytes that are hashed are the bytes that run: they go to the sandbox
 * as a `data:` URL, which also reaches another process, and are not fetched again. So a module must be one file: a
 * pin that leaves imports out would pin nothing.
 *
 * @module
 */
import { extname } from "node:path";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { missingFlag } from "../permission.ts";
import { sha256Bytes } from "./hash.ts";
import { importsOf } from "./imports.ts";

/** A fetched module. */
export interface RemoteModule {
  /** `data:` URL of the hashed bytes. */
  readonly url: string;
  readonly sha256: string;
  /** Whether something in it is imported by a `jsr:` specifier. */
  readonly usesJsr: boolean;
}

/** How a module is fetched. */
export interface FetchOptions {
  /** The hash it should have, which the caller checks; null when none was given. */
  readonly pin: string | null;
  readonly allowUnpinned: boolean;
  /** The reference as the user wrote it. */
  readonly shown: string;
}

const MAX_BYTES = 8 * 2 ** 20;
const TIMEOUT_MS = 30_000;

/**
 * Fetches a module that is pinned, or need not be.
 *
 * @throws {OsirisError} `driver/unpinned`, `driver/invalid`, `permission/missing`, `connection/…`
 */
export async function fetchModule(
  url: URL,
  options: FetchOptions,
): Promise<RemoteModule> {
  const { pin, allowUnpinned, shown } = options;
  if (pin === null && !allowUnpinned) throw await unpinned(url, shown);
  const { bytes, type } = await download(url, shown);
  const sha256 = await sha256Bytes(bytes);
  return {
    url: `data:${type};base64,${bytes.toBase64()}`,
    sha256,
    usesJsr: importsOf(new TextDecoder().decode(bytes)).some((specifier) =>
      specifier.startsWith("jsr:")
    ),
  };
}

/** Names the hash to pin, if the module can be had: to be checked by a person, not copied blindly. */
async function unpinned(url: URL, shown: string): Promise<OsirisError> {
  const found = await download(url, shown).then(({ bytes }) =>
    sha256Bytes(bytes)
  )
    .catch(() => "…");
  return new OsirisError(
    "driver/unpinned",
    `Cannot use driver ${quoted(shown)}: it is not pinned`,
    {
      hint:
        `Review it and add "#sha256=${found}", or allow it with --allow-unpinned`,
      details: { found },
    },
  );
}

async function download(
  url: URL,
  shown: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }> {
  const fail = (state: string, cause?: unknown): OsirisError =>
    new OsirisError(
      "driver/invalid",
      `Cannot use driver ${quoted(shown)}: ${state}`,
      { cause },
    );
  let response: Response;
  try {
    // A redirect would lead to a host that nobody granted or saw.
    response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotCapable)) {
      throw fail(`it can't be fetched: ${(thrown as Error).message}`, thrown);
    }
    throw new OsirisError(
      "permission/missing",
      `Cannot use driver ${quoted(shown)}: this process may not fetch it`,
      { cause: thrown, hint: `Add ${missingFlag("net", url.host)}` },
    );
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw fail(`the server answered ${response.status}`);
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw fail(`it has more than ${MAX_BYTES / 2 ** 20} MiB`);
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return {
    bytes,
    type: mediaType(url, response.headers.get("content-type") ?? ""),
  };
}

function mediaType(url: URL, header: string): string {
  const isScript = [".js", ".mjs"].includes(extname(url.pathname)) ||
    (extname(url.pathname) === "" && /javascript/.test(header));
  return isScript ? "text/javascript" : "application/typescript";
}
