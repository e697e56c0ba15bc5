/**
 * A driver module on this machine: which files it is made of.
 *
 * Why not the whole folder: a driver beside its manifest lies beside the
 * connections file too. What the sandbox may read is the module and the code
 * files that it imports from its own folder, each by name.
 *
 * @module
 */
import { dirname, extname, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import { hashFiles } from "./hash.ts";
import { importsOf } from "./imports.ts";

/** A module with everything that decides what it does. */
export interface LocalModule {
  /** Real path of the entry and of all code files that it imports from its folder. */
  readonly files: readonly string[];
  /** `file:` URL of the entry's real path. */
  readonly url: string;
  readonly sha256: string;
  /** Whether something in it is imported by a `jsr:` specifier. */
  readonly usesJsr: boolean;
}

const CODE = new Set([".ts", ".mts", ".tsx", ".js", ".mjs", ".jsx"]);
const MAX_FILES = 500;
const MAX_BYTES = 32 * 2 ** 20;

/** The author's API: in the graph of our boot module, so that no permission is needed. */
const API: ReadonlySet<string> = new Set(
  ["driver.ts", "arquero.ts"].map((name) =>
    new URL(`../../${name}`, import.meta.url).href
  ),
);

/**
 * Reads a module and follows its imports within its folder.
 *
 * @param shown The reference as the user wrote it.
 * @throws {OsirisError} `file/…`, `permission/missing`, `driver/invalid`
 */
export async function readLocalModule(
  url: URL,
  shown: string,
): Promise<LocalModule> {
  const entry = await realPath(fileURLToPath(url), shown);
  if (!CODE.has(extname(entry))) {
    throw new OsirisError(
      "driver/invalid",
      `Cannot use driver ${
        quoted(shown)
      }: it is no TypeScript or JavaScript file`,
    );
  }
  const folder = dirname(entry);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const files = [entry];
  let usesJsr = false;
  let bytes = 0;
  for (const file of files) { // grows while it is walked
    const content = await read(file, shown);
    bytes += content.length;
    contents.set(relative(folder, file).replaceAll(sep, "/"), content);
    if (files.length > MAX_FILES || bytes > MAX_BYTES) throw tooLarge(shown);
    for (const specifier of importsOf(new TextDecoder().decode(content))) {
      const target = resolveImport(specifier, file);
      usesJsr ||= target?.protocol === "jsr:" || target?.host === "jsr.io";
      const own = target && await ownFile(target, folder);
      if (own && !files.includes(own)) files.push(own);
    }
  }
  return {
    files: files.toSorted(),
    url: pathToFileURL(entry).href,
    sha256: await hashFiles(contents),
    usesJsr,
  };
}

/** Where an import leads; bare names as the import map of this process has them. */
function resolveImport(specifier: string, importer: string): URL | undefined {
  const isRelative = /^\.{0,2}\//.test(specifier);
  if (isRelative) return new URL(specifier, pathToFileURL(importer));
  try {
    return new URL(import.meta.resolve(specifier));
  } catch {
    return undefined; // not in the import map: loading the module says so
  }
}

/** The real path of a code file within the folder; undefined for anything else. */
async function ownFile(
  target: URL,
  folder: string,
): Promise<string | undefined> {
  if (target.protocol !== "file:" || API.has(target.href)) return undefined;
  if (!CODE.has(extname(target.pathname))) return undefined;
  const path = fileURLToPath(target);
  if (!path.startsWith(folder + sep)) return undefined;
  try {
    const real = await Deno.realPath(path);
    return real === path ? real : undefined; // a link may lead out of the folder
  } catch {
    return undefined;
  }
}

async function realPath(path: string, shown: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (thrown) {
    throw fileError(thrown, "read", shown);
  }
}

async function read(
  path: string,
  shown: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (thrown) {
    throw fileError(thrown, "read", path.endsWith(shown) ? shown : path);
  }
}

function tooLarge(shown: string): OsirisError {
  return new OsirisError(
    "driver/invalid",
    `Cannot use driver ${
      quoted(shown)
    }: it is made of more than ${MAX_FILES} files or ${
      MAX_BYTES / 2 ** 20
    } MiB`,
    { hint: "Bundle it into one file" },
  );
}
